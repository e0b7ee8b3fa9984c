package dev.tramontane.wire.image;

import java.awt.image.BufferedImage;

/// What a container says of its image, and what of it a decoder needs.
///
/// @param format as its people call it
/// @param size of the canvas, as decoded
/// @param frame where on the canvas the decoded pixels lie
/// @param orientation how it is to be turned: EXIF 2.32, 4.6.4, tag 0x0112; 1 for not at all
/// @param decodedBytes of a pixel while it is decoded
/// @param file the image alone, in its own format
record Essentials(
        String format, Size size, Frame frame, int orientation, int decodedBytes, byte[] file) {
    /// Pixels across and down.
    record Size(int width, int height) {
        long pixels() {
            return (long) width * height;
        }
    }

    /// A part of a canvas.
    record Frame(int x, int y, int width, int height) {
        static Frame all(Size size) {
            return new Frame(0, 0, size.width, size.height);
        }

        boolean has(BufferedImage image) {
            return image.getWidth() == width && image.getHeight() == height;
        }
    }

    /// @param limits which are held against the size before anything is made of it
    void check(ImageLimits limits) throws ImageFault {
        check(size.width, size.height, limits);
        check(frame.width, frame.height, limits);
    }

    private void check(int width, int height, ImageLimits limits) throws ImageFault {
        if (width < 1 || height < 1) {
            throw ImageFault.damaged(format);
        }
        if (width > limits.side() || height > limits.side()) {
            throw new ImageFault(
                    "found an image of %d x %d pixels, expected %d at most each way; shrink it"
                            .formatted(width, height, limits.side()));
        }
        if ((long) width * height > limits.pixels()) {
            throw new ImageFault(
                    "found an image of %d x %d pixels, expected %d at most in all; shrink it"
                            .formatted(width, height, limits.pixels()));
        }
    }
}
