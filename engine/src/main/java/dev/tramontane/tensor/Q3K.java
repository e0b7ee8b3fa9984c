package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q3_K`: 256 values in 110 bytes, sixteen sub-blocks of 16, `value = (d · (scale − 32)) · (q −
/// 4)`.
///
/// ```
/// byte  0 ………………………… 31 | 32 ………………………… 95 | 96 ………………… 107 | 108 109
///       third bits: bit | pairs of bits,   | 6-bit scales   | d
///       b of byte l       as Q2_K
/// ```
///
/// Bit b of byte l of the first part is the third bit of value 32 · b + l. Of the sixteen scales,
/// scale s has the low nibble of byte s for s < 8, else the high nibble of byte s − 8, under bits 2
/// · (s / 4) and 2 · (s / 4) + 1 of byte 8 + s % 4. `d` is a binary16. GGUF specification,
/// `block_q3_K`.
public final class Q3K {
    private static final Levels LEVELS = Levels.even(-4, 3);
    private static final Levels SCALES = Levels.even(-32, 31);

    private Q3K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 110L * block;
            float d = Blocks.half(data, from + 108);
            for (int sub = 0; sub < 16; sub++) {
                float scale = d * scale(data, from + 96, sub);
                int row = sub / 2;
                int half = 16 * (sub & 1);
                long pairs = from + 32 + 32L * (sub / 8) + half;
                int to = at + 256 * block + 16 * sub;
                for (int i = 0; i < 16; i++) {
                    int pair = Blocks.unsignedByte(data, pairs + i) >> 2 * (row % 4) & 3;
                    int third = Blocks.unsignedByte(data, from + half + i) >> row & 1;
                    out[to + i] = scale * ((pair | third << 2) - 4);
                }
            }
        }
    }

    /// Scale `sub` of the twelve bytes at `at`, less 32.
    public static int scale(MemorySegment data, long at, int sub) {
        int low = Blocks.unsignedByte(data, at + sub % 8) >> sub / 8 * 4 & 15;
        int high = Blocks.unsignedByte(data, at + 8 + sub % 4) >> sub / 4 * 2 & 3;
        return (low | high << 4) - 32;
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        var fit = new SymmetricBlock(16, LEVELS, SCALES);
        for (int block = 0; block < count / 256; block++) {
            long to = offset + 110L * block;
            fit.fit(values, at + 256 * block);
            for (int l = 0; l < 32; l++) {
                int thirds = 0;
                for (int row = 0; row < 8; row++) {
                    thirds |= 4 + fit.level(32 * row + l) >> 2 << row;
                }
                Blocks.putByte(data, to + l, thirds);
            }
            for (int l = 0; l < 64; l++) {
                int first = 128 * (l / 32) + l % 32;
                int pairs = 0;
                for (int j = 0; j < 4; j++) {
                    pairs |= (4 + fit.level(first + 32 * j) & 3) << 2 * j;
                }
                Blocks.putByte(data, to + 32 + l, pairs);
            }
            putScales(fit, data, to + 96);
            Blocks.putHalf(data, to + 108, fit.d());
        }
    }

    /// Writes sixteen scales in twelve bytes, as {@link #scale} reads them.
    private static void putScales(SymmetricBlock fit, MemorySegment data, long to) {
        for (int s = 0; s < 8; s++) {
            int low = 32 + fit.scale(s) & 15;
            int high = 32 + fit.scale(s + 8) & 15;
            Blocks.putByte(data, to + s, low | high << 4);
        }
        for (int s = 0; s < 4; s++) {
            int pairs = 0;
            for (int j = 0; j < 4; j++) {
                pairs |= 32 + fit.scale(s + 4 * j) >> 4 << 2 * j;
            }
            Blocks.putByte(data, to + 8 + s, pairs);
        }
    }
}
