package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

class ScorerTest {
    private static final double LOGPROB_TOLERANCE = 2e-6; // the engine's are single precision
    private static final EngineOptions SCALAR =
            EngineOptions.defaults().withKernels(EngineOptions.KernelChoice.SCALAR);

    private final TinyModel model = TinyModel.create();
    private final int[] tokens = new SplittableRandom(2).ints(150, 0, TinyModel.VOCAB).toArray();
    private final Scorer scorer = Scorer.over(model.config(), model.weights(), SCALAR);

    @AfterEach
    void close() {
        scorer.close();
        model.arena().close();
    }

    @Test
    void probabilities_of_all_tokens_add_up_to_one() {
        Scorer.Scores scores = scorer.score(new int[] {4, 5, 6}, TinyModel.VOCAB);
        for (var top : scores.top()) {
            double sum = top.stream().mapToDouble(a -> Math.exp(a.logprob())).sum();
            assertEquals(1, sum, 1e-12);
        }
    }

    @Test
    void a_token_has_the_logprob_it_has_among_the_alternatives_before_it() {
        Scorer.Scores scores = scorer.score(tokens, TinyModel.VOCAB);
        assertTrue(Double.isNaN(scores.logprobs()[0]));
        for (int i = 1; i < tokens.length; i++) {
            int token = tokens[i];
            double among =
                    scores.top().get(i - 1).stream()
                            .filter(a -> a.token() == token)
                            .findAny()
                            .orElseThrow()
                            .logprob();
            assertEquals(among, scores.logprobs()[i]);
        }
    }

    @Test
    void a_text_longer_than_a_chunk_scores_as_its_beginnings_do() {
        double[] whole = scorer.logprobs(tokens);
        for (int length : new int[] {2, 63, 64, 65, 128, 129}) {
            double[] beginning = scorer.logprobs(Arrays.copyOf(tokens, length));
            assertEquals(Arrays.toString(Arrays.copyOf(whole, length)), Arrays.toString(beginning));
        }
    }

    @Test
    void a_text_that_nobody_wants_any_more_is_scored_no_further() {
        var asked = new AtomicInteger();
        assertThrows(
                CancellationException.class,
                () -> scorer.score(tokens, List.of(), 1, () -> asked.incrementAndGet() == 2));
        assertEquals(2, asked.get(), "it has three chunks");
        assertEquals(tokens.length, scorer.score(tokens, 1).logprobs().length, "as before");
    }

    @Test
    void a_part_scores_as_it_does_within_the_whole() {
        double[] whole = scorer.logprobs(tokens);
        for (int from : new int[] {1, 2, 64, 65, 66, 140, 149}) {
            double[] part = scorer.logprobs(tokens, from);
            for (int i = 0; i < tokens.length; i++) {
                assertEquals(i < from ? Double.NaN : whole[i], part[i]);
            }
        }
    }

    @Test
    void what_the_engine_samples_has_the_logprob_that_scoring_gives() {
        var sampling = new SamplingParams(1, 0, 1, 0, 3, 30, 0);
        int[] text = Arrays.copyOf(tokens, 50);
        double[] sampled = new double[text.length];
        Arrays.fill(sampled, Double.NaN);
        var other = TinyModel.create();
        try (Engine engine = Engine.over(other.config(), other.weights(), other.arena(), SCALAR)) {
            int at = 20;
            var request = GenerationRequest.of(Arrays.copyOf(text, at), sampling, Set.of());
            Generation generation = engine.submit(request);
            while (generation.hasNext()) {
                if (generation.next() instanceof TokenEvent.Sampled token) {
                    sampled[at] = token.logprob();
                    text[at++] = token.token();
                }
            }
        }
        double[] scored = scorer.logprobs(text);
        for (int i = 20; i < text.length; i++) {
            assertEquals(scored[i], sampled[i], LOGPROB_TOLERANCE);
        }
    }

    @Test
    void a_scorer_on_an_engines_weights_ends_with_the_engine() {
        var other = TinyModel.create();
        Engine engine = Engine.over(other.config(), other.weights(), other.arena(), SCALAR);
        try (Scorer beside = engine.scorer()) {
            assertEquals(engine.context(), beside.context());
            assertEquals(
                    Arrays.toString(scorer.logprobs(tokens)),
                    Arrays.toString(beside.logprobs(tokens)));
            var asked = new AtomicInteger();
            var ended =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    beside.score(
                                            tokens,
                                            List.of(),
                                            1,
                                            () -> {
                                                if (asked.incrementAndGet() == 2) {
                                                    engine.close();
                                                }
                                                return false;
                                            }));
            assertEquals("the engine is closed", ended.getMessage());
            assertEquals(2, asked.get(), "it has three chunks");
            assertThrows(IllegalStateException.class, engine::scorer);
        }
    }

    @Test
    void what_cannot_be_scored_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> scorer.score(new int[0], 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> scorer.score(new int[scorer.context() + 1], 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> scorer.logprobs(new int[] {0, TinyModel.VOCAB}));
        assertThrows(IllegalArgumentException.class, () -> scorer.logprobs(tokens, 0));
    }
}
