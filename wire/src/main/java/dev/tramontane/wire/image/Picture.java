package dev.tramontane.wire.image;

import dev.tramontane.image.RgbImage;

import java.util.Arrays;

/// Puts decoded pixels on a white canvas, and turns it as it is to be seen.
final class Picture {
    private static final byte WHITE = (byte) 255;

    private Picture() {}

    static RgbImage of(Essentials image, Rgba rows) {
        Essentials.Size size = image.size();
        Essentials.Frame frame = image.frame();
        byte[] pixels = new byte[(int) size.pixels() * RgbImage.CHANNELS];
        if (!frame.equals(Essentials.Frame.all(size))) {
            Arrays.fill(pixels, WHITE);
        }
        int[] row = new int[frame.width()];
        for (int y = 0; y < frame.height(); y++) {
            rows.row(y, row);
            Orientation.Path path =
                    Orientation.path(
                            image.orientation(), frame.y() + y, size.width(), size.height());
            int at = path.start() + frame.x() * path.step();
            for (int colour : row) {
                int alpha = colour >>> 24;
                pixels[at * RgbImage.CHANNELS] = onWhite(colour >> 16 & 0xff, alpha);
                pixels[at * RgbImage.CHANNELS + 1] = onWhite(colour >> 8 & 0xff, alpha);
                pixels[at * RgbImage.CHANNELS + 2] = onWhite(colour & 0xff, alpha);
                at += path.step();
            }
        }
        boolean isOnItsSide = Orientation.isOnItsSide(image.orientation());
        return new RgbImage(
                isOnItsSide ? size.height() : size.width(),
                isOnItsSide ? size.width() : size.height(),
                pixels);
    }

    private static byte onWhite(int value, int alpha) {
        return (byte) Rgba.divided(255 * (255 - alpha) + value * alpha);
    }
}
