package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.engine.EngineOptions.KernelChoice;
import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.SequenceBreakers;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.ModelFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// With drafts and without them a request gets the same tokens, log-probabilities and end. The
/// clock of {@link TimedKernels} keeps drafts going.
@Timeout(300)
class DraftsTest {
    private static final Path TINY_FILES = Path.of("src/test/resources/vectors/tiny-text-b");
    private static final List<String> TINY_FILES_TO_READ =
            List.of("model-q4_0.gguf", "model-q8_0.gguf", "model-q4_k_m.gguf");
    private static final int STOP = 250;

    private enum Smaller {
        /// Guesses from the text alone.
        NONE,
        /// A model that is always right where no mask steps in.
        SAME,
        /// A model that is right by chance.
        OTHER
    }

    private static Engine open(EngineOptions options, Smaller smaller) {
        var model = TinyModel.create();
        var kernels = new TimedKernels(KernelSelection.open(options, model.weights().bytes()));
        return Engine.over(
                model.config(),
                model.weights(),
                model.arena(),
                options,
                kernels,
                FileWatch.nothing(),
                draft(smaller),
                Optional.empty(),
                kernels);
    }

    private static Optional<DraftWeights> draft(Smaller smaller) {
        return switch (smaller) {
            case NONE -> Optional.empty();
            case SAME -> Optional.of(draft(TinyModel.create()));
            case OTHER -> Optional.of(draft(TinyModel.create(TinyModel.VOCAB, 8)));
        };
    }

    private static DraftWeights draft(TinyModel model) {
        return new DraftWeights(
                model.config(), model.weights(), model.arena(), FileWatch.nothing());
    }

    /// Penalties that look at every token before.
    private static final Penalties PENALTIES =
            new Penalties(
                    new LogitBias(Map.of(3, 1.5f)),
                    new Repetition(1.1f, 0.1f, 0.1f, -1),
                    new Dry(0.3f, 1.5f, 2, -1, SequenceBreakers.NONE));

