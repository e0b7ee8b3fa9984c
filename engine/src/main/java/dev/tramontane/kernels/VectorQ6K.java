package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.B;
import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.I;
import static dev.tramontane.kernels.Lanes.LITTLE;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// {@link dev.tramontane.tensor.Q6K} in vectors, in {@link VectorPanel}'s split order.
///
/// Four groups of 32 values, which share bytes, are one turn of a loop. They are spelled out: only
/// methods of the Vector API are inlined into a method that has grown long, and a vector that
/// passes through another call is an object (docs/log).
final class VectorQ6K {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);

    private VectorQ6K() {}

    /// Half after half, as {@link #dot}.
    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int side = 0; side < 2; side++) {
            for (int part = 0; part < count / 128; part++) {
                long block = offset + 210L * (part / 2);
                float d = Widened.HALVES[data.get(SHORT, block + 208) & 0xFFFF];
                long nibbles = block + 64L * (part & 1) + 16L * side;
                long bits = block + 128 + 32L * (part & 1) + 16L * side;
                long scales = data.get(LONG, block + 192 + 8L * (part & 1)) >>> 8 * side;
                int to = at + half * side + 64 * part;
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(15)
                                    .or(pairs.lanewise(LSHL, 4).and(0x30))
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) scales & 0xFF]);
                    value.intoArray(out, to + i);
                }
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + 32 + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(15)
                                    .or(pairs.lanewise(LSHL, 2).and(0x30))
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) (scales >>> 16) & 0xFF]);
                    value.intoArray(out, to + 16 + i);
                }
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(0xF0)
                                    .or(pairs.lanewise(LSHL, 4).and(0x300))
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) (scales >>> 32) & 0xFF]);
                    value.intoArray(out, to + 32 + i);
                }
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + 32 + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(0xF0)
                                    .or(pairs.lanewise(LSHL, 2).and(0x300))
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) (scales >>> 48) & 0xFF]);
                    value.intoArray(out, to + 48 + i);
                }
            }
        }
    }

    /// A row times one vector of activations, half after half as in {@link VectorQ5K}.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector sum = first;
        for (int side = 0; side < 2; side++) {
            first = sum;
            sum = FloatVector.zero(F);
            for (int part = 0; part < cols / 128; part++) {
                long block = offset + 210L * (part / 2);
                float d = Widened.HALVES[data.get(SHORT, block + 208) & 0xFFFF];
                long nibbles = block + 64L * (part & 1) + 16L * side;
                long bits = block + 128 + 32L * (part & 1) + 16L * side;
                long scales = data.get(LONG, block + 192 + 8L * (part & 1)) >>> 8 * side;
                int at = xAt + half * side + 64 * part;
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(15)
                                    .or(pairs.lanewise(LSHL, 4).and(0x30))
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) scales & 0xFF]);
                    sum = value.fma(FloatVector.fromArray(F, x, at + i), sum);
                }
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + 32 + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(15)
                                    .or(pairs.lanewise(LSHL, 2).and(0x30))
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) (scales >>> 16) & 0xFF]);
                    sum = value.fma(FloatVector.fromArray(F, x, at + 16 + i), sum);
                }
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(0xF0)
                                    .or(pairs.lanewise(LSHL, 4).and(0x300))
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) (scales >>> 32) & 0xFF]);
                    sum = value.fma(FloatVector.fromArray(F, x, at + 32 + i), sum);
                }
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector q =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, nibbles + 32 + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector pairs =
                            (IntVector)
                                    ByteVector.fromMemorySegment(B, data, bits + i, LITTLE)
                                            .convertShape(ZERO_EXTEND_B2I, I, 0);
                    FloatVector value =
                            q.and(0xF0)
                                    .or(pairs.lanewise(LSHL, 2).and(0x300))
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN + 32)
                                    .mul(d * Widened.SIGNED_BYTES[(int) (scales >>> 48) & 0xFF]);
                    sum = value.fma(FloatVector.fromArray(F, x, at + 48 + i), sum);
                }
            }
        }
        return Lanes.sum(first.add(sum));
    }
}
