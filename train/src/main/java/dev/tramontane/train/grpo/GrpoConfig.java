package dev.tramontane.train.grpo;

import dev.tramontane.train.Schedule;

/// How reinforcement learning goes. Sections are those of the Magistral report (arXiv 2506.10910);
/// where it gives no value, {@link #usual} has ours.
///
/// @param groups problems of a batch (section 3: a batch is a fixed number of completions)
/// @param groupSize completions of a problem, G (section 2.1; not stated for training)
/// @param minibatches updates that a batch is split into, 1 or 2 (section 6: more degrade it)
/// @param clip the range of the ratio (section 2.1, "clip-higher"); equal bounds give the symmetric
///   clip of PPO
/// @param lossNormalisation what a token's loss is divided by (section 2.1)
/// @param advantageNormalisation what centred rewards are divided by (sections 2.1 and 6)
/// @param diversity which groups teach something (section 2.1)
/// @param rewards what completions earn, and how long they may be (section 2.2)
/// @param schedule of the learning rate; it says how many steps there are (not stated)
/// @param mostGradientNorm beyond which a gradient is shortened (not stated)
/// @param staleness updates by which weights may be ahead of those that a completion began with:
///   batches that are sampled beside the one that is learned from (section 3). 0 samples with the
///   newest weights alone
/// @param seed of problems' completions
/// @param checkpointEvery steps between two states; the last step always leaves one
public record GrpoConfig(
        int groups,
        int groupSize,
        int minibatches,
        GrpoLoss.Clip clip,
        LossNormalisation lossNormalisation,
        AdvantageNormalisation advantageNormalisation,
        Diversity diversity,
        RewardRules rewards,
        Schedule schedule,
        double mostGradientNorm,
        int staleness,
        long seed,
        int checkpointEvery) {
    private static final int MOST_MINIBATCHES = 2;

    /// What a token's loss is divided by, beside the number of groups.
    public enum LossNormalisation {
        /// The tokens of its group: no completion's length counts (the report).
        GROUP,
        /// The tokens of its completion, and the group's size: a mean of means (Shao et al. 2024,
        /// equation 3).
        SEQUENCE
    }

    /// What rewards less their group's mean are divided by.
    public enum AdvantageNormalisation {
        /// Their deviation over the minibatch (the report).
        MINIBATCH,
        /// Their deviation within the group (Shao et al. 2024, section 4.1.2).
        GROUP,
        /// Nothing.
        NONE
    }

    /// When the completions of a group count as different.
    public enum Diversity {
        /// When their rewards differ, be it by length or language alone: the report's formula.
        REWARD,
        /// When some are right or in form and others not.
        ANSWER
    }

    public GrpoConfig {
        if (groups < 1 || groupSize < 2) {
            throw new IllegalArgumentException(
                    "batches of %d groups of %d; expected a group or more, of two completions at least, since they are held against each other"
                            .formatted(groups, groupSize));
        }
        if (minibatches < 1 || minibatches > MOST_MINIBATCHES || minibatches > groups) {
            throw new IllegalArgumentException(
                    "%d minibatches of %d groups; expected 1 or %d, and no more than groups: more updates on one batch were found to do harm"
                            .formatted(minibatches, groups, MOST_MINIBATCHES));
        }
        if (!(mostGradientNorm > 0) || staleness < 0 || checkpointEvery < 1) {
            throw new IllegalArgumentException(
                    "gradients up to %s, a staleness of %d, a state every %d steps; expected more than 0, 0 or more, and 1 or more"
                            .formatted(mostGradientNorm, staleness, checkpointEvery));
        }
    }

    /// The report's algorithm with our values where it has none: groups of 16, the customary lower
    /// clip, synchronous.
    public static GrpoConfig usual(int groups, RewardRules rewards, Schedule schedule, long seed) {
        return new GrpoConfig(
                groups,
                16,
                1,
                GrpoLoss.Clip.HIGHER,
                LossNormalisation.GROUP,
                AdvantageNormalisation.MINIBATCH,
                Diversity.REWARD,
                rewards,
                schedule,
                1,
                0,
                seed,
                10);
    }
}
