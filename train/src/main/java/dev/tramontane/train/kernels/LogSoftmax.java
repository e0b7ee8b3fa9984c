package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The distribution over the vocabulary of one row of logits, in place.
final class LogSoftmax {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Where the vocabulary ends before its last vector; times its own exponential it is still
    /// zero, which an infinity would not be.
    private static final float NOTHING = -1e30f;

    private LogSoftmax() {}

    /// Turns logits into `e^(logit − max)` and says what they were.
    ///
    /// @param logits float[padded vocab] from byte `at` on
    /// @param found sum of the exponentials, log-probability of the target, entropy
    static void exponentials(
            MemorySegment logits, long at, int vocab, int padded, int target, float[] found) {
        for (int i = vocab; i < padded; i++) {
            logits.set(FLOAT, at + 4L * i, NOTHING);
        }
        FloatVector maxima = FloatVector.broadcast(F, NOTHING);
        for (int i = 0; i < padded; i += COUNT) {
            maxima = FloatVector.fromMemorySegment(F, logits, at + 4L * i, LITTLE).max(maxima);
        }
        float max = maxima.reduceLanes(VectorOperators.MAX); // of which order does not matter
        float targetLogit = logits.get(FLOAT, at + 4L * target) - max;
        FloatVector sums = FloatVector.zero(F);
        FloatVector weighted = FloatVector.zero(F);
        for (int i = 0; i < padded; i += COUNT) {
            FloatVector logit =
                    FloatVector.fromMemorySegment(F, logits, at + 4L * i, LITTLE).sub(max);
            FloatVector power = Lanes.exp(logit);
            power.intoMemorySegment(logits, at + 4L * i, LITTLE);
            sums = power.add(sums);
            weighted = power.fma(logit, weighted);
        }
        float sum = Lanes.sum(sums);
        double logSum = Math.log(sum);
        found[0] = sum;
        found[1] = (float) (targetLogit - logSum);
        found[2] = (float) (logSum - Lanes.sum(weighted) / sum);
    }

    /// The gradient at the logits of `slope · log p(target)`: `slope · ([i = target] − p(i))`.
    ///
    /// @param logits what {@link #exponentials} left
    /// @param sum of them
    static void gradient(
            MemorySegment logits, long at, int padded, int target, float sum, float slope) {
        float factor = -slope / sum;
        for (int i = 0; i < padded; i += COUNT) {
            FloatVector.fromMemorySegment(F, logits, at + 4L * i, LITTLE)
                    .mul(factor)
                    .intoMemorySegment(logits, at + 4L * i, LITTLE);
        }
        logits.set(FLOAT, at + 4L * target, logits.get(FLOAT, at + 4L * target) + slope);
    }
}
