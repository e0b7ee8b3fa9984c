package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q5_1`: 32 values in 24 bytes, `value = q · d + m`.
///
/// ```
/// byte  0  1 | 2  3 | 4 …… 7       | 8 ……………………………………… 23
///       d    | m    | fifth bits,  | low four bits, as Q5_0
///                     as Q5_0
/// ```
///
/// `d` and `m` are binary16. GGUF specification, `block_q5_1`.
public final class Q5_1 {
    private Q5_1() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 24L * block;
            int to = at + 32 * block;
            float d = Blocks.half(data, from);
            float m = Blocks.half(data, from + 2);
            int fifth = Blocks.word(data, from + 4);
            for (int i = 0; i < 16; i++) {
                int nibbles = Blocks.unsignedByte(data, from + 8 + i);
                out[to + i] = d * (nibbles & 15 | (fifth >>> i & 1) << 4) + m;
                out[to + 16 + i] = d * (nibbles >> 4 | (fifth >>> 16 + i & 1) << 4) + m;
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[32];
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 24L * block;
            ScaleSearch.weights(values, from, 32, weights);
            var best = ScaleSearch.affine(values, from, 32, weights, 31, true);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to, best.scale()));
            float m = Blocks.putHalf(data, to + 2, -best.min());
            int fifths = 0;
            for (int i = 0; i < 16; i++) {
                int low = ScaleSearch.nearest((values[from + i] - m) * inverse, 0, 31);
                int high = ScaleSearch.nearest((values[from + 16 + i] - m) * inverse, 0, 31);
                Blocks.putByte(data, to + 8 + i, low & 15 | (high & 15) << 4);
                fifths |= low >> 4 << i | high >> 4 << 16 + i;
            }
            Blocks.putWord(data, to + 4, fifths);
        }
    }
}
