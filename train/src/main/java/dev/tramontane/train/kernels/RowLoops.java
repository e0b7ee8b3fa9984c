package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Lanes;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Loops over one row of activations. Widths are whole vectors of any shape, multiples of {@link
/// BackwardKernels#WIDTH_UNIT}; the formulas stand at {@link BackwardKernels}. Places are bytes.
final class RowLoops {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private RowLoops() {}

    static void rmsNorm(
            MemorySegment x, long at, MemorySegment gain, int dim, float eps, MemorySegment out) {
        float inverse = inverseRootMeanSquare(x, at, dim, eps);
        for (int d = 0; d < dim; d += COUNT) {
            FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE)
                    .mul(inverse)
                    .mul(FloatVector.fromMemorySegment(F, gain, 4L * d, LITTLE))
                    .intoMemorySegment(out, at + 4L * d, LITTLE);
        }
    }

    private static float inverseRootMeanSquare(MemorySegment x, long at, int dim, float eps) {
        FloatVector squares = FloatVector.zero(F);
        for (int d = 0; d < dim; d += COUNT) {
            FloatVector v = FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE);
            squares = v.fma(v, squares);
        }
        return (float) (1 / Math.sqrt(Lanes.sum(squares) / (double) dim + eps));
    }

    /// @param gainAt byte of this row's share in `dGain`
    static void rmsNormBackward(
            MemorySegment x,
            long at,
            MemorySegment gain,
            int dim,
            float eps,
            MemorySegment dOut,
            MemorySegment dX,
            MemorySegment dGain,
            long gainAt) {
        float inverse = inverseRootMeanSquare(x, at, dim, eps);
        FloatVector dots = FloatVector.zero(F);
        for (int d = 0; d < dim; d += COUNT) {
            FloatVector value = FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE);
            FloatVector product =
                    FloatVector.fromMemorySegment(F, dOut, at + 4L * d, LITTLE).mul(value);
            dots = FloatVector.fromMemorySegment(F, gain, 4L * d, LITTLE).fma(product, dots);
            FloatVector.fromMemorySegment(F, dGain, gainAt + 4L * d, LITTLE)
                    .add(product.mul(inverse))
                    .intoMemorySegment(dGain, gainAt + 4L * d, LITTLE);
        }
        float along = Lanes.sum(dots) * inverse * inverse * inverse / dim;
        for (int d = 0; d < dim; d += COUNT) {
            FloatVector direct =
                    FloatVector.fromMemorySegment(F, dOut, at + 4L * d, LITTLE)
                            .mul(FloatVector.fromMemorySegment(F, gain, 4L * d, LITTLE))
                            .mul(inverse);
            FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE)
                    .mul(-along)
                    .add(direct)
                    .add(FloatVector.fromMemorySegment(F, dX, at + 4L * d, LITTLE))
                    .intoMemorySegment(dX, at + 4L * d, LITTLE);
        }
    }

    /// Turns the pairs of `heads` heads that follow each other.
    ///
    /// @param angles float[2][headDim / 2], cosines and sines
    /// @param direction 1 forward, −1 back
    static void rope(
            MemorySegment x,
            long at,
            int heads,
            int headDim,
            MemorySegment angles,
            long anglesAt,
            float direction) {
        int half = headDim / 2;
        int whole = half / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            FloatVector cos = FloatVector.fromMemorySegment(F, angles, anglesAt + 4L * i, LITTLE);
            FloatVector sin =
                    FloatVector.fromMemorySegment(F, angles, anglesAt + 4L * (half + i), LITTLE)
                            .mul(direction);
            for (int head = 0; head < heads; head++) {
                long first = at + 4L * (head * headDim + i);
                long second = first + 4L * half;
                FloatVector a = FloatVector.fromMemorySegment(F, x, first, LITTLE);
                FloatVector b = FloatVector.fromMemorySegment(F, x, second, LITTLE);
                a.mul(cos).sub(b.mul(sin)).intoMemorySegment(x, first, LITTLE);
                b.mul(cos).add(a.mul(sin)).intoMemorySegment(x, second, LITTLE);
            }
        }
        for (int i = whole; i < half; i++) {
            float cos = angles.get(FLOAT, anglesAt + 4L * i);
            float sin = direction * angles.get(FLOAT, anglesAt + 4L * (half + i));
            for (int head = 0; head < heads; head++) {
                long first = at + 4L * (head * headDim + i);
                long second = first + 4L * half;
                float a = x.get(FLOAT, first);
                float b = x.get(FLOAT, second);
                x.set(FLOAT, first, a * cos - b * sin);
                x.set(FLOAT, second, b * cos + a * sin);
            }
        }
    }

    /// @param gateUp float[2][width]
    /// @param outAt byte of the row in `out`
    static void swiglu(MemorySegment gateUp, long at, int width, MemorySegment out, long outAt) {
        for (int d = 0; d < width; d += COUNT) {
            FloatVector gate = FloatVector.fromMemorySegment(F, gateUp, at + 4L * d, LITTLE);
            FloatVector up =
                    FloatVector.fromMemorySegment(F, gateUp, at + 4L * (width + d), LITTLE);
            gate.div(Lanes.exp(gate.neg()).add(1))
                    .mul(up)
                    .intoMemorySegment(out, outAt + 4L * d, LITTLE);
        }
    }

    /// @param dGateUp float[2][width], at the same place as `gateUp`
    /// @param dOut float[width]; holds the activation afterwards
    static void swigluBackward(
            MemorySegment gateUp,
            long at,
            int width,
            MemorySegment dOut,
            long outAt,
            MemorySegment dGateUp) {
        for (int d = 0; d < width; d += COUNT) {
            FloatVector gate = FloatVector.fromMemorySegment(F, gateUp, at + 4L * d, LITTLE);
            FloatVector up =
                    FloatVector.fromMemorySegment(F, gateUp, at + 4L * (width + d), LITTLE);
            FloatVector slope = FloatVector.fromMemorySegment(F, dOut, outAt + 4L * d, LITTLE);
            FloatVector sigmoid = FloatVector.broadcast(F, 1).div(Lanes.exp(gate.neg()).add(1));
            FloatVector silu = gate.mul(sigmoid);
            FloatVector dSilu = sigmoid.add(silu.mul(sigmoid.neg().add(1)));
            slope.mul(up).mul(dSilu).intoMemorySegment(dGateUp, at + 4L * d, LITTLE);
            slope.mul(silu).intoMemorySegment(dGateUp, at + 4L * (width + d), LITTLE);
            silu.mul(up).intoMemorySegment(dOut, outAt + 4L * d, LITTLE);
        }
    }

    /// `to[i] += from[i]`.
    static void add(MemorySegment from, long fromAt, MemorySegment to, long toAt, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromMemorySegment(F, to, toAt + 4L * i, LITTLE)
                    .add(FloatVector.fromMemorySegment(F, from, fromAt + 4L * i, LITTLE))
                    .intoMemorySegment(to, toAt + 4L * i, LITTLE);
        }
    }
}
