package dev.tramontane.train.grpo;

import java.time.Duration;

/// What one step of reinforcement learning says about itself. Shares are from 0 to 1.
///
/// @param step its number; the first is 1
/// @param rate learning rate
/// @param problems taken from the data so far, this step's included
/// @param rewards of all completions, those of groups that were removed included
/// @param lengths of all completions
/// @param groups drawn and kept
/// @param policy what the completions say about the model that sampled them
/// @param update what learning from the kept ones did
/// @param speed how long it took
public record GrpoStep(
        long step,
        double rate,
        long problems,
        Rewards rewards,
        Lengths lengths,
        Groups groups,
        Policy policy,
        Update update,
        Speed speed) {
    /// Means over completions; the parts are those of {@link Reward}.
    ///
    /// @param total mean reward
    /// @param format share that kept the format
    /// @param accuracy share that is right
    /// @param length mean of the length's part, 0 or less
    /// @param language share that kept to the problem's language
    public record Rewards(
            double total, double format, double accuracy, double length, double language) {}

    /// Tokens of completions.
    ///
    /// @param truncated share of completions that were cut off
    public record Lengths(double mean, int longest, double truncated) {}

    /// Groups of completions.
    ///
    /// @param drawn in this step, perhaps in more than one batch
    /// @param kept since their rewards differ
    /// @param solved of which every completion is right
    /// @param failed of which none is
    public record Groups(int drawn, int kept, int solved, int failed) {
        /// Share of groups that taught something.
        public double keptShare() {
            return (double) kept / drawn;
        }
    }

    /// The policy that sampled.
    ///
    /// @param entropy in nats a token: the mean of −log p over all sampled tokens, which estimates
    ///   it without bias
    /// @param staleness mean, over completions, of the updates between the weights that a
    ///   completion's first token was sampled from and those that learn from it
    /// @param mostStale the most of them
    public record Policy(double entropy, double staleness, long mostStale) {}

    /// The update of the weights.
    ///
    /// @param loss mean over minibatches
    /// @param entropy in nats, mean over the tokens learned from, of the distributions before the
    ///   update
    /// @param clippedUp share of tokens whose ratio stood above the range and would gain by going
    ///   on
    /// @param clippedDown share of tokens whose ratio stood below it
    /// @param gradientNorm mean over minibatches, before clipping
    /// @param meanGap mean distance between a token's log-probability when sampled and the one
    ///   computed before the first update
    /// @param largestGap the greatest such distance: the first number to look at when training goes
    ///   wrong
    public record Update(
            double loss,
            double entropy,
            double clippedUp,
            double clippedDown,
            double gradientNorm,
            double meanGap,
            double largestGap) {}

    /// Work and time.
    ///
    /// @param sampledTokens of completions
    /// @param learnedTokens prompts included, of the kept groups
    /// @param waiting time until completions were there and graded
    /// @param learning time of forward, backward and update
    public record Speed(
            long sampledTokens, long learnedTokens, Duration waiting, Duration learning) {
        /// Tokens sampled for each second of the whole step.
        public double sampledPerSecond() {
            return sampledTokens / Math.max(1e-9, waiting.plus(learning).toNanos() * 1e-9);
        }

        /// Tokens learned from for each second of learning.
        public double learnedPerSecond() {
            return learnedTokens / Math.max(1e-9, learning.toNanos() * 1e-9);
        }
    }
}
