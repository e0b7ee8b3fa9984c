package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.tramontane.engine.EngineOptions.KernelChoice;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// A request's tokens and log-probabilities are the same to the bit whatever runs beside it and
/// however its prompt was cut.
@Timeout(120)
class InvarianceTest {
    private static final int REQUESTS = 7;

    private static Engine open(EngineOptions options) {
        var model = TinyModel.create();
        return Engine.over(model.config(), model.weights(), model.arena(), options);
    }

    private static List<GenerationRequest> requests() {
        var random = new SplittableRandom(5);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int[] prompt = random.ints(1 + 17L * i, 0, TinyModel.VOCAB).toArray();
            float temperature = i % 3 * 0.7f;
            var sampling = new SamplingParams(temperature, 0, 0.95f, 0, i, 12 + i, 3);
            requests.add(GenerationRequest.of(prompt, sampling, Set.of()));
        }
        return requests;
    }

    private static List<TokenEvent> sampled(Generation generation) {
        List<TokenEvent> events = new ArrayList<>();
        generation.forEachRemaining(events::add);
        events.removeIf(TokenEvent.Progress.class::isInstance);
        return events;
    }

    private static List<List<TokenEvent>> oneByOne(EngineOptions options) {
        try (Engine engine = open(options)) {
            return requests().stream().map(request -> sampled(engine.submit(request))).toList();
        }
    }

    private static List<List<TokenEvent>> together(EngineOptions options) {
        try (Engine engine = open(options)) {
            List<Generation> running = requests().stream().map(engine::submit).toList();
            return running.stream().map(InvarianceTest::sampled).toList();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SCALAR", "VECTOR"})
    void alone_batched_or_cut_into_chunks_the_result_is_the_same(KernelChoice kernels) {
        var options = EngineOptions.defaults().withKernels(kernels).withThreads(1);
        List<List<TokenEvent>> alone = oneByOne(options);
        for (int budget : new int[] {1, 7, 32, 33, 512}) {
            var shared =
                    options.withMaxBatchTokens(budget)
                            .withKvCacheBytes(2_000_000)
                            .withMaxSequences(5);
            assertEquals(alone, oneByOne(shared), "alone, a budget of " + budget);
            assertEquals(alone, together(shared), "together, a budget of " + budget);
        }
        assertEquals(alone, together(options.withThreads(2)), "on two threads");
    }

    @ParameterizedTest
    @EnumSource(names = {"SCALAR", "VECTOR"})
    void another_seed_gives_another_text(KernelChoice kernels) {
        try (Engine engine = open(EngineOptions.defaults().withKernels(kernels))) {
            List<List<TokenEvent>> texts = new ArrayList<>();
            for (int seed = 0; seed < 2; seed++) {
                var sampling = new SamplingParams(1, 0, 1, 0, seed, 20, -1);
                var request = GenerationRequest.of(new int[] {1, 2}, sampling, Set.of());
                texts.add(sampled(engine.submit(request)));
            }
            assertNotEquals(texts.get(0), texts.get(1));
        }
    }
}
