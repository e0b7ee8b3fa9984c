package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.LoraAdapters.Adapter;
import dev.tramontane.train.LoraConfig.Target;
import dev.tramontane.train.kernels.Precision;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.SafetensorsFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Adapters beside weights that stay.
class LoraTest {
    private static final ModelConfig CONFIG = TinyModels.config(32, 2, 4, 2, 16, 37);

    /// Floats against a double's differences: products of some dozens of terms.
    private static final double GRADIENT_TOLERANCE = 2e-4;

    /// The engine adds in another order.
    private static final double LOG_PROB_TOLERANCE = 2e-5;

    private static final double STEP = 1e-5;

    @TempDir private Path folder;
    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(2);
    private final SplittableRandom random = new SplittableRandom(11);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    private LoraAdapters adapters(LoraConfig config) {
        LoraAdapters adapters = new LoraAdapters(CONFIG, config, 3, arena);
        for (int layer = 0; layer < CONFIG.layers(); layer++) {
            for (Target target : config.targets()) {
                Tensor b = adapters.adapter(layer, target).orElseThrow().turnedB();
                for (int row = 0; row < config.rank(); row++) {
                    for (int col = 0; col < b.cols(); col++) {
                        b.set(row, col, (float) (0.05 * random.nextGaussian()));
                    }
                }
            }
        }
        return adapters;
    }

    private TrainableTransformer transformer(BaseModel base, LoraAdapters adapters) {
        var limits = new PolicyBackend.Limits(64, 32);
        return new TrainableTransformer(base, adapters, workers, limits, Precision.FLOAT32, arena);
    }

    private BaseModel base(boolean tied) {
        return new BaseModel(CONFIG, TinyModels.weights(CONFIG, tied, 5, arena).model());
    }

