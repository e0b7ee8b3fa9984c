package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.train.Schedule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.Set;

class GrpoConfigTest {
    private static String refusal(Executable made) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, made).getMessage());
    }

    private static GrpoConfig usual(int groups) {
        return GrpoConfig.usual(
                groups, RewardRules.magistral(100, 20), Schedule.constant(1e-4, 10), 1);
    }

    @Test
    void the_usual_settings_are_the_reports() {
        GrpoConfig usual = usual(32);
        assertEquals(new GrpoLoss.Clip(0.2, 0.28), usual.clip());
        assertEquals(GrpoConfig.LossNormalisation.GROUP, usual.lossNormalisation());
        assertEquals(GrpoConfig.AdvantageNormalisation.MINIBATCH, usual.advantageNormalisation());
        assertEquals(GrpoConfig.Diversity.REWARD, usual.diversity());
        assertEquals(new RewardRules(0.1, 0.9, 0.1, 0.1, 100, 20), usual.rewards());
    }

    @Test
    void what_cannot_teach_or_does_harm_is_refused_with_numbers() {
        assertEquals(
                "batches of 0 groups of 16; expected a group or more, of two completions at least, since they are held against each other",
                refusal(() -> usual(0)));
        assertEquals(
                "3 minibatches of 6 groups; expected 1 or 2, and no more than groups: more updates on one batch were found to do harm",
                refusal(() -> Bandit.with(Bandit.config(1, 1), 3, 0)));
        assertEquals(
                "gradients up to 1.0, a staleness of -1, a state every 3 steps; expected more than 0, 0 or more, and 1 or more",
                refusal(() -> Bandit.with(Bandit.config(1, 1), 1, -1)));
        assertEquals(
                "completions of at most 10 tokens, the last 11 of them at a cost; expected one token or more, and no more at a cost than there are",
                refusal(() -> RewardRules.magistral(10, 11)));
        assertEquals(
                "rewards of 0.1 for the format, NaN for being right, 0.1 for the language and 0.1 off for the length; expected 0 or more for each",
                refusal(() -> new RewardRules(0.1, Double.NaN, 0.1, 0.1, 10, 0)));
        assertEquals(
                "no token ends a completion, expected one at least; name the vocabulary's end of text",
                refusal(() -> new Rollouts.Settings(4, 10, Set.of(), 1)));
        assertEquals(
                "groups of 257 completions of at most 10 tokens; expected 1 to 256, and 1 or more",
                refusal(() -> new Rollouts.Settings(257, 10, Set.of(1), 1)));
    }
}
