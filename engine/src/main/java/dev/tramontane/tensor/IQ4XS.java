package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `IQ4_XS`: 256 values in 136 bytes, eight sub-blocks of 32, `value = (d · (scale − 32)) ·
/// level(q)` with the levels of {@link IQ4NL}.
///
/// ```
/// byte  0  1 | 2  3             | 4 …………………… 7           | 8 ……………………………………… 135
///       d    | upper pairs of   | low nibbles of scales: | sixteen bytes a sub-block:
///              scales: bits 2s    of scale s in byte s/2,  low nibbles are its values
///              and 2s + 1 are     even s low, odd s high   0..15, high nibbles 16..31
///              those of scale s
/// ```
///
/// `d` is a binary16. GGUF specification, `block_iq4_xs`.
public final class IQ4XS {
    private static final Levels SCALES = Levels.even(-32, 31);

    private IQ4XS() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 136L * block;
            float d = Blocks.half(data, from);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * scale(data, from, sub);
                IQ4NL.levels(data, from + 8 + 16L * sub, scale, out, at + 256 * block + 32 * sub);
            }
        }
    }

    /// Scale `sub` of the block at byte `block`, less 32.
    public static int scale(MemorySegment data, long block, int sub) {
        int low = Blocks.unsignedByte(data, block + 4 + sub / 2) >> 4 * (sub & 1) & 15;
        int high = Blocks.unsignedByte(data, block + 2 + sub / 4) >> 2 * (sub & 3) & 3;
        return (low | high << 4) - 32;
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        var fit = new SymmetricBlock(32, IQ4NL.UNEVEN, SCALES);
        for (int block = 0; block < count / 256; block++) {
            long to = offset + 136L * block;
            fit.fit(values, at + 256 * block);
            Blocks.putHalf(data, to, fit.d());
            int upper = 0;
            for (int sub = 0; sub < 8; sub++) {
                upper |= 32 + fit.scale(sub) >> 4 << 2 * sub;
            }
            Blocks.putByte(data, to + 2, upper);
            Blocks.putByte(data, to + 3, upper >> 8);
            for (int pair = 0; pair < 4; pair++) {
                int low = 32 + fit.scale(2 * pair) & 15;
                int high = 32 + fit.scale(2 * pair + 1) & 15;
                Blocks.putByte(data, to + 4 + pair, low | high << 4);
            }
            for (int i = 0; i < 128; i++) {
                int first = 32 * (i / 16) + i % 16;
                int low = IQ4NL.nibble(fit.level(first));
                int high = IQ4NL.nibble(fit.level(first + 16));
                Blocks.putByte(data, to + 8 + i, low | high << 4);
            }
        }
    }
}
