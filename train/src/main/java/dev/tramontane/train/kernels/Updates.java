package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Lanes;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// Loops over flat ranges of parameters, whole vectors of any shape. Places are bytes and the same
/// in every segment.
final class Updates {
    /// Values whose squares are added in one go before they go into a double.
    private static final int BLOCK = 4096;

    private Updates() {}

    static double squares(MemorySegment x, long at, long count) {
        double total = 0;
        for (long first = 0; first < count; first += BLOCK) {
            total += blockSquares(x, at + 4 * first, (int) Math.min(BLOCK, count - first));
        }
        return total;
    }

    private static float blockSquares(MemorySegment x, long at, int count) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector v = FloatVector.fromMemorySegment(F, x, at + 4L * i, LITTLE);
            sum = v.fma(v, sum);
        }
        return Lanes.sum(sum);
    }

    /// See {@link UpdateKernels#adamW}.
    static void adamW(
            MemorySegment values,
            MemorySegment gradients,
            MemorySegment first,
            MemorySegment second,
            long at,
            long count,
            UpdateKernels.AdamWStep step,
            float kept) {
        float firstShare = 1 - step.beta1();
        float secondShare = 1 - step.beta2();
        for (long i = 0; i < count; i += COUNT) {
            long place = at + 4 * i;
            FloatVector gradient =
                    FloatVector.fromMemorySegment(F, gradients, place, LITTLE)
                            .mul(step.gradientScale());
            FloatVector m =
                    FloatVector.fromMemorySegment(F, first, place, LITTLE)
                            .mul(step.beta1())
                            .add(gradient.mul(firstShare));
            FloatVector v =
                    FloatVector.fromMemorySegment(F, second, place, LITTLE)
                            .mul(step.beta2())
                            .add(gradient.mul(gradient).mul(secondShare));
            m.intoMemorySegment(first, place, LITTLE);
            v.intoMemorySegment(second, place, LITTLE);
            FloatVector root = v.sqrt().mul(step.rootCorrection()).add(step.eps());
            FloatVector.fromMemorySegment(F, values, place, LITTLE)
                    .mul(kept)
                    .sub(m.mul(step.rate()).div(root))
                    .intoMemorySegment(values, place, LITTLE);
        }
    }

    /// `momentum = beta · momentum + (1 − beta) · g`, `out = (1 − beta) · g + beta · momentum`,
    /// with the gradient scaled: Nesterov's.
    static void nesterov(
            MemorySegment gradients,
            float scale,
            MemorySegment momentum,
            long at,
            int count,
            float beta,
            MemorySegment out) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector share =
                    FloatVector.fromMemorySegment(F, gradients, at + 4L * i, LITTLE)
                            .mul(scale * (1 - beta));
            FloatVector m =
                    FloatVector.fromMemorySegment(F, momentum, at + 4L * i, LITTLE)
                            .mul(beta)
                            .add(share);
            m.intoMemorySegment(momentum, at + 4L * i, LITTLE);
            m.mul(beta).add(share).intoMemorySegment(out, 4L * i, LITTLE);
        }
    }

    /// `y[i] = a · y[i] + b · x[i]`.
    static void combine(
            MemorySegment y, long yAt, float a, MemorySegment x, long xAt, float b, int count) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromMemorySegment(F, y, yAt + 4L * i, LITTLE)
                    .mul(a)
                    .add(FloatVector.fromMemorySegment(F, x, xAt + 4L * i, LITTLE).mul(b))
                    .intoMemorySegment(y, yAt + 4L * i, LITTLE);
        }
    }
}
