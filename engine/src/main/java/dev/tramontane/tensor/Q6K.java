package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// `Q6_K`: 256 values in 210 bytes, sixteen sub-blocks of 16, `value = (d · scale) · (q − 32)`.
///
/// ```
/// byte  0 ………………… 127 | 128 ………… 191 | 192 ……… 207  | 208 209
///       low nibbles     | upper pairs  | signed scales | d
/// ```
///
/// Each half of 128 values takes 64 bytes of nibbles and 32 bytes of pairs: for l in 0..31, value l
/// has the low nibble of byte l and bits 0–1 of pair byte l; value 32 + l the low nibble of byte 32
/// + l and bits 2–3; value 64 + l the high nibble of byte l and bits 4–5; value 96 + l the high
///   nibble of byte 32 + l and bits 6–7. GGUF specification, `block_q6_K`.
public final class Q6K {
    private static final Levels LEVELS = Levels.even(-32, 31);
    private static final Levels SCALES = Levels.even(-128, 127);

    private Q6K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 210L * block;
            float d = Blocks.half(data, from + 208);
            for (int i = 0; i < 256; i++) {
                long half = i / 128;
                int quarter = i % 128 / 32;
                int l = i % 32;
                int nibbles = Blocks.unsignedByte(data, from + 64 * half + 32L * (quarter & 1) + l);
                int low = quarter < 2 ? nibbles & 15 : nibbles >> 4;
                int pair =
                        Blocks.unsignedByte(data, from + 128 + 32 * half + l) >> (2 * quarter) & 3;
                int scale = data.get(ValueLayout.JAVA_BYTE, from + 192 + i / 16);
                out[at + 256 * block + i] = (d * scale) * ((low | pair << 4) - 32);
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        var fit = new SymmetricBlock(16, LEVELS, SCALES);
        for (int block = 0; block < count / 256; block++) {
            long to = offset + 210L * block;
            fit.fit(values, at + 256 * block);
            for (int half = 0; half < 2; half++) {
                for (int l = 0; l < 32; l++) {
                    int first = 128 * half + l;
                    int q0 = 32 + fit.level(first);
                    int q1 = 32 + fit.level(first + 32);
                    int q2 = 32 + fit.level(first + 64);
                    int q3 = 32 + fit.level(first + 96);
                    Blocks.putByte(data, to + 64L * half + l, q0 & 15 | (q2 & 15) << 4);
                    Blocks.putByte(data, to + 64L * half + 32 + l, q1 & 15 | (q3 & 15) << 4);
                    int pairs = q0 >> 4 | q1 >> 4 << 2 | q2 >> 4 << 4 | q3 >> 4 << 6;
                    Blocks.putByte(data, to + 128 + 32L * half + l, pairs);
                }
            }
            for (int sub = 0; sub < 16; sub++) {
                Blocks.putByte(data, to + 192 + sub, fit.scale(sub));
            }
            Blocks.putHalf(data, to + 208, fit.d());
        }
    }
}