    private static double[] values(TrainedModel model) {
        List<Double> all = new ArrayList<>();
        for (TrainedModel.Part part : model.parts()) {
            Tensor values = part.values().get();
            for (int row = 0; row < part.rows(); row++) {
                for (int col = 0; col < part.cols(); col++) {
                    all.add((double) values.get(row, col));
                }
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private double[] scores(PolicyBackend backend, TrainingBatch batch) {
        TokenScores scores = TokenScores.forAtMost(64);
        backend.score(batch, scores);
        double[] logProbs = new double[batch.scored().length];
        for (int i = 0; i < logProbs.length; i++) {
            logProbs[i] = scores.logProbs()[i];
        }
        return logProbs;
    }

    @Test
    void fresh_adapters_change_nothing() {
        TrainingBatch batch = TinyModels.batch(CONFIG, 3, 20, 9);
        TrainableWeights whole = TinyModels.weights(CONFIG, true, 5, arena);
        var limits = new PolicyBackend.Limits(64, 32);
        double[] expected = scores(new TrainableTransformer(whole, workers, limits, arena), batch);
        var adapters = new LoraAdapters(CONFIG, LoraConfig.usual(4), 1, arena);
        assertArrayEquals(expected, scores(transformer(base(true), adapters), batch));
        assertArrayEquals(
                TinyModels.doubles(whole.values()),
                values(new AdaptedModel(base(true), adapters, arena)));
    }

    @ParameterizedTest(name = "rank {0}")
    @ValueSource(ints = {1, 8, 16, 20})
    void adapters_have_the_gradients_of_finite_differences(int rank) {
        LoraAdapters adapters = adapters(LoraConfig.usual(rank));
        BaseModel base = base(false);
        TrainingBatch batch = TinyModels.batch(CONFIG, 3, 20, 7, 12);
        double[] slopes = TinyModels.slopes(batch.scored().length, 4);
        adapters.clearGradients();
        transformer(base, adapters).learn(batch, (i, _) -> slopes[i], TokenScores.forAtMost(64));
        for (int layer = 0; layer < CONFIG.layers(); layer++) {
            for (Target target : Target.values()) {
                Adapter adapter = adapters.adapter(layer, target).orElseThrow();
                for (int n = 0; n < 3; n++) {
                    int row = random.nextInt(rank);
                    int col = random.nextInt(adapter.a().cols());
                    int out = random.nextInt(adapter.turnedB().cols());
                    String name = LoraAdapters.name(layer, target);
                    double byA =
                            difference(
                                    base, adapters, target, layer, true, row, col, batch, slopes);
                    assertEquals(byA, adapter.dA().get(row, col), GRADIENT_TOLERANCE, name + " A");
                    double byB =
                            difference(
                                    base, adapters, target, layer, false, row, out, batch, slopes);
                    assertEquals(
                            byB, adapter.dTurnedB().get(row, out), GRADIENT_TOLERANCE, name + " B");
                }
                for (int row = rank; row < adapters.rows(); row++) {
                    assertEquals(0, adapter.dA().get(row, 0), "rows beyond the rank stay zero");
                    assertEquals(0, adapter.dTurnedB().get(row, 0));
                }
            }
        }
    }

    /// How the loss of the reference, in doubles, changes with one value of an adapter.
    private double difference(
            BaseModel base,
            LoraAdapters adapters,
            Target target,
            int layer,
            boolean ofA,
            int row,
            int col,
            TrainingBatch batch,
            double[] slopes) {
        double above = loss(base, adapters, target, layer, ofA, row, col, STEP, batch, slopes);
        double below = loss(base, adapters, target, layer, ofA, row, col, -STEP, batch, slopes);
        return (above - below) / (2 * STEP);
    }

    private double loss(
            BaseModel base,
            LoraAdapters adapters,
            Target target,
            int layer,
            boolean ofA,
            int row,
            int col,
            double step,
            TrainingBatch batch,
            double[] slopes) {
        double[] merged = values(new AdaptedModel(base, adapters, arena));
        int from = placeOf(base, adapters, target, layer);
        Adapter adapter = adapters.adapter(layer, target).orElseThrow();
        int inner = adapter.a().cols();
        double scale = adapters.config().scale() * step;
        if (ofA) {
            for (int out = 0; out < adapter.turnedB().cols(); out++) {
                merged[from + out * inner + col] += scale * adapter.turnedB().get(row, out);
            }
        } else {
            for (int in = 0; in < inner; in++) {
                merged[from + col * inner + in] += scale * adapter.a().get(row, in);
            }
        }
        double[] logProbs =
                new ReferenceTransformer(CONFIG, base.weights().tied(), merged)
                        .forward(batch)
                        .logProbs();
        double loss = 0;
        for (int i = 0; i < slopes.length; i++) {
            loss += slopes[i] * logProbs[i];
        }
        return loss;
    }

    /// Where a matrix begins among all values.
    private int placeOf(BaseModel base, LoraAdapters adapters, Target target, int layer) {
        int from = 0;
        for (TrainedModel.Part part : new AdaptedModel(base, adapters, arena).parts()) {
            if (part.name().equals(LoraAdapters.name(layer, target) + ".weight")) {
                return from;
            }
            from += part.rows() * part.cols();
        }
        throw new IllegalStateException("no " + target);
    }

    @Test
    void what_is_exported_is_what_was_trained() throws IOException {
        LoraAdapters adapters =
                adapters(new LoraConfig(4, 6, EnumSet.of(Target.QUERY, Target.VALUE, Target.DOWN)));
        BaseModel base = base(true);
        TrainingBatch batch = TinyModels.batch(CONFIG, 3, 30);
        double[] expected = scores(transformer(base, adapters), batch);
        ModelExport.toFolder(new AdaptedModel(base, adapters, arena), folder, DType.F32);
        ModelFolder opened = ModelFolder.open(folder, arena);
        ModelConfig config = ModelConfig.read(opened);
        try (var kernels = new ScalarKernels()) {
            double[] all =
                    EnginePass.logProbs(
                            config,
                            ModelWeights.read(opened, config),
                            kernels,
                            arena,
                            batch.tokens());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], all[batch.scored()[i] - 1], LOG_PROB_TOLERANCE);
            }
        }
    }

    @ParameterizedTest(name = "from {0}")
    @ValueSource(strings = {"F32", "Q8_0"})
    void a_gguf_file_is_a_base_with_its_rows_in_the_trainers_order(String type) throws IOException {
        TrainableWeights weights = TinyModels.weights(CONFIG, false, 5, arena);
        ModelExport.toFolder(weights, folder.resolve("model"), DType.F32);
        Path file = folder.resolve("model.gguf");
        ModelExport.toGguf(folder.resolve("model"), file, FileType.named(type).orElseThrow(), 1);
        BaseModel base = BaseModel.of(ModelFolder.open(file, arena));
        double tolerance = type.equals("F32") ? 0 : 0.02;
        assertArrayEquals(
                TinyModels.doubles(weights.values()),
                TinyModels.doubles(TrainableWeights.copyOf(base, arena).values()),
                tolerance);
        LoraAdapters adapters = adapters(LoraConfig.usual(2));
        TrainingBatch batch = TinyModels.batch(CONFIG, 3, 20);
        assertArrayEquals(
                scores(transformer(new BaseModel(CONFIG, weights.model()), adapters), batch),
                scores(transformer(base, adapters), batch),
                type.equals("F32") ? 0 : 0.05);
    }

