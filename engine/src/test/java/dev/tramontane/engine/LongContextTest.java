package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.TokenEvent.TokenLogprob;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// A context of 131,072 positions, by a model narrow enough to fill it in minutes:
/// `-Dtramontane.longContext=100000` says how many tokens the prompt has. The build reads a shorter
/// one.
class LongContextTest {
    private static final int CONTEXT = 131_072;
    private static final int PROMPT_TOKENS = Integer.getInteger("tramontane.longContext", 700);

    /// How far two distributions must lie apart in a log-probability to be told as different: far
    /// more than rounding makes of equal ones.
    private static final double DIFFERENT = 0.05;

    private static final int VOCAB = 200;
    private static final int FACT_A = 1;
    private static final int FACT_B = 2;
    private static final int QUESTION = 3;
    private static final int FIRST_WORD = 4;

    private static final ModelConfig CONFIG =
            new ModelConfig(
                    32,
                    2,
                    2,
                    1,
                    16,
                    48,
                    VOCAB,
                    1e-5f,
                    1e9,
                    Kernels.RopePairs.SPLIT_HALF,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    CONTEXT);

    /// Directions of the embedding that facts and the question have to themselves.
    private static final int IS_FACT = 0;

    private static final int IS_QUESTION = 1;

    /// The pair of a head that turns slowest: by a hundred-thousandth over the whole context.
    private static final int SLOWEST_PAIR = 7;

    /// Seeded weights in which the question's first query looks for a fact's key, wherever it is.
    private static ModelWeights weights(Arena arena) {
        ModelWeights weights = RandomWeights.of(CONFIG, 11, arena);
        for (int token = 0; token < VOCAB; token++) {
            boolean isFact = token == FACT_A || token == FACT_B;
            weights.embedding().set(token, IS_FACT, isFact ? 8 : 0);
            weights.embedding().set(token, IS_QUESTION, token == QUESTION ? 8 : 0);
        }
        ModelWeights.LayerWeights first = weights.layers().getFirst();
        only(first.key(), SLOWEST_PAIR, IS_FACT);
        only(first.query(), SLOWEST_PAIR, IS_QUESTION);
        return weights;
    }

    /// A row that reads one direction alone.
    private static void only(Tensor matrix, int row, int col) {
        for (int c = 0; c < matrix.cols(); c++) {
            matrix.set(row, c, c == col ? 4 : 0);
        }
    }

    private static int[] prompt(int fact) {
        int[] prompt = new SplittableRandom(5).ints(PROMPT_TOKENS, FIRST_WORD, VOCAB).toArray();
        prompt[0] = fact;
        prompt[PROMPT_TOKENS - 1] = QUESTION;
        return prompt;
    }

    @Test
    void a_fact_at_the_beginning_of_a_long_prompt_changes_what_is_said_at_its_end() {
        var options = EngineOptions.defaults().withContext(CONTEXT).withMaxSequences(1);
        try (Arena weightsArena = Arena.ofShared()) {
            ModelWeights weights = weights(weightsArena);
            var arena = new CountingArena();
            MemoryNeed need = MemoryNeed.of(CONFIG, weights.bytes(), options);
            try (Engine engine = Engine.over(CONFIG, weights, arena, options)) {
                assertEquals(CONTEXT, engine.context());
                assertEquals(need.cacheBytes(), engine.stats().cache().bytes());
                long rows = Sampler.bytes(VOCAB); // on the heap
                assertEquals(need.workspaceBytes(), arena.bytes() + rows);

                Map<Integer, Float> a = answer(engine, prompt(FACT_A));
                Map<Integer, Float> b = answer(engine, prompt(FACT_B));

                assertTrue(distance(a, b) > DIFFERENT, a + " and " + b);
                assertEquals(2L * PROMPT_TOKENS, engine.stats().work().computedTokens());
            }
        }
    }

    /// The greatest difference of a token's log-probability; one that the other list lacks is far.
    private static double distance(Map<Integer, Float> some, Map<Integer, Float> others) {
        double greatest = 0;
        for (Map.Entry<Integer, Float> one : some.entrySet()) {
            float other = others.getOrDefault(one.getKey(), -100f);
            greatest = Math.max(greatest, Math.abs(one.getValue() - other));
        }
        return greatest;
    }

    /// The likeliest tokens after a prompt, whose reading is told to its end.
    private static Map<Integer, Float> answer(Engine engine, int[] prompt) {
        var params = new SamplingParams(0, 0, 1, 0, 0, 1, SamplingParams.MOST_LOGPROBS);
        Map<Integer, Float> likeliest = new HashMap<>();
        List<FinishReason> ends = new ArrayList<>();
        int read = 0;
        try (Generation generation =
                engine.submit(GenerationRequest.of(prompt, params, Set.of()))) {
            while (generation.hasNext()) {
                switch (generation.next()) {
                    case TokenEvent.Progress(int _, int computed, int _) -> read = computed;
                    case TokenEvent.Sampled sampled -> {
                        for (TokenLogprob top : sampled.topLogprobs()) {
                            likeliest.put(top.token(), top.logprob());
                        }
                    }
                    case TokenEvent.Intervened(Intervention what) -> throw new AssertionError(what);
                    case TokenEvent.Finished(FinishReason why, int _, int _) -> ends.add(why);
                }
            }
        }
        assertEquals(prompt.length, read);
        assertEquals(List.of(FinishReason.LENGTH), ends);
        assertEquals(SamplingParams.MOST_LOGPROBS, likeliest.size());
        return likeliest;
    }

    @Test
    void a_prompt_that_fills_the_context_is_an_error_with_numbers_and_never_cut() {
        var options = EngineOptions.defaults().withContext(64).withMaxSequences(1);
        var arena = new CountingArena();
        ModelWeights weights = weights(arena);
        try (Engine engine = Engine.over(CONFIG, weights, arena, options)) {
            var params = SamplingParams.greedy(1);
            var request = GenerationRequest.of(new int[64], params, Set.of());
            var thrown = assertThrows(IllegalArgumentException.class, () -> engine.submit(request));
            assertTrue(
                    thrown.toString()
                            .contains(
                                    "the prompt has 64 tokens, expected 63 at most: the context of"
                                            + " 64 less one for an answer; shorten the prompt or"
                                            + " open the model with a larger context"),
                    thrown.toString());
        }
    }
}
