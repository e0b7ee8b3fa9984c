package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.tokenizer.Tekken;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class BreakerTextsTest {
    private final Tekken tokenizer = ChatVectors.tokenizer("v13");

    /// The token that a repetition of " so" would bring again gets the logit 1, and all else 0: DRY
    /// is seen by another being taken.
    private boolean repeats(String text, List<String> breakers) {
        int[] tokens = tokenizer.encode(text);
        int[] again = tokenizer.encode(text + " so");
        int next = again[again.length - 1];
        float[] logits = new float[tokenizer.vocab()];
        logits[next] = 1;
        var dry = new Dry(2, 2, 2, -1, new BreakerTexts(breakers).in(tokenizer));
        var params =
                SamplingParams.greedy(1)
                        .withPenalties(new Penalties(LogitBias.NONE, Repetition.OFF, dry));
        var sampler = new Sampler(new ScalarKernels().logitPasses(), logits.length);
        int chosen =
                sampler.sample(
                                Tensor.of(logits, 1, logits.length),
                                0,
                                TokenMask.Verdict.ANY,
                                params,
                                tokens,
                                tokens.length)
                        .token();
        return chosen == next;
    }

    @Test
    void a_repetition_is_followed_up_to_a_breaker() {
        String twice = " one two three so, well; one two three";
        assertFalse(repeats(twice, List.of()));
        assertFalse(repeats(twice, List.of("\n")));
        assertTrue(repeats(twice, List.of("three")));
        assertTrue(repeats(twice, List.of(" two")));
    }

    @Test
    void a_breaker_may_begin_within_a_token() {
        int[] cut = tokenizer.encode(" two three");
        assertTrue(cut.length > 1, Arrays.toString(cut));
        assertTrue(repeats(" one two three so one two three", List.of("wo three")));
        assertTrue(repeats(" one two three so one two three", List.of("two three")));
        assertFalse(repeats(" one two three so one two three", List.of("two four")));
    }

    @Test
    void lengths_are_checked_by_the_parameters_path() {
        for (String wrong : List.of("", "x".repeat(41))) {
            var thrown =
                    assertThrows(
                            InvalidRequestException.class,
                            () -> new BreakerTexts(List.of("\n", wrong)));
            assertTrue(thrown.toString().contains("dry_sequence_breakers[1]: "), thrown.toString());
        }
    }
}
