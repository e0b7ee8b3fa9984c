package dev.tramontane.train.grpo;

import dev.tramontane.train.TokenLoss;

import java.util.List;

/// The clipped policy gradient of GRPO as Magistral has it (2025, section 2): no KL term, an upper
/// clip wider than the lower one, and a group's sum divided by all its sampled tokens:
///
/// ```
/// loss = − Σ over tokens of w · min(ρ · A, clip(ρ, 1 − low, 1 + high) · A)      ρ = e^(log p − log p when sampled)
/// w    = 1 / (groups · tokens of the token's group)
/// ```
///
/// Prompt tokens and forced tokens have no term and do not count.
///
/// @param clip how far the policy may move on a token before it stops to gain
/// @param sampledLogProbs of the scored tokens when they were sampled
/// @param advantages of the completions that the tokens belong to
/// @param weights of the tokens
public record GrpoLoss(Clip clip, float[] sampledLogProbs, double[] advantages, double[] weights)
        implements TokenLoss {
    /// The range of the ratio, 1 − low to 1 + high.
    public record Clip(double low, double high) {
        /// The customary lower bound and Magistral's upper one.
        public static final Clip HIGHER = new Clip(0.2, 0.28);

        public Clip {
            if (!(low > 0 && low < 1) || !(high > 0)) {
                throw new IllegalArgumentException(
                        "a clip of %s below and %s above; expected 0 to 1, and more than 0"
                                .formatted(low, high));
            }
        }
    }

    /// A completion with what it is worth.
    ///
    /// @param advantage against its group
    /// @param weight of each of its sampled tokens
    public record Graded(Trajectory trajectory, double advantage, double weight) {}

    /// What a loss says about a batch.
    ///
    /// @param value of the loss
    /// @param tokens scored
    /// @param clippedUp tokens whose ratio is above the range and would gain by going on
    /// @param clippedDown tokens whose ratio is below it and would gain by going on
    /// @param gaps distances between log-probabilities now and when sampled, summed up
    /// @param largestGap the greatest of them
    public record Summary(
            double value,
            int tokens,
            int clippedUp,
            int clippedDown,
            double gaps,
            double largestGap) {
        /// Of no token.
        public static final Summary NOTHING = new Summary(0, 0, 0, 0, 0, 0);

        /// Of two batches together.
        public Summary plus(Summary other) {
            return new Summary(
                    value + other.value,
                    tokens + other.tokens,
                    clippedUp + other.clippedUp,
                    clippedDown + other.clippedDown,
                    gaps + other.gaps,
                    Math.max(largestGap, other.largestGap));
        }
    }

    /// The weight of a token, so that every group counts alike.
    ///
    /// @param groups in the minibatch
    /// @param groupTokens sampled in the token's group; a group without any has no token to weigh
    public static double weight(int groups, int groupTokens) {
        return 1.0 / ((double) groups * groupTokens);
    }

    /// The loss of completions laid end to end in this order.
    public static GrpoLoss of(List<Graded> completions, Clip clip) {
        int tokens = 0;
        for (Graded graded : completions) {
            tokens += graded.trajectory.sampledTokens();
        }
        float[] sampledLogProbs = new float[tokens];
        double[] advantages = new double[tokens];
        double[] weights = new double[tokens];
        int next = 0;
        for (Graded graded : completions) {
            Trajectory trajectory = graded.trajectory;
            for (int i = 0; i < trajectory.completion().length; i++) {
                if (!trajectory.forced()[i]) {
                    sampledLogProbs[next] = trajectory.logProbs()[i];
                    advantages[next] = graded.advantage;
                    weights[next] = graded.weight;
                    next++;
                }
            }
        }
        return new GrpoLoss(clip, sampledLogProbs, advantages, weights);
    }

    private double ratio(int index, double logProb) {
        return Math.exp(logProb - sampledLogProbs[index]);
    }

    private boolean isClippedUp(int index, double ratio) {
        return advantages[index] > 0 && ratio > 1 + clip.high;
    }

    private boolean isClippedDown(int index, double ratio) {
        return advantages[index] < 0 && ratio < 1 - clip.low;
    }

    /// One token's term.
    public double value(int index, double logProb) {
        double ratio = ratio(index, logProb);
        double clipped = Math.clamp(ratio, 1 - clip.low, 1 + clip.high);
        return -weights[index] * Math.min(ratio * advantages[index], clipped * advantages[index]);
    }

    @Override
    public double slope(int index, double logProb) {
        double ratio = ratio(index, logProb);
        if (isClippedUp(index, ratio) || isClippedDown(index, ratio)) {
            return 0;
        }
        return -weights[index] * advantages[index] * ratio;
    }

    /// Sums up over all tokens.
    ///
    /// @param logProbs of the scored tokens now; there may be more room than tokens
    public Summary summary(float[] logProbs) {
        double value = 0;
        double gaps = 0;
        double largestGap = 0;
        int up = 0;
        int down = 0;
        for (int i = 0; i < weights.length; i++) {
            double ratio = ratio(i, logProbs[i]);
            value += value(i, logProbs[i]);
            up += isClippedUp(i, ratio) ? 1 : 0;
            down += isClippedDown(i, ratio) ? 1 : 0;
            double gap = Math.abs(logProbs[i] - sampledLogProbs[i]);
            gaps += gap;
            largestGap = Math.max(largestGap, gap);
        }
        return new Summary(value, weights.length, up, down, gaps, largestGap);
    }
}