    /// Greedy and seeded; led along their prompt, and free; with penalties, log-probabilities, stop
    /// tokens, and ends by a mask, by the number of tokens and by the context.
    private static List<GenerationRequest> requests() {
        var random = new SplittableRandom(11);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            int[] prompt = random.ints(20 + 14L * i, 0, STOP).toArray();
            var sampling =
                    new SamplingParams(
                            i % 3 * 0.7f,
                            i % 4 * 20,
                            0.95f,
                            0,
                            i,
                            i == 5 ? 300 : 30 + 4 * i,
                            i % 2 * 4 - 1);
            if (i % 5 == 4) {
                sampling = sampling.withPenalties(PENALTIES);
            }
            requests.add(
                    new GenerationRequest(
                            prompt,
                            sampling,
                            i == 7 ? Set.of(random.nextInt(STOP)) : Set.of(STOP),
                            i % 7 == 6 ? List.of() : List.of(led(prompt, i))));
        }
        return requests;
    }

    /// Allows the prompt's next token and two others; one that bans, and one that ends.
    private static TokenMask led(int[] prompt, int number) {
        return new ScriptedMask(
                accepted -> {
                    int at = accepted.size();
                    if (number == 9 && at == 40) {
                        return new TokenMask.Verdict.End(FinishReason.REPETITION);
                    }
                    if (at % 17 == 16) {
                        return new TokenMask.Verdict.Force(at % 11);
                    }
                    var allowed = new BitSet();
                    allowed.set(prompt[at % prompt.length]);
                    if (at % 13 == 0) {
                        allowed.set(3);
                        allowed.set(at % 23);
                    }
                    return new TokenMask.Verdict.Only(allowed);
                });
    }

    private static List<TokenEvent> told(Generation generation) {
        List<TokenEvent> events = new ArrayList<>();
        generation.forEachRemaining(events::add);
        events.removeIf(TokenEvent.Progress.class::isInstance);
        return events;
    }

    private static FinishReason end(List<TokenEvent> events) {
        return assertInstanceOf(TokenEvent.Finished.class, events.getLast()).reason();
    }

    private static List<List<TokenEvent>> together(Engine engine) {
        return Together.submit(engine, requests()).stream().map(DraftsTest::told).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"SCALAR", "VECTOR"})
    void requests_get_the_same_with_drafts_as_without(KernelChoice kernels) {
        var options =
                EngineOptions.defaults()
                        .withKernels(kernels)
                        .withThreads(1)
                        .withKvCacheBytes(3_000_000);
        List<List<TokenEvent>> expected;
        try (Engine engine = open(options.withDrafts(false), Smaller.NONE)) {
            expected = requests().stream().map(r -> told(engine.submit(r))).toList();
            assertEquals(0, engine.stats().work().draftedTokens());
        }
        for (Smaller smaller : Smaller.values()) {
            try (Engine engine = open(options, smaller)) {
                List<List<TokenEvent>> alone =
                        requests().stream().map(r -> told(engine.submit(r))).toList();
                check(expected, alone, engine, smaller + ", alone");
            }
            try (Engine engine = open(options.withMaxBatchTokens(40), smaller)) {
                check(expected, together(engine), engine, smaller + ", together");
            }
        }
    }

    @Test
    void requests_get_the_same_whichever_threads_sample_them() {
        var options =
                EngineOptions.defaults()
                        .withKernels(KernelChoice.VECTOR)
                        .withKvCacheBytes(3_000_000);
        List<List<TokenEvent>> expected;
        try (Engine engine = open(options.withThreads(1).withDrafts(false), Smaller.NONE)) {
            expected = requests().stream().map(r -> told(engine.submit(r))).toList();
        }
        try (Engine engine = open(options.withThreads(3), Smaller.SAME)) {
            check(expected, together(engine), engine, "three threads");
        }
    }

    private static void check(
            List<List<TokenEvent>> expected,
            List<List<TokenEvent>> actual,
            Engine engine,
            String what) {
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(
                    expected.get(i).subList(0, expected.get(i).size() - 1),
                    actual.get(i).subList(0, actual.get(i).size() - 1),
                    what + ", request " + i);
            assertEquals(end(expected.get(i)), end(actual.get(i)), what + ", request " + i);
        }
        EngineStats stats = engine.stats();
        assertTrue(stats.work().acceptedTokens() > 100, what + ": " + stats);
        assertTrue(
                stats.work().draftedTokens() > stats.work().acceptedTokens(), what + ": " + stats);
        long tokens =
                actual.stream()
                        .flatMap(List::stream)
                        .filter(TokenEvent.Sampled.class::isInstance)
                        .count();
        long stops = stats.work().sampledTokens() - tokens; // a stop token is sampled and not told
        assertTrue(stops >= 0 && stops <= actual.size(), what + ": " + stats);
    }

    @Test
    void a_draft_model_of_the_same_weights_is_nearly_always_right() {
        var options = EngineOptions.defaults().withKernels(KernelChoice.SCALAR);
        try (Engine engine = open(options, Smaller.SAME)) {
            var sampling = new SamplingParams(0.9f, 0, 0.95f, 0, 5, 200, -1);
            Generation generation =
                    engine.submit(GenerationRequest.of(new int[] {1, 2, 3}, sampling, Set.of()));
            told(generation);
            EngineStats stats = engine.stats();
            assertEquals(
                    new Drafts(stats.work().draftedTokens(), stats.work().acceptedTokens()),
                    generation.drafts());
            assertTrue(stats.work().acceptedTokens() > 150, stats.toString());
            assertTrue(
                    stats.work().acceptedTokens() > 0.9 * stats.work().draftedTokens(),
                    stats.toString());
        }
    }

    @Test
    void a_draft_model_of_another_vocabulary_is_refused() {
        var model = TinyModel.create();
        DraftWeights other = draft(TinyModel.create(TinyModel.VOCAB + 1, 7));
        var refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Engine.over(
                                        model.config(),
                                        model.weights(),
                                        model.arena(),
                                        EngineOptions.defaults(),
                                        FileWatch.nothing(),
                                        Optional.of(other)));
        assertTrue(refused.toString().contains("301 tokens, expected the model's 300"));
        model.arena().close();
        other.arena().close();
    }

    /// What exactness stands on: tokens of one sequence in one batch have the logits that they have
    /// one after the other, to the bit.
    @ParameterizedTest
    @EnumSource(names = {"SCALAR", "VECTOR", "ASSEMBLED"})
    void rows_of_one_sequence_have_the_logits_of_single_steps(KernelChoice choice)
            throws IOException {
        for (String file : TINY_FILES_TO_READ) {
            try (Arena arena = Arena.ofShared();
                    Kernels kernels = kernels(choice)) {
                var folder = ModelFolder.open(TINY_FILES.resolve(file), arena);
                ModelConfig config = ModelConfig.read(folder);
                ModelWeights weights = ModelWeights.read(folder, config);
                var model = new Transformer(config, weights, kernels, arena, 64, 24);
                boolean first = file.equals(TINY_FILES_TO_READ.getFirst());
                for (CacheType type :
                        first ? List.of(CacheType.values()) : List.of(CacheType.F16)) {
                    var format = new CacheFormat(type, config.kvHeads(), config.headDim());
                    var cache = new KvCache(arena, format, config.layers(), 4);
                    compareRows(model, cache, file + ", cache " + type);
                }
            }
        }
    }

    private static Kernels kernels(KernelChoice choice) {
        return switch (choice) {
            case SCALAR -> new ScalarKernels();
            case VECTOR -> new VectorKernels(2);
            case ASSEMBLED -> {
                try {
                    yield new AssembledKernels(2, true);
                } catch (UnsupportedOperationException e) {
                    assumeTrue(false, String.valueOf(e.getMessage()));
                    throw e;
                }
            }
            case AUTO -> throw new IllegalArgumentException("a test says which kernels it tests");
        };
    }

    /// A prompt over a block's border, then rows of every number up to a whole draft, each begun at
    /// a place that refused drafts wrote before.
    private static void compareRows(Transformer model, KvCache cache, String what) {
        int vocab = model.config().vocab();
        int[] tokens = new SplittableRandom(4).ints(100, 0, vocab).toArray();
        var together = new BlockTable();
        var alone = new BlockTable();
        for (int i = 0; i < 2; i++) {
            alone.append(i);
            together.append(2 + i);
        }
        int at = 25;
        model.forward(batch(alone, tokens, 0, at, 0), cache);
        model.forward(batch(together, tokens, 0, at, 0), cache);
        int[] wrong = tokens.clone();
        for (int rows = 1; at + rows <= 2 * KvCache.BLOCK_SIZE; rows += 4) {
            Arrays.fill(wrong, at, wrong.length, (at + rows) % vocab);
            model.forward(batch(together, wrong, at, rows, rows), cache);
            Tensor logits = model.forward(batch(together, tokens, at, rows, rows), cache);
            float[][] drafted = new float[rows][vocab];
            for (int row = 0; row < rows; row++) {
                logits.copyRow(row, drafted[row]);
            }
            float[] single = new float[vocab];
            for (int row = 0; row < rows; row++) {
                model.forward(batch(alone, tokens, at + row, 1, 1), cache).copyRow(0, single);
                assertArrayEquals(single, drafted[row], 0, what + ", row " + row + " of " + rows);
            }
            at += rows;
        }
    }

    private static Batch batch(BlockTable blocks, int[] tokens, int from, int rows, int sampled) {
        int[] sampledRows = new int[sampled];
        Arrays.setAll(sampledRows, i -> i);
        return new Batch(
                Arrays.copyOfRange(tokens, from, from + rows),
                List.of(new Batch.Slice(0, rows, from, blocks)),
                sampledRows);
    }
}
