package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q2_K`: 256 values in 84 bytes, sixteen sub-blocks of 16, `value = (d · scale) · q − (dmin ·
/// min)`.
///
/// ```
/// byte  0 …………………… 15         | 16 ………………………… 79 | 80 81 | 82  83
///       sub-block s: low       | pairs of bits    | d     | dmin
///       nibble scale, high min
/// ```
///
/// Each half of 128 values takes 32 bytes of pairs: value 32 · j + l of the half (j in 0..3, l in
/// 0..31) has bits 2j and 2j + 1 of byte l. `d` and `dmin` are binary16. GGUF specification,
/// `block_q2_K`.
public final class Q2K {
    private Q2K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 84L * block;
            float d = Blocks.half(data, from + 80);
            float dmin = Blocks.half(data, from + 82);
            for (int sub = 0; sub < 16; sub++) {
                int packed = Blocks.unsignedByte(data, from + sub);
                float scale = d * (packed & 15);
                float min = dmin * (packed >> 4);
                int shift = sub % 8 / 2 * 2;
                long pairs = from + 16 + 32L * (sub / 8) + 16L * (sub & 1);
                int to = at + 256 * block + 16 * sub;
                for (int i = 0; i < 16; i++) {
                    int q = Blocks.unsignedByte(data, pairs + i) >> shift & 3;
                    out[to + i] = scale * q - min;
                }
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        var fit = new AffineBlock(16, 3, 15);
        for (int block = 0; block < count / 256; block++) {
            long to = offset + 84L * block;
            fit.fit(values, at + 256 * block);
            for (int sub = 0; sub < 16; sub++) {
                Blocks.putByte(data, to + sub, fit.scale(sub) | fit.min(sub) << 4);
            }
            for (int l = 0; l < 64; l++) {
                int first = 128 * (l / 32) + l % 32;
                int pairs = 0;
                for (int j = 0; j < 4; j++) {
                    pairs |= fit.level(first + 32 * j) << 2 * j;
                }
                Blocks.putByte(data, to + 16 + l, pairs);
            }
            Blocks.putHalf(data, to + 80, fit.d());
            Blocks.putHalf(data, to + 82, fit.dmin());
        }
    }
}
