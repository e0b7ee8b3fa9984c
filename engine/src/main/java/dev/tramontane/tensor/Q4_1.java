package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q4_1`: 32 values in 20 bytes, `value = q · d + m`.
///
/// ```
/// byte  0  1 | 2  3 | 4 ……………………………………… 19
///       d    | m    | q: low nibbles are values 0..15, high nibbles 16..31
/// ```
///
/// `d` and `m` are binary16. GGUF specification, `block_q4_1`.
public final class Q4_1 {
    private Q4_1() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 20L * block;
            int to = at + 32 * block;
            float d = Blocks.half(data, from);
            float m = Blocks.half(data, from + 2);
            for (int i = 0; i < 16; i++) {
                int nibbles = Blocks.unsignedByte(data, from + 4 + i);
                out[to + i] = d * (nibbles & 15) + m;
                out[to + 16 + i] = d * (nibbles >> 4) + m;
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[32];
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 20L * block;
            ScaleSearch.weights(values, from, 32, weights);
            var best = ScaleSearch.affine(values, from, 32, weights, 15, true);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to, best.scale()));
            float m = Blocks.putHalf(data, to + 2, -best.min());
            for (int i = 0; i < 16; i++) {
                int low = ScaleSearch.nearest((values[from + i] - m) * inverse, 0, 15);
                int high = ScaleSearch.nearest((values[from + 16 + i] - m) * inverse, 0, 15);
                Blocks.putByte(data, to + 4 + i, low | high << 4);
            }
        }
    }
}
