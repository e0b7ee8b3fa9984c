package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.tensor.DType;
import dev.tramontane.weights.ModelFolder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// What the trainer learns is what the engine runs.
class ModelExportTest {
    private static final ModelConfig CONFIG = TinyModels.config(64, 2, 4, 2, 16, 40);

    /// The engine adds in another order; the project asks for 1e-4.
    private static final double LOG_PROB_TOLERANCE = 2e-5;

    @TempDir private Path folder;
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void end() {
        arena.close();
    }

    private static int[] tokens() {
        return new SplittableRandom(3).ints(50, 0, CONFIG.vocab()).toArray();
    }

    private double[] trainersLogProbs(TrainableWeights weights) {
        int[] tokens = tokens();
        boolean[] scored = new boolean[tokens.length];
        Arrays.fill(scored, 1, scored.length, true);
        TrainingBatch batch = TrainingBatch.of(List.of(new TrainingBatch.Part(tokens, scored)));
        TokenScores scores = TokenScores.forAtMost(tokens.length);
        try (var workers = new Workers(1)) {
            var limits = new PolicyBackend.Limits(tokens.length, tokens.length);
            new TrainableTransformer(weights, workers, limits, arena).score(batch, scores);
        }
        double[] logProbs = new double[tokens.length - 1];
        for (int i = 0; i < logProbs.length; i++) {
            logProbs[i] = scores.logProbs()[i];
        }
        return logProbs;
    }

    private double[] enginesLogProbs(ModelConfig config, ModelWeights weights) {
        try (Kernels kernels = new ScalarKernels()) {
            return EnginePass.logProbs(config, weights, kernels, arena, tokens());
        }
    }

    private double[] logProbsOf(Path path) throws IOException {
        ModelFolder opened = ModelFolder.open(path, arena);
        ModelConfig config = ModelConfig.read(opened);
        return enginesLogProbs(config, ModelWeights.read(opened, config));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_engine_reads_the_very_memory_that_is_trained_and_sees_the_same_probabilities(
            boolean tied) {
        TrainableWeights weights = TinyModels.weights(CONFIG, tied, 5, arena);
        try (Kernels kernels = new VectorKernels(1)) {
            assertArrayEquals(
                    trainersLogProbs(weights),
                    EnginePass.logProbs(CONFIG, weights.model(), kernels, arena, tokens()),
                    LOG_PROB_TOLERANCE);
            for (int i = 0; i < weights.values().cols(); i += 3) {
                weights.values().set(0, i, weights.values().get(0, i) * 1.5f);
            }
            assertArrayEquals(
                    trainersLogProbs(weights),
                    EnginePass.logProbs(CONFIG, weights.model(), kernels, arena, tokens()),
                    LOG_PROB_TOLERANCE);
        }
    }

    @ParameterizedTest(name = "{0}, tied {1}")
    @CsvSource({"F32, false, 2e-5", "F32, true, 2e-5", "F16, true, 0.02", "BF16, false, 0.1"})
    void a_folder_is_the_model(DType type, boolean tied, double tolerance) throws IOException {
        TrainableWeights weights = TinyModels.weights(CONFIG, tied, 5, arena);
        ModelExport.toFolder(weights, folder, type);
        ModelConfig read = ModelConfig.read(ModelFolder.open(folder, arena));
        assertEquals(CONFIG, read);
        assertArrayEquals(trainersLogProbs(weights), logProbsOf(folder), tolerance);
    }

    @ParameterizedTest(name = "{0}, tied {1}")
    @CsvSource({"F32, false, 2e-5", "F16, true, 0.02", "Q8_0, false, 0.2", "Q8_0, true, 0.2"})
    void a_gguf_file_is_the_model_with_neighbouring_pairs(
            FileType type, boolean tied, double tolerance) throws IOException {
        TrainableWeights weights = TinyModels.weights(CONFIG, tied, 5, arena);
        ModelExport.toFolder(weights, folder.resolve("model"), DType.F32);
        Path file = folder.resolve("model.gguf");
        ModelExport.toGguf(folder.resolve("model"), file, type, 1);
        assertEquals(
                Kernels.RopePairs.INTERLEAVED,
                ModelConfig.read(ModelFolder.open(file, arena)).ropePairs());
        assertArrayEquals(trainersLogProbs(weights), logProbsOf(file), tolerance);
    }

    @Test
    void weights_that_were_exported_come_back_to_the_bit() throws IOException {
        TrainableWeights weights = TinyModels.weights(CONFIG, true, 5, arena);
        ModelExport.toFolder(weights, folder, DType.F32);
        ModelFolder opened = ModelFolder.open(folder, arena);
        TrainableWeights again =
                TrainableWeights.copyOf(CONFIG, ModelWeights.read(opened, CONFIG), arena);
        assertArrayEquals(TinyModels.doubles(weights.values()), TinyModels.doubles(again.values()));
    }

    @Test
    void a_folder_of_blocks_is_refused() {
        TrainableWeights weights = TinyModels.weights(CONFIG, true, 5, arena);
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ModelExport.toFolder(weights, folder, DType.Q8_0));
        assertEquals(
                "a folder of Q8_0, expected F32, F16 or BF16; write F32 and make a GGUF file of it",
                thrown.getMessage());
    }
}
