package dev.tramontane.wire.image;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.image.RgbImage;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes pixels of a conversation's images, for a model that sees in this process.
///
/// @param decoder its limits are held for each conversation as well
/// @param remote what is read over the network; empty for nothing, which is how servers begin
public record RequestImages(ImageDecoder decoder, Optional<ImageFetcher> remote) {
    /// What stands where an image stood that is not shown any more.
    private static final Chunk FORGOTTEN = new Chunk.TextChunk("[an image that was shown earlier]");

    /// What is in addresses themselves, and nothing else.
    public static RequestImages local() {
        return new RequestImages(new ImageDecoder(ImageLimits.USUAL), Optional.empty());
    }

    /// That, and files on other hosts.
    public static RequestImages fetching(FetchRules rules) {
        return new RequestImages(
                new ImageDecoder(ImageLimits.USUAL), Optional.of(new ImageFetcher(rules)));
    }

    private static boolean hasImages(ChatRequest request) {
        return request.messages().stream()
                .flatMap(message -> message.content().stream())
                .anyMatch(Chunk.ImageChunk.class::isInstance);
    }

    /// A request with pixels where it had addresses.
    ///
    /// @param places of its images in what was sent, in their order; where there are too few,
    ///   places in its messages are told
    /// @param each told of every image as soon as it takes memory; what it throws ends the reading
    /// @throws InvalidRequestException when an image cannot be seen, or there are too many
    public ChatRequest decoded(ChatRequest request, List<String> places, Consumer<RgbImage> each) {
        if (!hasImages(request)) {
            return request;
        }
        var decoding = new Decoding(places, each);
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < request.messages().size(); i++) {
            Message message = request.messages().get(i);
            List<Chunk> content = new ArrayList<>();
            for (int j = 0; j < message.content().size(); j++) {
                content.add(
                        decoding.chunk(
                                message.content().get(j),
                                "messages[%d].content[%d]".formatted(i, j)));
            }
            messages.add(message.withContent(content));
        }
        return request.withMessages(messages);
    }

    /// Looks at images as {@link #decoded} does, and keeps none.
    ///
    /// @throws InvalidRequestException when an image cannot be seen, or there are too many
    public void check(ChatRequest request, List<String> places) {
        var decoding = new Decoding(places, _ -> {});
        request.messages().stream()
                .flatMap(message -> message.content().stream())
                .filter(Chunk.ImageChunk.class::isInstance)
                .forEach(chunk -> decoding.chunk(chunk, "content"));
    }

    /// As {@link #decoded}, for a conversation that grows and that nobody can shorten: of the
    /// images before its last message it shows the latest that can be seen, as many as limits
    /// allow.
    ///
    /// @throws InvalidRequestException when an image of the last message cannot be seen, or it has
    ///   too many
    public ChatRequest decodedLatest(ChatRequest request, Consumer<RgbImage> each) {
        if (!hasImages(request)) {
            return request;
        }
        var decoding = new Decoding(List.of(), each);
        List<Message> messages = new ArrayList<>();
        for (Message message : request.messages().reversed()) {
            boolean isLast = messages.isEmpty();
            List<Chunk> content = new ArrayList<>();
            for (Chunk chunk : message.content().reversed()) {
                content.add(
                        isLast ? decoding.chunk(chunk, "content") : decoding.orForgotten(chunk));
            }
            Collections.reverse(content);
            messages.add(message.withContent(content));
        }
        Collections.reverse(messages);
        return request.withMessages(messages);
    }

    /// A conversation's images so far.
    private final class Decoding {
        private final List<String> places;
        private final Consumer<RgbImage> each;
        private int images;
        private long pixels;

        Decoding(List<String> places, Consumer<RgbImage> each) {
            this.places = places;
            this.each = each;
        }

        Chunk orForgotten(Chunk chunk) {
            try {
                return chunk(chunk, "");
            } catch (InvalidRequestException _) {
                return FORGOTTEN;
            }
        }

        /// @param place where nobody told another
        Chunk chunk(Chunk chunk, String place) {
            return switch (chunk) {
                case Chunk.TextChunk text -> text;
                case Chunk.ThinkChunk think -> think;
                case Chunk.ImageChunk(ImageSource source) ->
                        new Chunk.ImageChunk(image(source, place));
            };
        }

        private RgbImage image(ImageSource source, String otherwise) {
            String place = images < places.size() ? places.get(images) : otherwise;
            ImageLimits limits = decoder.limits();
            if (images == limits.images()) {
                throw new InvalidRequestException(
                        place,
                        "found more than %d images, expected %d at most; leave some out"
                                .formatted(limits.images(), limits.images()));
            }
            images++;
            RgbImage image =
                    switch (source) {
                        case ImageSource.Pixels(RgbImage known) -> known;
                        case ImageSource.Address(URI address) ->
                                decoder.decode(file(address, place), place);
                    };
            long together = pixels + (long) image.width() * image.height();
            if (together > limits.allPixels()) {
                throw new InvalidRequestException(
                        place,
                        "found images of %d pixels together, expected %d at most; shrink them"
                                .formatted(together, limits.allPixels()));
            }
            pixels = together;
            each.accept(image);
            return image;
        }
    }

    private byte[] file(URI address, String place) {
        try {
            if (DataUrl.matches(address)) {
                return DataUrl.file(address, decoder.limits().fileBytes());
            }
            if (remote.isEmpty()) {
                throw new ImageFault(
                        "found an address elsewhere, which is not opened here, expected a data: address; embed the image");
            }
            return remote.get().fetch(address);
        } catch (ImageFault fault) {
            throw new InvalidRequestException(place, String.valueOf(fault.getMessage()));
        }
    }
}
