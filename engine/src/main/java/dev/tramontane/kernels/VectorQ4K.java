package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.B;
import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.I;
import static dev.tramontane.kernels.Lanes.LITTLE;

import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import dev.tramontane.tensor.Q4K;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q4K} in vectors, in {@link VectorPanel}'s split order.
///
/// Two sub-blocks, which share bytes, are one turn of a loop, spelled out as in {@link VectorQ6K}.
/// A value is `q · (d · scale) + (−dmin · min)`, rounded once.
final class VectorQ4K {
    private VectorQ4K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 144L * block;
            float d = Widened.half(data, from);
            float dmin = -Widened.half(data, from + 2);
            long scales = Q4K.scales(data, from + 4);
            long minima = Q4K.minima(data, from + 4);
            for (int pair = 0; pair < 4; pair++) {
                long bytes = from + 16 + 32L * pair;
                int to = at + 128 * block + 32 * pair;
                FloatVector scale0 =
                        FloatVector.broadcast(F, Widened.BYTES[(int) (scales >>> 16 * pair) & 0xFF])
                                .mul(d);
                FloatVector min0 =
                        FloatVector.broadcast(F, Widened.BYTES[(int) (minima >>> 16 * pair) & 0xFF])
                                .mul(dmin);
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector p =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(B, data, bytes + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(15)
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN)
                                    .fma(scale0, min0);
                    FloatVector q =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(
                                                            B, data, bytes + 16 + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(15)
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN)
                                    .fma(scale0, min0);
                    p.intoArray(out, to + i);
                    q.intoArray(out, to + half + i);
                }
                FloatVector scale1 =
                        FloatVector.broadcast(
                                        F, Widened.BYTES[(int) (scales >>> 16 * pair + 8) & 0xFF])
                                .mul(d);
                FloatVector min1 =
                        FloatVector.broadcast(
                                        F, Widened.BYTES[(int) (minima >>> 16 * pair + 8) & 0xFF])
                                .mul(dmin);
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector p =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(B, data, bytes + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(0xF0)
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN)
                                    .fma(scale1, min1);
                    FloatVector q =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(
                                                            B, data, bytes + 16 + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(0xF0)
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN)
                                    .fma(scale1, min1);
                    p.intoArray(out, to + 16 + i);
                    q.intoArray(out, to + half + 16 + i);
                }
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 144L * block;
            float d = Widened.half(data, from);
            float dmin = -Widened.half(data, from + 2);
            long scales = Q4K.scales(data, from + 4);
            long minima = Q4K.minima(data, from + 4);
            for (int pair = 0; pair < 4; pair++) {
                long bytes = from + 16 + 32L * pair;
                int at = xAt + 128 * block + 32 * pair;
                FloatVector scale0 =
                        FloatVector.broadcast(F, Widened.BYTES[(int) (scales >>> 16 * pair) & 0xFF])
                                .mul(d);
                FloatVector min0 =
                        FloatVector.broadcast(F, Widened.BYTES[(int) (minima >>> 16 * pair) & 0xFF])
                                .mul(dmin);
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector p =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(B, data, bytes + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(15)
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN)
                                    .fma(scale0, min0);
                    FloatVector q =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(
                                                            B, data, bytes + 16 + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(15)
                                    .or(Widened.LOW_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.LOW_ORIGIN)
                                    .fma(scale0, min0);
                    first = p.fma(FloatVector.fromArray(F, x, at + i), first);
                    second = q.fma(FloatVector.fromArray(F, x, at + half + i), second);
                }
                FloatVector scale1 =
                        FloatVector.broadcast(
                                        F, Widened.BYTES[(int) (scales >>> 16 * pair + 8) & 0xFF])
                                .mul(d);
                FloatVector min1 =
                        FloatVector.broadcast(
                                        F, Widened.BYTES[(int) (minima >>> 16 * pair + 8) & 0xFF])
                                .mul(dmin);
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector p =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(B, data, bytes + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(0xF0)
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN)
                                    .fma(scale1, min1);
                    FloatVector q =
                            ((IntVector)
                                            ByteVector.fromMemorySegment(
                                                            B, data, bytes + 16 + i, LITTLE)
                                                    .convertShape(ZERO_EXTEND_B2I, I, 0))
                                    .and(0xF0)
                                    .or(Widened.HIGH_IN_PLACE)
                                    .reinterpretAsFloats()
                                    .sub(Widened.HIGH_ORIGIN)
                                    .fma(scale1, min1);
                    first = p.fma(FloatVector.fromArray(F, x, at + 16 + i), first);
                    second = q.fma(FloatVector.fromArray(F, x, at + half + 16 + i), second);
                }
            }
        }
        return Lanes.sum(first.add(second));
    }
}
