package dev.tramontane.wire.image;

import java.util.ArrayList;
import java.util.List;

/// What a JPEG's components are, and how they become red, green and blue: with libjpeg's rules
/// (`default_decompress_parms`) and its arithmetic of 16 bits behind the point, and Pillow's of
/// CMYK, so that colours are those of the reference library to the last bit.
enum JpegColours {
    GREY(1),
    RGB(3),
    /// ITU-R BT.601, as JFIF 1.02 has it.
    YCBCR(3),
    /// Inverted, as Adobe's programs write it.
    CMYK(4),
    /// CMY as luminance and chrominance, and black.
    YCCK(4);

    private static final int HALF = 1 << 15;

    private final int components;

    JpegColours(int components) {
        this.components = components;
    }

    int components() {
        return components;
    }

    /// What a file says of its components, in its order.
    static final class Hints {
        private static final List<Integer> LETTERS = List.of((int) 'R', (int) 'G', (int) 'B');
        private static final int NO_ADOBE = -1;

        private final List<Integer> ids = new ArrayList<>();
        private boolean jfif;
        private int transform = NO_ADOBE;

        void jfif(boolean told) {
            jfif |= told;
        }

        void adobe(int told) {
            transform = told;
        }

        void component(int id) {
            ids.add(id);
        }

        JpegColours colours() throws ImageFault {
            return switch (ids.size()) {
                case 1 -> GREY;
                case 3 -> {
                    boolean isRgb =
                            !jfif && (transform == NO_ADOBE ? ids.equals(LETTERS) : transform == 0);
                    yield isRgb ? RGB : YCBCR;
                }
                case 4 -> transform == NO_ADOBE || transform == 0 ? CMYK : YCCK;
                default -> throw ImageFault.unsupported("JPEG", "of " + ids.size() + " components");
            };
        }
    }

    /// One pixel, as `0xffrrggbb`.
    ///
    /// @param samples int[…], of many pixels
    /// @param at where the pixel's begin
    int rgb(int[] samples, int at) {
        int first = samples[at];
        return switch (this) {
            case GREY -> packed(first, first, first);
            case RGB -> packed(first, samples[at + 1], samples[at + 2]);
            case YCBCR -> fromYcc(first, samples[at + 1], samples[at + 2]);
            case CMYK ->
                    fromCmyk(
                            255 - first,
                            255 - samples[at + 1],
                            255 - samples[at + 2],
                            255 - samples[at + 3]);
            case YCCK -> {
                // libjpeg's ycck_cmyk_convert: cyan is 255 less what would be red; then inverted
                int inverted = fromYcc(first, samples[at + 1], samples[at + 2]);
                yield fromCmyk(
                        inverted >> 16 & 0xff,
                        inverted >> 8 & 0xff,
                        inverted & 0xff,
                        255 - samples[at + 3]);
            }
        };
    }

    private static int fromYcc(int y, int cb, int cr) {
        int blue = cb - 128;
        int red = cr - 128;
        return packed(
                clamped(y + (91_881 * red + HALF >> 16)),
                clamped(y + (-22_554 * blue - 46_802 * red + HALF >> 16)),
                clamped(y + (116_130 * blue + HALF >> 16)));
    }

    /// Pillow's `cmyk2rgb`: what ink leaves of the light that black leaves.
    private static int fromCmyk(int cyan, int magenta, int yellow, int black) {
        int light = 255 - black;
        return packed(
                clamped(light - product(cyan, light)),
                clamped(light - product(magenta, light)),
                clamped(light - product(yellow, light)));
    }

    /// `a · b / 255`, rounded.
    private static int product(int a, int b) {
        return Rgba.divided(a * b);
    }

    private static int clamped(int value) {
        return Math.clamp(value, 0, 255);
    }

    private static int packed(int red, int green, int blue) {
        return Rgba.OPAQUE | red << 16 | green << 8 | blue;
    }
}
