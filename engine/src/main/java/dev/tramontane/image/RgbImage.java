package dev.tramontane.image;

/// An image's pixels, as a decoder gives them: 8 bits of red, green and blue, without transparency.
///
/// @param width pixels across, 1 or more
/// @param height pixels down, 1 or more
/// @param pixels byte[height][width][3], unsigned, from the top left; shared, not to be changed
public record RgbImage(int width, int height, byte[] pixels) {
    /// Bytes of a pixel.
    public static final int CHANNELS = 3;

    public RgbImage {
        if (width < 1 || height < 1 || (long) width * height * CHANNELS != pixels.length) {
            throw new IllegalArgumentException(
                    "an image of %d x %d with %d bytes, expected 1 or more pixels each way and 3 bytes for each"
                            .formatted(width, height, pixels.length));
        }
    }

    @Override
    public String toString() {
        return "image of " + width + " x " + height;
    }
}
