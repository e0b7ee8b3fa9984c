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

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        var fit = new AffineBlock(32, 15, 63);
        for (int block = 0; block < count / 256; block++) {
            long to = offset + 144L * block;
            fit.fit(values, at + 256 * block);
            Blocks.putHalf(data, to, fit.d());
            Blocks.putHalf(data, to + 2, fit.dmin());
            putScales(fit, data, to + 4);
            putNibbles(fit, data, to + 16);
        }
    }

    /// Writes eight scales and eight minima in twelve bytes, as {@link #scales} and {@link #minima}
    /// read them.
    static void putScales(AffineBlock fit, MemorySegment data, long to) {
        for (int j = 0; j < 4; j++) {
            int scale = fit.scale(j + 4);
            int min = fit.min(j + 4);
            Blocks.putByte(data, to + j, fit.scale(j) | scale >> 4 << 6);
            Blocks.putByte(data, to + 4 + j, fit.min(j) | min >> 4 << 6);
            Blocks.putByte(data, to + 8 + j, scale & 15 | (min & 15) << 4);
        }
    }

    /// Writes the low four bits of 256 levels: four groups of 32 bytes, sub-block 2g low and 2g + 1
    /// high.
    static void putNibbles(AffineBlock fit, MemorySegment data, long to) {
        for (int i = 0; i < 128; i++) {
            int low = 64 * (i / 32) + i % 32;
            Blocks.putByte(data, to + i, fit.level(low) & 15 | (fit.level(low + 32) & 15) << 4);
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
