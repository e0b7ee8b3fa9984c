package dev.tramontane.train.grpo;

import java.util.ArrayList;
import java.util.List;

/// How much better each completion was than its group: rewards less the group's mean, then
/// normalised over the minibatch (Magistral 2025, section 2; statistics over sequences, not
/// tokens), or as one of the report's ablations has it.
public final class Advantages {
    private Advantages() {}

    /// A group that teaches something.
    ///
    /// @param index of the group among those given
    /// @param advantages of its completions
    public record Group(int index, double[] advantages) {}

    /// Drops groups whose completions all earned the same, which teach nothing, and finds the
    /// others' advantages, normalised over the minibatch.
    ///
    /// @param rewards of the completions, group by group
    /// @return the kept groups, perhaps none
    public static List<Group> of(List<double[]> rewards) {
        return of(rewards, GrpoConfig.AdvantageNormalisation.MINIBATCH);
    }

    /// The same, normalised otherwise.
    ///
    /// Deviations are divided by n, not n − 1. Kept groups have a spread, so none is ever zero.
    public static List<Group> of(
            List<double[]> rewards, GrpoConfig.AdvantageNormalisation normalisation) {
        List<Group> kept = new ArrayList<>();
        for (int i = 0; i < rewards.size(); i++) {
            if (differ(rewards.get(i))) {
                kept.add(new Group(i, centred(rewards.get(i))));
            }
        }
        switch (normalisation) {
            case MINIBATCH -> normalise(kept);
            case GROUP -> kept.forEach(group -> normalise(List.of(group)));
            case NONE -> {}
        }
        return List.copyOf(kept);
    }

    private static boolean differ(double[] rewards) {
        for (double reward : rewards) {
            if (!Double.isFinite(reward)) {
                throw new IllegalArgumentException(
                        "a reward is %s, expected a number; mend the grader".formatted(reward));
            }
            if (reward != rewards[0]) {
                return true;
            }
        }
        return false;
    }

    /// Rewards less their mean.
    static double[] centred(double[] rewards) {
        double mean = 0;
        for (double reward : rewards) {
            mean += reward / rewards.length;
        }
        double[] centred = new double[rewards.length];
        for (int i = 0; i < rewards.length; i++) {
            centred[i] = rewards[i] - mean;
        }
        return centred;
    }

    private static void normalise(List<Group> groups) {
        int count = 0;
        double sum = 0;
        for (Group group : groups) {
            for (double advantage : group.advantages) {
                count++;
                sum += advantage;
            }
        }
        double mean = sum / count;
        double squares = 0;
        for (Group group : groups) {
            for (double advantage : group.advantages) {
                squares += (advantage - mean) * (advantage - mean);
            }
        }
        double deviation = Math.sqrt(squares / count);
        for (Group group : groups) {
            for (int i = 0; i < group.advantages.length; i++) {
                group.advantages[i] = (group.advantages[i] - mean) / deviation;
            }
        }
    }
}
