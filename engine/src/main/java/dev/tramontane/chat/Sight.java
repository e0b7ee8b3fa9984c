package dev.tramontane.chat;

import dev.tramontane.engine.ImageSpeed;
import dev.tramontane.engine.PlacedImage;
import dev.tramontane.engine.Vision;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.image.RgbImage;
import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/// What a model sees with: it cuts images for the encoder, and knows what they cost.
final class Sight implements AutoCloseable {
    private final Vision vision;
    private final int imageToken;
    private final Supplier<ImageSpeed> measuring;
    private final Map<RgbImage, ImagePatches> cut = new WeakHashMap<>(); // guarded by itself
    private @Nullable ImageSpeed speed; // guarded by this, as is what follows
    private boolean isClosed;

    /// @param imageToken that stands in a prompt for each square of patches
    /// @param measuring reads the model's weights, and is asked once at most
    Sight(Vision vision, int imageToken, Supplier<ImageSpeed> measuring) {
        this.vision = vision;
        this.imageToken = imageToken;
        this.measuring = measuring;
    }

    Vision vision() {
        return vision;
    }

    /// A prompt's images as the encoder reads them, cut on the caller's thread.
    ///
    /// @throws InvalidRequestException when one is an address still
    List<PlacedImage> placed(int[] prompt, List<ImageSource> images) {
        ImageGrid grid = vision.grid();
        List<ImagePatches> patches = new ArrayList<>();
        for (ImageSource source : images) {
            switch (source) {
                case ImageSource.Pixels(RgbImage image) -> patches.add(patches(image));
                case ImageSource.Address _ ->
                        throw new InvalidRequestException(
                                "messages",
                                "found an image at an address, expected its pixels; decode it first");
            }
        }
        return PlacedImage.inOrder(prompt, imageToken, grid.mergeSize(), patches);
    }

    /// Several answers to one request have an image's patches in common, as long as anybody has its
    /// pixels.
    private ImagePatches patches(RgbImage image) {
        synchronized (cut) {
            ImagePatches known = cut.get(image);
            if (known != null) {
                return known;
            }
        }
        ImagePatches made = ImagePatches.of(image, vision.grid());
        synchronized (cut) {
            ImagePatches other = cut.putIfAbsent(image, made);
            return other == null ? made : other;
        }
    }

    /// How long an image takes to be encoded where nothing else is computed. The first call
    /// measures, which takes some tenths of a second.
    ///
    /// @return empty once it is closed, or the model's file was changed
    synchronized OptionalDouble seconds(ImageGrid.Tokens tokens) {
        if (isClosed) {
            return OptionalDouble.empty();
        }
        try {
            ImageSpeed known = speed == null ? measuring.get() : speed;
            speed = known;
            return OptionalDouble.of(known.seconds(vision, tokens));
        } catch (ModelFormatException _) { // which is told to whoever shows the model an image
            return OptionalDouble.empty();
        }
    }

    /// Waits for who measures: the weights are about to go.
    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
