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
}
