package dev.tramontane.train.grpo;

import dev.tramontane.train.TokenScores;

import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Gathers what a step has to say about itself.
final class StepRecorder {
    private GrpoLoss.Summary learned = GrpoLoss.Summary.NOTHING;
    private GrpoLoss.Summary beforeUpdates = GrpoLoss.Summary.NOTHING;
    private double entropies;
    private long learnedTokens;
    private int updates;
    private double gradientNorms;

    /// A microbatch was learned from.
    ///
    /// @param scores of its tokens
    void learned(List<GrpoLoss.Graded> part, GrpoLoss loss, TokenScores scores) {
        GrpoLoss.Summary summary = loss.summary(scores.logProbs());
        learned = learned.plus(summary);
        if (updates == 0) {
            beforeUpdates = beforeUpdates.plus(summary);
        }
        for (int i = 0; i < summary.tokens(); i++) {
            entropies += scores.entropies()[i];
        }
        learnedTokens += part.stream().mapToInt(one -> one.trajectory().tokens()).sum();
    }

    /// The weights were updated.
    void updated(double gradientNorm) {
        updates++;
        gradientNorms += gradientNorm;
    }

    GrpoStep step(
            long step,
            double rate,
            long problems,
            List<RolloutGroup> drawn,
            List<RolloutGroup> kept,
            Duration waiting,
            Duration learning) {
        List<Trajectory> trajectories =
                drawn.stream().flatMap(group -> group.trajectories().stream()).toList();
        long sampledTokens = trajectories.stream().mapToLong(Trajectory::sampledTokens).sum();
        return new GrpoStep(
                step,
                rate,
                problems,
                rewards(drawn),
                lengths(trajectories),
                new GrpoStep.Groups(
                        drawn.size(),
                        kept.size(),
                        (int) drawn.stream().filter(RolloutGroup::isSolved).count(),
                        (int) drawn.stream().filter(RolloutGroup::isFailed).count()),
                policy(trajectories, sampledTokens, step - 1),
                update(),
                new GrpoStep.Speed(sampledTokens, learnedTokens, waiting, learning));
    }

    private static GrpoStep.Rewards rewards(List<RolloutGroup> drawn) {
        List<Reward> rewards = drawn.stream().flatMap(group -> group.rewards().stream()).toList();
        return new GrpoStep.Rewards(
                mean(rewards, Reward::total),
                mean(rewards, reward -> reward.format() ? 1 : 0),
                mean(rewards, reward -> reward.correct() ? 1 : 0),
                mean(rewards, Reward::length),
                mean(rewards, reward -> reward.language() ? 1 : 0));
    }

    private static GrpoStep.Lengths lengths(List<Trajectory> trajectories) {
        return new GrpoStep.Lengths(
                mean(trajectories, one -> one.completion().length),
                trajectories.stream().mapToInt(one -> one.completion().length).max().orElse(0),
                mean(trajectories, one -> one.truncated() ? 1 : 0));
    }

    /// @param version of the weights that learn
    private static GrpoStep.Policy policy(
            List<Trajectory> trajectories, long sampledTokens, long version) {
        double surprise = 0;
        long mostStale = 0;
        for (Trajectory trajectory : trajectories) {
            for (int i = 0; i < trajectory.completion().length; i++) {
                surprise -= trajectory.forced()[i] ? 0 : trajectory.logProbs()[i];
            }
            mostStale = Math.max(mostStale, version - trajectory.firstVersion());
        }
        return new GrpoStep.Policy(
                surprise / Math.max(1, sampledTokens),
                mean(trajectories, one -> version - one.firstVersion()),
                mostStale);
    }

    private GrpoStep.Update update() {
        double tokens = Math.max(1, learned.tokens());
        return new GrpoStep.Update(
                learned.value() / Math.max(1, updates),
                entropies / tokens,
                learned.clippedUp() / tokens,
                learned.clippedDown() / tokens,
                gradientNorms / Math.max(1, updates),
                beforeUpdates.gaps() / Math.max(1, beforeUpdates.tokens()),
                beforeUpdates.largestGap());
    }

    private static <T> double mean(List<T> of, ToDoubleFunction<T> what) {
        return of.stream().mapToDouble(what).average().orElse(0);
    }
}
