package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.engine.EngineOptions.CacheChoice;
import dev.tramontane.engine.EngineOptions.KernelChoice;
import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tensor.DType;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// A request's tokens and log-probabilities are the same to the bit whatever runs beside it,
/// however its prompt was cut, whether its beginning was found in the cache, and however often it
/// was set back.
@Timeout(300)
class InvarianceTest {
    private static final int REQUESTS = 7;
    private static final int LOGPROBS = 3;

    private static final PrefixCaching NOTHING_KEPT =
            PrefixCaching.defaults().withScope(PrefixCaching.Scope.OFF);

    /// Each set of kernels there is, on weights that it has code for.
    enum Machine {
        SCALAR(KernelChoice.SCALAR),
        VECTOR(KernelChoice.VECTOR),
        ASSEMBLED(KernelChoice.ASSEMBLED);

        private final KernelChoice kernels;

        Machine(KernelChoice kernels) {
            this.kernels = kernels;
        }

        EngineOptions options() {
            EngineOptions options = EngineOptions.defaults().withKernels(kernels).withThreads(1);
            return switch (this) {
                case SCALAR, VECTOR -> options;
                case ASSEMBLED -> {
                    String obstacle = AssembledKernels.obstacle();
                    assumeTrue(obstacle.isEmpty(), "skipped: " + obstacle);
                    yield options.withCache(CacheChoice.F16);
                }
            };
        }

        Engine open(EngineOptions options) {
            TinyModel model =
                    switch (this) {
                        case SCALAR, VECTOR -> TinyModel.create();
                        case ASSEMBLED -> TinyModel.quantised(DType.Q4_0);
                    };
            return Engine.over(model.config(), model.weights(), model.arena(), options);
        }
    }

    /// What a request came to, but for how it came to it.
    private record Said(List<TokenEvent> tokens, int cachedTokens) {}

    private static Said read(Generation generation) {
        List<TokenEvent> tokens = new ArrayList<>();
        int cachedTokens = 0;
        while (generation.hasNext()) {
            switch (generation.next()) {
                case TokenEvent.Progress _ -> {}
                case TokenEvent.Sampled sampled -> tokens.add(sampled);
                case TokenEvent.Intervened intervened -> tokens.add(intervened);
                case TokenEvent.Finished finished -> {
                    tokens.add(new TokenEvent.Finished(finished.reason()));
                    cachedTokens = finished.cachedTokens();
                }
            }
        }
        return new Said(tokens, cachedTokens);
    }

    private static List<List<TokenEvent>> tokens(List<Said> all) {
        return all.stream().map(Said::tokens).toList();
    }

    private static List<Said> oneByOne(Engine engine, List<GenerationRequest> requests) {
        return requests.stream().map(request -> read(engine.submit(request))).toList();
    }

    private static List<Said> together(Engine engine, List<GenerationRequest> requests) {
        return Together.submit(engine, requests).stream().map(InvarianceTest::read).toList();
    }

    /// Requests of several lengths; some greedy, some drawn, all with log-probabilities.
    private static List<GenerationRequest> requests() {
        var random = new SplittableRandom(5);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int[] prompt = random.ints(1 + 17L * i, 0, TinyModel.VOCAB).toArray();
            float temperature = i % 3 * 0.7f;
            var sampling = new SamplingParams(temperature, 0, 0.95f, 0, i, 12 + i, LOGPROBS);
            requests.add(GenerationRequest.of(prompt, sampling, Set.of()));
        }
        return requests;
    }

    /// The same prompt with other seeds, and answers that together need more than the cache has.
    private static List<GenerationRequest> samples() {
        int[] prompt = new SplittableRandom(6).ints(70, 0, TinyModel.VOCAB).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
            var sampling = new SamplingParams(1, 0, 0.95f, 0, seed, 80, LOGPROBS);
            requests.add(GenerationRequest.of(prompt, sampling, Set.of()));
        }
        return requests;
    }

    private static List<List<TokenEvent>> alone(Machine machine, List<GenerationRequest> requests) {
        try (Engine engine = machine.open(machine.options().withPrefixes(NOTHING_KEPT))) {
            return tokens(oneByOne(engine, requests));
        }
    }

    @ParameterizedTest
    @EnumSource
    void alone_batched_or_cut_into_chunks_the_result_is_the_same(Machine machine) {
        List<List<TokenEvent>> alone = alone(machine, requests());
        EngineOptions options = machine.options().withPrefixes(NOTHING_KEPT);
        for (int budget : new int[] {1, 7, 32, 33, 512}) {
            EngineOptions shared =
                    options.withMaxBatchTokens(budget)
                            .withKvCacheBytes(2_000_000)
                            .withMaxSequences(5);
            try (Engine engine = machine.open(shared)) {
                String what = "a budget of " + budget;
                assertEquals(alone, tokens(oneByOne(engine, requests())), "alone, " + what);
                assertEquals(alone, tokens(together(engine, requests())), "together, " + what);
            }
        }
        try (Engine engine = machine.open(options.withThreads(2))) {
            assertEquals(alone, tokens(together(engine, requests())), "on two threads");
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_found_in_the_cache_changes_nothing(Machine machine) {
        List<List<TokenEvent>> alone = alone(machine, requests());
        for (int budget : new int[] {5, 32, 512}) {
            EngineOptions options =
                    machine.options().withMaxBatchTokens(budget).withKvCacheBytes(4_000_000);
            try (Engine engine = machine.open(options)) {
                assertEquals(alone, tokens(together(engine, requests())), "fresh");
                List<Said> again = together(engine, requests());
                assertEquals(alone, tokens(again), "kept");
                for (int i = 0; i < REQUESTS; i++) {
                    assertEquals(17 * i / 32 * 32, again.get(i).cachedTokens());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void samples_of_one_prompt_that_wait_for_it_and_set_each_other_back_say_the_same(
            Machine machine) {
        List<List<TokenEvent>> alone = alone(machine, samples());
        for (int budget : new int[] {9, 512}) {
            EngineOptions options = machine.options().withMaxBatchTokens(budget);
            try (Engine engine = machine.open(options)) {
                List<Said> all = together(engine, samples());
                assertEquals(alone, tokens(all));
                assertEquals(0, all.getFirst().cachedTokens());
                for (Said other : all.subList(1, all.size())) {
                    assertEquals(64, other.cachedTokens());
                }
                assertTrue(engine.stats().work().setBacks() > 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_seed_gives_another_text(Machine machine) {
        List<List<TokenEvent>> texts = alone(machine, samples());
        assertNotEquals(texts.get(0), texts.get(1));
    }
}
