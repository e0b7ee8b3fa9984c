package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class CheckpointsTest {
    private static final ModelConfig CONFIG = TinyModels.config();
    private static final long SEED = 77;

    @TempDir private Path folder;
    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(1);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    /// A run that can be stopped anywhere.
    private final class Run {
        private final TrainableWeights weights = TinyModels.weights(CONFIG, true, 1, arena);
        private final Optimizer optimizer;
        private final TrainableTransformer transformer =
                new TrainableTransformer(weights, workers, new PolicyBackend.Limits(64, 32), arena);
        private final TokenScores scores = TokenScores.forAtMost(64);
        private final GradientClip clip = new GradientClip(weights, workers);

        Run(boolean muon) {
            optimizer =
                    muon
                            ? new Muon(weights, workers, Muon.Settings.USUAL, arena)
                            : new AdamW(weights, workers, AdamW.Settings.USUAL, arena);
        }

        void step() {
            long number = optimizer.steps() + 1;
            weights.clearGradients();
            transformer.learn(
                    TinyModels.batch(CONFIG, SEED + number, 20, 31), (_, _) -> -0.05, scores);
            optimizer.step(1e-2 / number, clip.scale(1));
        }

        Checkpoints.Progress progress() {
            return new Checkpoints.Progress(optimizer.steps(), SEED, 2 * optimizer.steps());
        }
    }

    @ParameterizedTest(name = "with Muon {0}")
    @ValueSource(booleans = {false, true})
    void a_run_that_goes_on_from_a_file_ends_with_the_bits_of_one_that_never_stopped(boolean muon)
            throws IOException {
        var straight = new Run(muon);
        var checkpoints = new Checkpoints(folder, 2);
        for (int i = 0; i < 6; i++) {
            straight.step();
            if (i == 2) {
                checkpoints.save(straight.weights, straight.optimizer, straight.progress());
            }
        }
        var resumed = new Run(muon);
        Path file = checkpoints.latest().orElseThrow();
        assertEquals(
                new Checkpoints.Progress(3, SEED, 6),
                Checkpoints.load(file, resumed.weights, resumed.optimizer));
        for (int i = 3; i < 6; i++) {
            resumed.step();
        }
        assertArrayEquals(
                TinyModels.doubles(straight.weights.values()),
                TinyModels.doubles(resumed.weights.values()));
        assertEquals(6, resumed.optimizer.steps());
    }

    @Test
    void only_the_last_states_stay_and_what_is_no_state_is_left_alone() throws IOException {
        var run = new Run(false);
        var checkpoints = new Checkpoints(folder, 2);
        assertEquals(Optional.empty(), checkpoints.latest());
        Files.writeString(folder.resolve("notes.txt"), "mine");
        Files.writeString(folder.resolve("step-00000009.safetensors.part"), "unfinished");
        for (int i = 0; i < 4; i++) {
            run.step();
            checkpoints.save(run.weights, run.optimizer, run.progress());
        }
        assertEquals(
                Optional.of(folder.resolve("step-00000004.safetensors")), checkpoints.latest());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(
                            "notes.txt",
                            "step-00000003.safetensors",
                            "step-00000004.safetensors",
                            "step-00000009.safetensors.part"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void a_state_of_another_optimiser_or_model_is_refused_and_changes_nothing() throws IOException {
        var run = new Run(false);
        run.step();
        Path file = new Checkpoints(folder, 1).save(run.weights, run.optimizer, run.progress());
        var muon = new Run(true);
        double[] before = TinyModels.doubles(muon.weights.values());
        assertEquals(
                "step-00000001.safetensors: optimizer is AdamW, expected Muon; go on with what the run began with",
                refusal(file, muon.weights, muon.optimizer));

        TrainableWeights wider =
                TinyModels.weights(TinyModels.config(32, 2, 4, 2, 16, 38), true, 1, arena);
        var adamW = new AdamW(wider, workers, AdamW.Settings.USUAL, arena);
        assertEquals(
                "step-00000001.safetensors: tensor model.embed_tokens.weight is 37 x 32 of F32, expected 38 x 32 of F32; go on with the model that the run began with",
                refusal(file, wider, adamW));
        assertArrayEquals(before, TinyModels.doubles(muon.weights.values()));
        assertEquals(0, muon.optimizer.steps());
    }

    private static String refusal(Path file, TrainableWeights weights, Optimizer optimizer) {
        return String.valueOf(
                assertThrows(
                                ModelFormatException.class,
                                () -> Checkpoints.load(file, weights, optimizer))
                        .getMessage());
    }
}
