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
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * scale(data, from + 4, sub);
                float min = dmin * min(data, from + 4, sub);
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

    /// The 6-bit scale of sub-block `sub`, from the twelve bytes at `at` (`get_scale_min_k4`).
    static int scale(MemorySegment data, long at, int sub) {
        return sub < 4
                ? Blocks.unsignedByte(data, at + sub) & 63
                : (Blocks.unsignedByte(data, at + sub + 4) & 15)
                        | (Blocks.unsignedByte(data, at + sub - 4) >> 6) << 4;
    }

    /// The 6-bit minimum of sub-block `sub`.
    static int min(MemorySegment data, long at, int sub) {
        return sub < 4
                ? Blocks.unsignedByte(data, at + sub + 4) & 63
                : (Blocks.unsignedByte(data, at + sub + 4) >> 4)
                        | (Blocks.unsignedByte(data, at + sub) >> 6) << 4;
    }
}
