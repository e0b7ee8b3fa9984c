package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q5_K`: 256 values in 176 bytes, eight sub-blocks of 32, `value = (d · scale) · q − (dmin ·
/// min)`.
///
/// ```
/// byte  0  1 | 2    3 | 4 …… 15 | 16 …………………… 47 | 48 ……………………… 175
///       d    | dmin   | as Q4_K | fifth bits: bit s | nibbles, as Q4_K
///                                 of byte i belongs
///                                 to value i of
///                                 sub-block s
/// ```
///
/// GGUF specification, `block_q5_K`.
public final class Q5K {
    private Q5K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 176L * block;
            float d = Blocks.half(data, from);
            float dmin = Blocks.half(data, from + 2);
            long scales = Q4K.scales(data, from + 4);
            long minima = Q4K.minima(data, from + 4);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * (scales >>> 8 * sub & 0xFF);
                float min = dmin * (minima >>> 8 * sub & 0xFF);
                int shift = 4 * (sub & 1);
                long nibbles = from + 48 + 32L * (sub / 2);
                int to = at + 256 * block + 32 * sub;
                for (int i = 0; i < 32; i++) {
                    int low = (Blocks.unsignedByte(data, nibbles + i) >> shift) & 15;
                    int fifth = (Blocks.unsignedByte(data, from + 16 + i) >> sub) & 1;
                    out[to + i] = scale * (low | fifth << 4) - min;
                }
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        var fit = new AffineBlock(32, 31, 63);
        for (int block = 0; block < count / 256; block++) {
            long to = offset + 176L * block;
            fit.fit(values, at + 256 * block);
            Blocks.putHalf(data, to, fit.d());
            Blocks.putHalf(data, to + 2, fit.dmin());
            Q4K.putScales(fit, data, to + 4);
            for (int i = 0; i < 32; i++) {
                int fifths = 0;
                for (int sub = 0; sub < 8; sub++) {
                    fifths |= fit.level(32 * sub + i) >> 4 << sub;
                }
                Blocks.putByte(data, to + 16 + i, fifths);
            }
            Q4K.putNibbles(fit, data, to + 48);
        }
    }
}
