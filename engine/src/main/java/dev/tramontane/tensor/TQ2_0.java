package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `TQ2_0`: 256 values of −d, 0, d or 2d in 66 bytes, four to a byte, `value = (q − 1) · d`.
///
/// ```
/// byte  0 ……………………………………… 63 | 64 65
///       pairs of bits, as Q2_K | d
/// ```
///
/// `d` is a binary16. GGUF specification, `block_tq2_0`.
public final class TQ2_0 {
    private static final Levels LEVELS = Levels.even(-1, 1);

    private TQ2_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 66L * block;
            float d = Blocks.half(data, from + 64);
            for (int i = 0; i < 256; i++) {
                int pairs = Blocks.unsignedByte(data, from + 32L * (i / 128) + i % 32);
                out[at + 256 * block + i] = d * ((pairs >> i % 128 / 32 * 2 & 3) - 1);
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[256];
        for (int block = 0; block < count / 256; block++) {
            int from = at + 256 * block;
            long to = offset + 66L * block;
            ScaleSearch.weights(values, from, 256, weights);
            float scale = ScaleSearch.symmetric(values, from, 256, weights, LEVELS);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to + 64, scale));
            for (int l = 0; l < 64; l++) {
                int first = from + 128 * (l / 32) + l % 32;
                int pairs = 0;
                for (int j = 0; j < 4; j++) {
                    pairs |= 1 + LEVELS.nearest(values[first + 32 * j] * inverse) << 2 * j;
                }
                Blocks.putByte(data, to + l, pairs);
            }
        }
    }
}
