package dev.tramontane.train.grpo;

import java.util.List;

/// The completions of one problem, and what they earned.
///
/// @param number of the problem
/// @param rewards of the trajectories, in their order
public record RolloutGroup(
        long number, Question question, List<Trajectory> trajectories, List<Reward> rewards) {
    public RolloutGroup {
        trajectories = List.copyOf(trajectories);
        rewards = List.copyOf(rewards);
        if (trajectories.size() != rewards.size()) {
            throw new IllegalArgumentException(
                    "problem %d: %d completions with %d rewards, expected as many; mend the verifier"
                            .formatted(number, trajectories.size(), rewards.size()));
        }
    }

    /// Tokens that were sampled.
    int sampledTokens() {
        return trajectories.stream().mapToInt(Trajectory::sampledTokens).sum();
    }

    /// What each completion earned in all.
    double[] totals() {
        return rewards.stream().mapToDouble(Reward::total).toArray();
    }

    /// Whether something can be learned from how its completions differ.
    boolean teaches(GrpoConfig.Diversity diversity) {
        Reward first = rewards.getFirst();
        boolean differs =
                switch (diversity) {
                    case REWARD ->
                            rewards.stream().anyMatch(other -> other.total() != first.total());
                    case ANSWER ->
                            rewards.stream()
                                    .anyMatch(
                                            other ->
                                                    other.correct() != first.correct()
                                                            || other.format() != first.format());
                };
        return differs && sampledTokens() > 0;
    }

    boolean isSolved() {
        return rewards.stream().allMatch(Reward::correct);
    }

    boolean isFailed() {
        return rewards.stream().noneMatch(Reward::correct);
    }
}
