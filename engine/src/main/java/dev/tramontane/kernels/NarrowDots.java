package dev.tramontane.kernels;

import static dev.tramontane.kernels.NarrowProducts.inPanel;
import static dev.tramontane.kernels.Place.at;
import static dev.tramontane.kernels.StripCode.X;
import static dev.tramontane.kernels.StripCode.X_SCALES;
import static dev.tramontane.kernels.StripCode.X_SUMS;

/// Sums of products of bytes in 256-bit registers, in whole numbers and exact.
///
/// Without AVX-VNNI, `vpmaddubsw` multiplies unsigned with signed bytes and adds two products in 16
/// bits, at most 32,767. Activations are −127 to 127, so as many dwords of four values may be added
/// up in 16 bits, before `vpmaddwd` widens the sums, as follows from the largest value u: n · 2 · u
/// · 127.
///
/// | u | n | bound |
/// | --- | --- | --- |
/// | 15 | 8 | 30,480 |
/// | 31 | 4 | 31,496 |
/// | 63 | 2 | 32,004 |
///
/// Bytes of both signs (u = 255) are multiplied as magnitudes, up to 128, with activations that
/// take the sign over: 2 · 128 · 127 = 32,512, one dword at a time.
final class NarrowDots {
    private final Strip s;
    private final StripDecoder decoder;
    private final int tokens;

    /// @param tokens that lie together
    NarrowDots(Strip s, StripDecoder decoder, int tokens) {
        this.s = s;
        this.decoder = decoder;
        this.tokens = tokens;
    }

    /// Tokens of a panel's tile: as many as two strips have registers for.
    static int tile(InstructionSet set, StripDecoder decoder) {
        boolean oneSum =
                decoder.isFloat()
                        || set == InstructionSet.AVX_VNNI
                        || decoder.groupLength() <= 4 * dwordsIn16Bits(decoder);
        return oneSum ? 3 : 2;
    }

    private static int dwordsIn16Bits(StripDecoder decoder) {
        return decoder.largest() == 255 ? 0 : 0x7FFF / (2 * 127 * decoder.largest());
    }

    private int dwords() {
        return decoder.groupLength() / 4;
    }

    /// Where four of a token's values are.
    private Place x(int group, int token, int dword) {
        int first = group * decoder.groupLength();
        return at(X, (first / 32 * tokens + token) * 32 + first % 32 + 4 * dword);
    }

    /// Where the scale of a token's values is.
    Place scale(int group, int token) {
        int run = group * decoder.groupLength() / 32;
        return at(X_SCALES, (run * tokens + token) * Float.BYTES);
    }

    /// Where that is which a token's values add to a group's sum, or its minimum's factor.
    Place correction(int group, int token) {
        return at(X_SUMS, (group * tokens + token) * Float.BYTES);
    }

    /// The sums of a group in registers with one token. Works in `spare` and the last register.
    ///
    /// @param values first register
    /// @param dot register of the result, the strip's second spare one
    void direct(int group, int token, int values, int dot) {
        int x = s.spare;
        int other = 15;
        if (s.set == InstructionSet.AVX_VNNI) {
            begin(dot, group, token);
            for (int i = 0; i < dwords(); i++) {
                s.v.vpbroadcastd(x, x(group, token, i));
                s.narrow.vpdpbusd(dot, values + i, x);
            }
            return;
        }
        int most = dwordsIn16Bits(decoder);
        if (most == 0) {
            for (int i = 0; i < dwords(); i++) {
                int product = i == 0 ? dot : x;
                s.v.vpbroadcastd(x, x(group, token, i));
                s.narrow.vpabsb(other, values + i);
                s.narrow.vpsignb(x, x, values + i);
                s.narrow.vpmaddubsw(x, other, x);
                s.narrow.vpmaddwd(product, x, s.onesPlace());
                if (i > 0) {
                    s.v.vpaddd(dot, dot, x);
                }
            }
            return;
        }
        for (int first = 0; first < dwords(); first += most) {
            int sum = first == 0 ? dot : other;
            for (int i = first; i < Math.min(dwords(), first + most); i++) {
                s.v.vpbroadcastd(x, x(group, token, i));
                if (i == first) {
                    s.narrow.vpmaddubsw(sum, values + i, x);
                } else {
                    s.narrow.vpmaddubsw(x, values + i, x);
                    s.narrow.vpaddw(sum, sum, x);
                }
            }
            s.narrow.vpmaddwd(sum, sum, s.onesPlace());
            if (first > 0) {
                s.v.vpaddd(dot, dot, sum);
            }
        }
        correct(group, token, x, dot);
    }

