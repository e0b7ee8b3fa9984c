package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Decodes runs of blocks to floats, and encodes floats to blocks: the plain definition of every
/// element type.
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
            case F8_E4M3 -> F8E4M3.decode(data, offset, count, out, at);
        }
    }

    /// Encodes `count` values as blocks of `type` that start at byte `offset` of `data`: each value
    /// to the nearest of the type, each block's scales such that little is lost.
    ///
    /// @param values holds the values from index `at`, finite and no larger than a binary16 reaches
    ///   where the type is narrower than F32; F8_E4M3, whose scales are the caller's to choose,
    ///   reaches to 448 and cuts off what is larger
    /// @param count a whole number of the type's blocks
    public static void encode(
            DType type, float[] values, int at, int count, MemorySegment data, long offset) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    data.set(FLOAT, offset + 4L * i, values[at + i]);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    data.set(SHORT, offset + 2L * i, Float.floatToFloat16(values[at + i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    data.set(SHORT, offset + 2L * i, upperHalf(values[at + i]));
                }
            }
            case Q4_0 -> Q4_0.encode(values, at, count, data, offset);
            case Q4_1 -> Q4_1.encode(values, at, count, data, offset);
            case Q5_0 -> Q5_0.encode(values, at, count, data, offset);
            case Q5_1 -> Q5_1.encode(values, at, count, data, offset);
            case Q8_0 -> Q8_0.encode(values, at, count, data, offset);
            case Q2_K -> Q2K.encode(values, at, count, data, offset);
            case Q3_K -> Q3K.encode(values, at, count, data, offset);
            case Q4_K -> Q4K.encode(values, at, count, data, offset);
            case Q5_K -> Q5K.encode(values, at, count, data, offset);
            case Q6_K -> Q6K.encode(values, at, count, data, offset);
            case IQ4_NL -> IQ4NL.encode(values, at, count, data, offset);
            case IQ4_XS -> IQ4XS.encode(values, at, count, data, offset);
            case TQ1_0 -> TQ1_0.encode(values, at, count, data, offset);
            case TQ2_0 -> TQ2_0.encode(values, at, count, data, offset);
            case MXFP4 -> MXFP4.encode(values, at, count, data, offset);
            case F8_E4M3 -> F8E4M3.encode(values, at, count, data, offset);
        }
    }

    /// The upper half of a binary32, rounded to the nearest, ties to even.
    private static short upperHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value)
                ? (short) (bits >>> 16 | 0x40)
                : (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    /// Writes a little-endian binary16 at byte `offset`, rounded to the nearest, and returns what a
    /// reader will find there.
    static float putHalf(MemorySegment data, long offset, float value) {
        short half = Float.floatToFloat16(value);
        data.set(SHORT, offset, half);
        return Float.float16ToFloat(half);
    }

    /// The binary16 nearest to a value, widened.
    static float nearestHalf(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    /// Writes the low byte of `value` at `offset`.
    static void putByte(MemorySegment data, long offset, int value) {
        data.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    /// Writes a little-endian u32 at byte `offset`.
    static void putWord(MemorySegment data, long offset, int value) {
        data.set(INT, offset, value);
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
