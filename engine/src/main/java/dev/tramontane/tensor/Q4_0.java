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
}
