package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.engine.EngineOptions.KernelChoice;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.sampling.GateMask;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/// Texts become vectors: those of the definition and of the reference implementation, and the same
/// to the bit whatever runs beside them.
@Timeout(300)
class EmbeddingTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    /// What float32 loses of a vector of length 1, recorded in float64.
    private static final float TOLERANCE = 3e-6f;

    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withKernels(KernelChoice.VECTOR).withThreads(1);

    private static Engine open(EngineOptions options) {
        var model = TinyModel.create();
        return Engine.over(model.config(), model.weights(), model.arena(), options);
    }

    private static int[] text(int tokens) {
        return new SplittableRandom(tokens).ints(tokens, 0, TinyModel.VOCAB).toArray();
    }

    private static Embedding embed(Engine engine, int... text) {
        return embed(engine, Pooling.MEAN, text);
    }

    private static Embedding embed(Engine engine, Pooling pooling, int... text) {
        return engine.embed(text, pooling, GenerationRequest.NO_OWNER, Priority.INTERACTIVE);
    }

    /// The definition: the whole text at once through plain loops, then `Σ / ‖Σ‖`.
    private static float[] defined(int[] text, Pooling pooling) {
        TinyModel model = TinyModel.create();
        try (Arena arena = model.arena()) {
            ModelConfig config = model.config();
            var transformer =
                    new Transformer(
                            config, model.weights(), new ScalarKernels(), arena, text.length, 1);
            var blocks = new BlockTable();
            int count = BlockPool.blocksFor(text.length);
            new BlockPool(count).lend(count, blocks);
            var format = new CacheFormat(CacheType.F32, config.kvHeads(), config.headDim());
            var cache = new KvCache(arena, format, config.layers(), count);
            int[] rows =
                    switch (pooling) {
                        case MEAN -> IntStream.range(0, text.length).toArray();
                        case FIRST -> new int[] {0};
                        case LAST -> new int[] {text.length - 1};
                    };
            var slice = new Batch.Slice(0, text.length, 0, blocks);
            var batch = new Batch(text, List.of(slice), new int[0], rows, List.of());
            transformer.forward(batch, cache);
            return direction(transformer.states(batch));
        }
    }

    private static float[] direction(Tensor states) {
        double[] sum = new double[states.cols()];
        double squares = 0;
        for (int col = 0; col < sum.length; col++) {
            for (int row = 0; row < states.rows(); row++) {
                sum[col] += states.get(row, col) / (double) states.rows();
            }
            squares += sum[col] * sum[col];
        }
        var vector = new float[sum.length];
        for (int col = 0; col < sum.length; col++) {
            vector[col] = (float) (sum[col] / Math.sqrt(squares));
        }
        return vector;
    }

    @ParameterizedTest
    @EnumSource
    void a_vector_is_what_the_definition_says(Pooling pooling) {
        try (Engine engine = open(OPTIONS)) {
            for (int tokens : new int[] {1, 2, 33, 100, TinyModel.CONTEXT}) {
                float[] vector = embed(engine, pooling, text(tokens)).await();
                assertArrayEquals(defined(text(tokens), pooling), vector, TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tiny-text-a/model.safetensors",
        "tiny-text-a/model-f32.gguf",
        "tiny-qwen3/model.safetensors",
        "tiny-qwen3/model-f32.gguf"
    })
    void vectors_are_those_that_transformers_computed(Path file) throws IOException {
        JsonNode cases =
                new JsonMapper().readTree(VECTORS.resolve("embeddings/expected.json").toFile());
        int checked = 0;
        try (Engine engine = engine(VECTORS.resolve(file))) {
            for (JsonNode each : cases) {
                if (each.path("model").stringValue().equals(file.getName(0).toString())) {
                    String pooling = each.path("pooling").stringValue();
                    float[] vector =
                            embed(
                                            engine,
                                            Pooling.valueOf(pooling.toUpperCase(Locale.ROOT)),
                                            ints(each.path("tokens")))
                                    .await();
                    assertArrayEquals(floats(each.path("vector")), vector, TOLERANCE);
                    checked++;
                }
            }
        }
        assertEquals(12, checked);
    }

    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    private static Engine engine(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        ModelFolder folder = ModelFolder.open(file, arena);
        ModelConfig config = ModelConfig.read(folder);
        ModelWeights weights = ModelWeights.read(folder, config);
        return Engine.over(config, weights, arena, OPTIONS.withContext(512));
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.path(i).intValue()).toArray();
    }

    private static float[] floats(JsonNode list) {
        var values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.path(i).floatValue();
        }
        return values;
    }

    /// Texts cut into chunks of every kind, beside answers that have what they would have had
    /// alone, in a cache so small that some are set back.
    @Test
    void whatever_runs_beside_it_a_text_has_the_same_vector_and_answers_are_the_same() {
        List<float[]> alone = new ArrayList<>();
        List<List<TokenEvent>> answersAlone = new ArrayList<>();
        try (Engine engine = open(OPTIONS)) {
            for (int i = 0; i < 6; i++) {
                alone.add(embed(engine, text(30 + 37 * i)).await());
                answersAlone.add(tokens(engine.submit(question(i, List.of()))));
            }
        }
        int setBacks = 0;
        for (int budget : new int[] {3, 7, 32, 512}) {
            EngineOptions options = OPTIONS.withMaxBatchTokens(budget);
            try (Engine engine = open(options);
                    var gate = new GateMask()) { // until all are there
                List<Embedding> embeddings = new ArrayList<>();
                List<Generation> answers = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    embeddings.add(embed(engine, text(30 + 37 * i)));
                    answers.add(engine.submit(question(i, i == 0 ? List.of(gate) : List.of())));
                }
                gate.open();
                for (int i = 0; i < 6; i++) {
                    assertArrayEquals(alone.get(i), embeddings.get(i).await());
                    assertEquals(answersAlone.get(i), tokens(answers.get(i)));
                }
                setBacks += (int) engine.stats().work().setBacks();
                assertNothingOwned(engine);
            }
        }
        assertTrue(setBacks > 0, "somebody was set back");
    }

    private static GenerationRequest question(int number, List<TokenMask> masks) {
        var sampling = new SamplingParams(1, 0, 0.95f, 0, number, 60, 2);
        return new GenerationRequest(text(20 + 5 * number), sampling, Set.of(), masks);
    }

    private static List<TokenEvent> tokens(Generation generation) {
        return generation.readAll().stream().filter(TokenEvent.Sampled.class::isInstance).toList();
    }

    private static void assertNothingOwned(Engine engine) {
        EngineStats.Cache cache = engine.stats().cache();
        assertEquals(cache.blocks(), cache.freeBlocks(), "nobody owns a block");
    }

    private static GenerationRequest held(GateMask gate) {
        return new GenerationRequest(
                new int[] {1}, SamplingParams.greedy(50), Set.of(), List.of(gate));
    }

    /// A gate holds the engine between two tokens of another, so the text cannot have been read.
    @Test
    void a_text_that_is_closed_is_not_read_and_its_blocks_are_free() {
        try (Engine engine = open(OPTIONS.withMaxBatchTokens(2))) {
            var gate = new GateMask(); // lets nothing pass
            try (Generation answer = engine.submit(held(gate))) {
                Embedding text = embed(engine, text(200));
                text.close();
                gate.open();
                assertThrows(CancellationException.class, text::await);
                assertTrue(answer.hasNext());
            }
            assertEquals(engine.config().dim(), embed(engine, 5).await().length);
            assertNothingOwned(engine);
        }
    }

    @Test
    void what_cannot_be_read_is_refused() {
        try (Engine engine = open(OPTIONS)) {
            assertThrows(IllegalArgumentException.class, () -> embed(engine));
            assertThrows(IllegalArgumentException.class, () -> embed(engine, TinyModel.VOCAB));
            assertThrows(IllegalArgumentException.class, () -> embed(engine, -1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> embed(engine, text(TinyModel.CONTEXT + 1)));
        }
    }

    /// A gate holds the engine until it is being closed, so no text can have been read.
    @Test
    void an_engine_that_is_closed_cancels_what_it_reads_and_reads_no_more()
            throws InterruptedException {
        Engine engine = open(OPTIONS.withMaxBatchTokens(2).withMaxSequences(2));
        Thread closing = Thread.ofPlatform().unstarted(engine::close);
        try (var gate = new GateMask()) {
            engine.submit(held(gate));
            List<Embedding> texts =
                    IntStream.range(0, 20).mapToObj(i -> embed(engine, text(200 + i))).toList();
            closing.start();
            Waiting.until("it takes no more", () -> takesTexts(engine), takes -> !takes);
            gate.open();
            for (Embedding text : texts) {
                assertThrows(CancellationException.class, text::await);
            }
        }
        closing.join();
        assertThrows(IllegalStateException.class, () -> embed(engine, 1));
    }

    private static boolean takesTexts(Engine engine) {
        try {
            embed(engine, 1).close();
            return true;
        } catch (EngineOverloadedException full) {
            return true;
        } catch (IllegalStateException closed) {
            return false;
        }
    }

    @Test
    void hidden_states_that_are_no_numbers_are_told_and_end_nothing_else() {
        TinyModel model = TinyModel.create();
        model.weights().finalNorm().set(0, 3, Float.NaN);
        try (Engine engine = Engine.over(model.config(), model.weights(), model.arena(), OPTIONS)) {
            for (int i = 0; i < 2; i++) {
                var failure = assertThrows(IllegalStateException.class, embed(engine, 1, 2)::await);
                assertTrue(String.valueOf(failure.getMessage()).contains("NaN"));
            }
        }
    }
}