    /// The sums of a group of two strips in a panel with a tile's tokens, to registers `2 · tile`
    /// and after: the first strip's, then the second's.
    ///
    /// @param from offset of the group's values in the panel
    void panel(int group, int tile, int from) {
        int dot = 2 * tile;
        int most = dwordsIn16Bits(decoder);
        if (s.set == InstructionSet.AVX_VNNI) {
            for (int t = 0; t < tile; t++) {
                begin(dot + t, group, t);
                begin(dot + t + tile, group, t);
            }
            for (int i = 0; i < dwords(); i++) {
                dotPanel(group, tile, i, from);
            }
        } else if (most == 0) {
            for (int i = 0; i < dwords(); i++) {
                signedPanel(group, tile, i, from);
            }
        } else {
            for (int first = 0; first < dwords(); first += most) {
                int sum = first == 0 ? dot : dot + 2 * tile;
                for (int i = first; i < Math.min(dwords(), first + most); i++) {
                    unsignedPanel(group, tile, i, from, sum, i == first);
                }
                for (int i = 0; i < 2 * tile; i++) {
                    s.narrow.vpmaddwd(sum + i, sum + i, s.onesPlace());
                    if (first > 0) {
                        s.v.vpaddd(dot + i, dot + i, sum + i);
                    }
                }
            }
            for (int t = 0; t < tile; t++) {
                correct(group, t, 14, dot + t, dot + t + tile);
            }
        }
    }

    private void loadValues(int first, int dword, int from) {
        for (int strip = 0; strip < 2; strip++) {
            s.v.load(first + strip, inPanel(strip, from + s.set.vectorBytes() * dword));
        }
    }

    private void dotPanel(int group, int tile, int dword, int from) {
        int values = 12;
        int x = 14;
        loadValues(values, dword, from);
        for (int t = 0; t < tile; t++) {
            s.v.vpbroadcastd(x, x(group, t, dword));
            for (int strip = 0; strip < 2; strip++) {
                s.narrow.vpdpbusd(2 * tile + t + tile * strip, values + strip, x);
            }
        }
    }

    private void unsignedPanel(int group, int tile, int dword, int from, int sum, boolean isFirst) {
        int values = 12;
        int x = 14;
        int product = 15;
        loadValues(values, dword, from);
        for (int t = 0; t < tile; t++) {
            s.v.vpbroadcastd(x, x(group, t, dword));
            for (int strip = 0; strip < 2; strip++) {
                int to = sum + t + tile * strip;
                if (isFirst) {
                    s.narrow.vpmaddubsw(to, values + strip, x);
                } else {
                    s.narrow.vpmaddubsw(product, values + strip, x);
                    s.narrow.vpaddw(to, to, product);
                }
            }
        }
    }

    /// With a tile of two tokens, whose sums leave registers for magnitudes.
    private void signedPanel(int group, int tile, int dword, int from) {
        int magnitudes = 10;
        int values = 12;
        int x = 14;
        int product = 15;
        loadValues(values, dword, from);
        for (int strip = 0; strip < 2; strip++) {
            s.narrow.vpabsb(magnitudes + strip, values + strip);
        }
        for (int t = 0; t < tile; t++) {
            s.v.vpbroadcastd(x, x(group, t, dword));
            for (int strip = 0; strip < 2; strip++) {
                int to = 2 * tile + t + tile * strip;
                s.narrow.vpsignb(product, x, values + strip);
                s.narrow.vpmaddubsw(product, magnitudes + strip, product);
                if (dword == 0) {
                    s.narrow.vpmaddwd(to, product, s.onesPlace());
                } else {
                    s.narrow.vpmaddwd(product, product, s.onesPlace());
                    s.v.vpaddd(to, to, product);
                }
            }
        }
    }

    /// Adds what the offset takes from a group.
    private void correct(int group, int token, int x, int... dots) {
        if (!decoder.hasMinima()) {
            s.v.vpbroadcastd(x, correction(group, token));
            for (int dot : dots) {
                s.v.vpaddd(dot, dot, x);
            }
        }
    }

    private void begin(int dot, int group, int token) {
        if (decoder.hasMinima()) {
            s.v.vpxor(dot, dot, dot);
        } else {
            s.v.vpbroadcastd(dot, correction(group, token));
        }
    }
}
