package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `Q5_0`: 32 values in 22 bytes, `value = (q − 16) · d`.
///
/// ```
/// byte  0  1 | 2 …… 5               | 6 ……………………………………… 21
///       d    | fifth bits: bit i    | low four bits: low nibbles are values 0..15,
///              of the u32 is that     high nibbles 16..31
///              of value i
/// ```
///
/// `d` is a binary16. GGUF specification, `block_q5_0`.
public final class Q5_0 {
    private static final Levels LEVELS = Levels.even(-16, 15);

    private Q5_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 22L * block;
            int to = at + 32 * block;
            float d = Blocks.half(data, from);
            int fifth = Blocks.word(data, from + 2);
            for (int i = 0; i < 16; i++) {
                int nibbles = Blocks.unsignedByte(data, from + 6 + i);
                out[to + i] = d * ((nibbles & 15 | (fifth >>> i & 1) << 4) - 16);
                out[to + 16 + i] = d * ((nibbles >> 4 | (fifth >>> 16 + i & 1) << 4) - 16);
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[32];
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 22L * block;
            ScaleSearch.weights(values, from, 32, weights);
            float scale = ScaleSearch.symmetric(values, from, 32, weights, LEVELS);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to, scale));
            int fifths = 0;
            for (int i = 0; i < 16; i++) {
                int low = 16 + LEVELS.nearest(values[from + i] * inverse);
                int high = 16 + LEVELS.nearest(values[from + 16 + i] * inverse);
                Blocks.putByte(data, to + 6 + i, low & 15 | (high & 15) << 4);
                fifths |= low >> 4 << i | high >> 4 << 16 + i;
            }
            Blocks.putWord(data, to + 2, fifths);
        }
    }
}
