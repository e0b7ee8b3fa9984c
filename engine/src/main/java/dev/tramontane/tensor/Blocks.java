package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Decodes runs of blocks to floats: the plain definition of every element type.
public final class Blocks {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private Blocks() {}

    /// Decodes `count` values of `type` that start at byte `offset` of `data`.
    ///
    /// @param count a whole number of the type's blocks
    /// @param out receives the values from index `at`
    public static void decode(
            DType type, MemorySegment data, long offset, int count, float[] out, int at) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    out[at + i] = data.get(FLOAT, offset + 4L * i);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[at + i] = Float.float16ToFloat(data.get(SHORT, offset + 2L * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[at + i] = Float.intBitsToFloat(data.get(SHORT, offset + 2L * i) << 16);
                }
            }
            case Q4_0 -> Q4_0.decode(data, offset, count, out, at);
            case Q4_1 -> Q4_1.decode(data, offset, count, out, at);
            case Q5_0 -> Q5_0.decode(data, offset, count, out, at);
            case Q5_1 -> Q5_1.decode(data, offset, count, out, at);
            case Q8_0 -> Q8_0.decode(data, offset, count, out, at);
            case Q2_K -> Q2K.decode(data, offset, count, out, at);
            case Q3_K -> Q3K.decode(data, offset, count, out, at);
            case Q4_K -> Q4K.decode(data, offset, count, out, at);
            case Q5_K -> Q5K.decode(data, offset, count, out, at);
            case Q6_K -> Q6K.decode(data, offset, count, out, at);
            case IQ4_NL -> IQ4NL.decode(data, offset, count, out, at);
            case IQ4_XS -> IQ4XS.decode(data, offset, count, out, at);
            case TQ1_0 -> TQ1_0.decode(data, offset, count, out, at);
            case TQ2_0 -> TQ2_0.decode(data, offset, count, out, at);
            case MXFP4 -> MXFP4.decode(data, offset, count, out, at);
        }
    }

    /// A little-endian binary16 at byte `offset`, widened.
    public static float half(MemorySegment data, long offset) {
        return Float.float16ToFloat(data.get(SHORT, offset));
    }

    /// Four bytes from `offset` on, the first lowest.
    public static int word(MemorySegment data, long offset) {
        return data.get(INT, offset);
    }

    /// An unsigned byte at `offset`.
    public static int unsignedByte(MemorySegment data, long offset) {
        return data.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
    }
}
