package dev.tramontane.wire.image;

import java.time.Duration;

/// How much of images is read. What is larger is refused before anything is made of it.
///
/// @param fileBytes of one file
/// @param pixels of one image
/// @param side pixels of an image's longer side
/// @param images in one request
/// @param allPixels of all images of a request together
/// @param time that one image may take
public record ImageLimits(
        int fileBytes, int pixels, int side, int images, long allPixels, Duration time) {
    /// What no photograph reaches: 36 million pixels are 108 MB in memory.
    public static final ImageLimits USUAL =
            new ImageLimits(20 << 20, 36_000_000, 65_535, 8, 72_000_000, Duration.ofSeconds(2));

    public ImageLimits withTime(Duration other) {
        return new ImageLimits(fileBytes, pixels, side, images, allPixels, other);
    }
}
