package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.RgbImage;
import dev.tramontane.wire.image.RequestImages;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Makes pixels of requests' images as long as there is memory for them: files of a few kilobytes
/// may hold millions of pixels, and all of them stay until they are answered.
final class ImageRoom {
    /// More than what the images of one request take, with limits as they are.
    private static final long LEAST_BYTES = 512L << 20;

    private static final int SHARE = 4;
    private static final Duration SOON = Duration.ofSeconds(5);

    private final RequestImages images;
    private final Semaphore kilobytes;

    /// Room of a part of what Java has.
    ImageRoom(RequestImages images) {
        this(images, Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / SHARE));
    }

    ImageRoom(RequestImages images, long bytes) {
        this.images = images;
        this.kilobytes = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes >> 10));
    }

    /// A request as a model of this process is asked it.
    ///
    /// @param places of its images in what was sent; may be too few
    /// @param use how long they are needed
    /// @throws dev.tramontane.chat.InvalidRequestException when an image cannot be seen
    /// @throws RefusedException when there is no memory for them now
    ChatRequest decoded(
            ChatRequest request, List<String> places, ServedModel.Nature model, Use use) {
        return images.decoded(request, places, taking(model, use));
    }

    /// The same for a conversation of the page, which shows its latest images.
    ChatRequest decodedLatest(ChatRequest request, ServedModel.Nature model, Use use) {
        return images.decodedLatest(request, taking(model, use));
    }

    /// Looks at images one by one and keeps none.
    ///
    /// @param places likewise
    /// @throws dev.tramontane.chat.InvalidRequestException when an image cannot be seen
    void check(ChatRequest request, List<String> places) {
        images.check(request, places);
    }

    private Consumer<RgbImage> taking(ServedModel.Nature model, Use use) {
        return image -> {
            int needed = (int) (bytes(image, model) >> 10) + 1;
            if (!kilobytes.tryAcquire(needed)) {
                throw RefusedException.overloaded(
                        "images of other requests take the memory for images, expected some for %d KB more; try again later"
                                .formatted(needed),
                        SOON);
            }
            use.atEnd(() -> kilobytes.release(needed));
        };
    }

    /// Its pixels, and the floats that the encoder reads.
    private static long bytes(RgbImage image, ServedModel.Nature model) {
        long own = (long) image.width() * image.height() * RgbImage.CHANNELS;
        return own + model.vision().map(vision -> read(vision.grid(), image)).orElse(0L);
    }

    private static long read(ImageGrid grid, RgbImage image) {
        long side = grid.tokenSize();
        return grid.of(image).count() * side * side * RgbImage.CHANNELS * Float.BYTES;
    }

    int freeKilobytes() {
        return kilobytes.availablePermits();
    }
}
