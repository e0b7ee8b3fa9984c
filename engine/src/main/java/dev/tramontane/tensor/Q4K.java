package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q4_K`: 256 values in 144 bytes, eight sub-blocks of 32, `value = (d · scale) · q − (dmin ·
/// min)`.
///
/// ```
/// byte  0  1 | 2    3 | 4 …………………… 15 | 16 ……………………………………… 143
///       d    | dmin   | 6-bit scales   | nibbles: four groups of 32 bytes; group g holds
///                       and minima       sub-block 2g low and 2g + 1 high
/// ```
///
/// `d` and `dmin` are binary16. GGUF specification, `block_q4_K`.
public final class Q4K {
    private Q4K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 144L * block;
            float d = Blocks.half(data, from);
            float dmin = Blocks.half(data, from + 2);
            long scales = scales(data, from + 4);
            long minima = minima(data, from + 4);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * (scales >>> 8 * sub & 0xFF);
                float min = dmin * (minima >>> 8 * sub & 0xFF);
                int shift = 4 * (sub & 1);
                long nibbles = from + 16 + 32L * (sub / 2);
                int to = at + 256 * block + 32 * sub;
                for (int i = 0; i < 32; i++) {
                    int q = (Blocks.unsignedByte(data, nibbles + i) >> shift) & 15;
                    out[to + i] = scale * q - min;
                }
            }
        }
    }

    /// The eight 6-bit scales of the twelve bytes b at `at`, one in each byte of the result, the
    /// first lowest: `b[j] & 63` for j < 4, else the low nibble of b[j + 4] under the top two bits
    /// of b[j − 4].
    public static long scales(MemorySegment data, long at) {
        int first = Blocks.word(data, at);
        int third = Blocks.word(data, at + 8);
        return spread(first & 0x3F3F3F3F, third & 0x0F0F0F0F | first >>> 2 & 0x30303030);
    }

    /// The eight 6-bit minima: `b[j + 4] & 63` for j < 4, else the high nibble of b[j + 4] under
    /// the top two bits of b[j].
    public static long minima(MemorySegment data, long at) {
        int second = Blocks.word(data, at + 4);
        int third = Blocks.word(data, at + 8);
        return spread(second & 0x3F3F3F3F, third >>> 4 & 0x0F0F0F0F | second >>> 2 & 0x30303030);
    }

    private static long spread(int low, int high) {
        return Integer.toUnsignedLong(low) | Integer.toUnsignedLong(high) << 32;
    }
}
