package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// `IQ4_NL`: 32 values in 18 bytes, `value = level(q) · d`: four bits choose one of sixteen levels
/// that lie closer together near zero, as weights do.
///
/// ```
/// byte  0  1 | 2 ……………………………………… 17
///       d    | q: low nibbles are values 0..15, high nibbles 16..31
/// ```
///
/// `d` is a binary16. GGUF specification, `block_iq4_nl`; the levels are ggml's `kvalues_iq4nl`.
public final class IQ4NL {
    private static final byte[] LEVELS = {
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
    };

    /// The same, for finding the nearest.
    static final Levels UNEVEN = Levels.uneven(LEVELS);

    private IQ4NL() {}

    /// The level that four bits stand for.
    public static int level(int q) {
        return LEVELS[q];
    }

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 18L * block;
            levels(data, from + 2, Blocks.half(data, from), out, at + 32 * block);
        }
    }

    /// 32 values of one scale from sixteen bytes of nibbles.
    static void levels(MemorySegment data, long from, float scale, float[] out, int to) {
        for (int i = 0; i < 16; i++) {
            int nibbles = Blocks.unsignedByte(data, from + i);
            out[to + i] = scale * LEVELS[nibbles & 15];
            out[to + 16 + i] = scale * LEVELS[nibbles >> 4];
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[32];
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 18L * block;
            ScaleSearch.weights(values, from, 32, weights);
            float scale = ScaleSearch.symmetric(values, from, 32, weights, UNEVEN);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to, scale));
            for (int i = 0; i < 16; i++) {
                int low = UNEVEN.nearest(values[from + i] * inverse);
                int high = UNEVEN.nearest(values[from + 16 + i] * inverse);
                Blocks.putByte(data, to + 2 + i, nibble(low) | nibble(high) << 4);
            }
        }
    }

    /// The four bits that stand for a level.
    static int nibble(int level) {
        return Arrays.binarySearch(LEVELS, (byte) level);
    }
}
