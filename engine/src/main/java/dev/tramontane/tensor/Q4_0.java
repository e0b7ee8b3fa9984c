package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q4_0`: 32 values in 18 bytes, `value = (q − 8) · d`.
///
/// ```
/// byte  0  1 | 2 ……………………………………… 17
///       d    | q: low nibbles are values 0..15, high nibbles 16..31
/// ```
///
/// `d` is a binary16. GGUF specification, `block_q4_0`.
public final class Q4_0 {
    private static final Levels LEVELS = Levels.even(-8, 7);

    private Q4_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 18L * block;
            int to = at + 32 * block;
            float d = Blocks.half(data, from);
            for (int i = 0; i < 16; i++) {
                int nibbles = Blocks.unsignedByte(data, from + 2 + i);
                out[to + i] = d * ((nibbles & 15) - 8);
                out[to + 16 + i] = d * ((nibbles >> 4) - 8);
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[32];
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 18L * block;
            ScaleSearch.weights(values, from, 32, weights);
            float scale = ScaleSearch.symmetric(values, from, 32, weights, LEVELS);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to, scale));
            for (int i = 0; i < 16; i++) {
                int low = 8 + LEVELS.nearest(values[from + i] * inverse);
                int high = 8 + LEVELS.nearest(values[from + 16 + i] * inverse);
                Blocks.putByte(data, to + 2 + i, low | high << 4);
            }
        }
    }
}
