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
}
