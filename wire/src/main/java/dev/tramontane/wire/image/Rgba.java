package dev.tramontane.wire.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/// Rows of an image as `0xaarrggbb`.
///
/// Samples are taken as they are, not through colour spaces: the JDK would make 55 of a grey of 128
/// that its file means as 128.
@FunctionalInterface
interface Rgba {
    int OPAQUE = 0xff << 24;

    /// One row.
    ///
    /// @param out int[width]
    void row(int y, int[] out);

    /// `value / 255`, rounded, for products of two bytes: Pillow's `DIV255`.
    static int divided(int value) {
        int biased = value + 128;
        return (biased >> 8) + biased >> 8;
    }

    /// The rows of a JPEG's components.
    static Rgba of(Raster raster, JpegColours colours) {
        int bands = raster.getNumBands();
        int[] samples = new int[raster.getWidth() * bands];
        return (y, out) -> {
            raster.getPixels(0, y, raster.getWidth(), 1, samples);
            for (int x = 0; x < out.length; x++) {
                out[x] = colours.rgb(samples, x * bands);
            }
        };
    }

    /// The rows of anything else: a palette, or one to four samples a pixel (grey, grey and alpha,
    /// colours, colours and alpha) of 8 or 16 bits, of which the upper 8 are taken.
    static Rgba of(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int bands = raster.getNumBands();
        int[] samples = new int[width * bands];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            int[] colours = new int[Math.max(256, palette.getMapSize())];
            palette.getRGBs(colours);
            return (y, out) -> {
                raster.getPixels(0, y, width, 1, samples);
                for (int x = 0; x < width; x++) {
                    out[x] = colours[samples[x]];
                }
            };
        }
        int shift = raster.getSampleModel().getSampleSize(0) > 8 ? 8 : 0;
        return (y, out) -> {
            raster.getPixels(0, y, width, 1, samples);
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                int first = samples[at] >> shift;
                boolean isGrey = bands < 3;
                int green = isGrey ? first : samples[at + 1] >> shift;
                int blue = isGrey ? first : samples[at + 2] >> shift;
                boolean hasAlpha = bands == 2 || bands == 4;
                int alpha = hasAlpha ? samples[at + bands - 1] >> shift : 255;
                out[x] = alpha << 24 | first << 16 | green << 8 | blue;
            }
        };
    }
}