    @Test
    void adapters_learn_go_on_after_a_stop_and_leave_the_base_alone() throws IOException {
        BaseModel base = base(true);
        double[] before = values(new AdaptedModel(base, fresh(), arena));
        LoraAdapters straight = fresh();
        List<SftStep> steps = train(base, straight, folder.resolve("straight"), 40);
        assertTrue(
                steps.getLast().loss() < 0.7 * steps.getFirst().loss(),
                "from " + steps.getFirst().loss() + " to " + steps.getLast().loss());
        LoraAdapters stopped = fresh();
        train(base, stopped, folder.resolve("stopped"), 17);
        LoraAdapters resumed = fresh();
        train(base, resumed, folder.resolve("stopped"), 40);
        assertArrayEquals(
                TinyModels.doubles(straight.values()), TinyModels.doubles(resumed.values()));
        assertArrayEquals(before, values(new AdaptedModel(base, fresh(), arena)));
        assertNotEquals(
                before[CONFIG.vocab() * CONFIG.dim() + CONFIG.dim()],
                values(new AdaptedModel(base, straight, arena))[
                        CONFIG.vocab() * CONFIG.dim() + CONFIG.dim()]);
    }

    private LoraAdapters fresh() {
        return new LoraAdapters(CONFIG, LoraConfig.usual(8), 1, arena);
    }

    private List<SftStep> train(BaseModel base, LoraAdapters adapters, Path states, int last)
            throws IOException {
        List<SftStep> steps = new ArrayList<>();
        Example example = new Example(new int[] {1, 2, 3, 4, 5, 6}, learned(6));
        new SftTrainer(
                        adapters,
                        transformer(base, adapters),
                        new AdamW(adapters, workers, AdamW.Settings.USUAL, arena),
                        new GradientClip(adapters, workers),
                        _ -> example,
                        new Checkpoints(states, 1),
                        new SftTrainer.Settings(Schedule.constant(1e-2, 40), 5, 1, 1, 10))
                .runTo(last, steps::add);
        return steps;
    }

    private static boolean[] learned(int count) {
        boolean[] learned = new boolean[count];
        for (int i = 1; i < count; i++) {
            learned[i] = true;
        }
        return learned;
    }

    @Test
    void the_adapters_files_are_those_of_peft() throws IOException {
        LoraAdapters adapters =
                adapters(new LoraConfig(4, 8, EnumSet.of(Target.QUERY, Target.DOWN)));
        LoraExport.write(adapters, folder, "mistral");
        String config = Files.readString(folder.resolve("adapter_config.json"));
        assertTrue(config.contains("\"peft_type\" : \"LORA\""), config);
        assertTrue(config.contains("\"target_modules\" : [ \"down_proj\", \"q_proj\" ]"), config);
        SafetensorsFile file =
                SafetensorsFile.open(folder.resolve("adapter_model.safetensors"), arena);
        String name = "base_model.model.model.layers.1.mlp.down_proj.";
        Tensor a = file.tensor(name + "lora_A.weight");
        Tensor b = file.tensor(name + "lora_B.weight");
        Adapter down = adapters.adapter(1, Target.DOWN).orElseThrow();
        assertEquals(List.of(4, CONFIG.hiddenDim()), List.of(a.rows(), a.cols()));
        assertEquals(List.of(CONFIG.dim(), 4), List.of(b.rows(), b.cols()));
        assertEquals(down.a().get(3, 7), a.get(3, 7));
        assertEquals(down.turnedB().get(3, 7), b.get(7, 3));
    }

    @Test
    void a_configuration_that_makes_no_adapter_is_refused() {
        assertEquals(
                "adapters of rank 0 and alpha 1.0 on 1 kinds of matrices; expected a rank from 1 to 1024, an alpha above 0 and one kind at least",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new LoraConfig(0, 1, Set.of(Target.UP)))
                        .getMessage());
    }
}
