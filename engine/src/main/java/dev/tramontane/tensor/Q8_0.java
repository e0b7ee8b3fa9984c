package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// `Q8_0`: 32 values in 34 bytes, `value = q · d`.
///
/// ```
/// byte  0  1 | 2 …………………… 33
///       d    | q: 32 signed bytes
/// ```
///
/// `d` is a binary16. GGUF specification, `block_q8_0`.
public final class Q8_0 {
    private Q8_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 34L * block;
            float d = Blocks.half(data, from);
            for (int i = 0; i < 32; i++) {
                out[at + 32 * block + i] = d * data.get(ValueLayout.JAVA_BYTE, from + 2 + i);
            }
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 34L * block;
            float extreme = Math.abs(ScaleSearch.extreme(values, from, 32));
            float d = Blocks.putHalf(data, to, extreme / 127);
            float inverse = ScaleSearch.inverse(d);
            for (int i = 0; i < 32; i++) {
                int q = ScaleSearch.nearest(values[from + i] * inverse, -128, 127);
                Blocks.putByte(data, to + 2 + i, q);
            }
        }
    }
}
