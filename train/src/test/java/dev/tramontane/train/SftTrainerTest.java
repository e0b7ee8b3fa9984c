package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class SftTrainerTest {
    private static final ModelConfig CONFIG = TinyModels.config(32, 1, 2, 1, 16, 16);
    private static final int STEPS = 60;
    private static final int COPIED = 4;

    @TempDir private Path folder;
    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(1);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    /// Tokens, a mark, and the same tokens again: what is to be learned is copying.
    private static Example copying(long number) {
        var random = new SplittableRandom(number);
        int[] tokens = new int[2 * COPIED + 1];
        boolean[] learned = new boolean[tokens.length];
        for (int i = 0; i < COPIED; i++) {
            tokens[i] = 1 + random.nextInt(3);
            tokens[COPIED + 1 + i] = tokens[i];
            learned[COPIED + 1 + i] = true;
        }
        return new Example(tokens, learned);
    }

    /// Somebody who kills a run.
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private SftTrainer trainer(TrainableWeights weights, Path states, int limit, long seed) {
        var limits = new PolicyBackend.Limits(limit, 16);
        return new SftTrainer(
                weights,
                new TrainableTransformer(weights, workers, limits, arena),
                new AdamW(weights, workers, AdamW.Settings.USUAL, arena),
                new GradientClip(weights, workers),
                SftTrainerTest::copying,
                new Checkpoints(states, 2),
                new SftTrainer.Settings(new Schedule(2e-2, 5, STEPS, 20), 64, 1, seed, 7));
    }

    private TrainableWeights weights() {
        return TinyModels.weights(CONFIG, true, 1, arena);
    }

    @Test
    void a_model_learns_to_copy() throws IOException {
        List<SftStep> log = new ArrayList<>();
        trainer(weights(), folder, 200, 1).run(log::add);
        assertEquals(STEPS, log.size());
        assertEquals(STEPS * 16L, log.getLast().examples());
        assertEquals(64, log.getLast().learnedTokens());
        double chance = Math.log(CONFIG.vocab());
        assertTrue(log.getFirst().loss() > 0.9 * chance, "began at " + log.getFirst().loss());
        assertTrue(log.getLast().loss() < Math.log(3) / 2, "ended at " + log.getLast().loss());
    }

    @Test
    void a_run_that_is_killed_and_goes_on_ends_with_the_bits_of_one_that_was_not()
            throws IOException {
        TrainableWeights straight = weights();
        trainer(straight, folder.resolve("straight"), 200, 1).run(_ -> {});

        Path states = folder.resolve("killed");
        for (int killedAt : new int[] {3, 16, 33, 59}) {
            SftTrainer killed = trainer(weights(), states, 200, 1);
            assertThrows(
                    Killed.class,
                    () ->
                            killed.run(
                                    step -> {
                                        if (step.step() == killedAt) {
                                            throw new Killed();
                                        }
                                    }));
        }
        TrainableWeights resumed = weights();
        trainer(resumed, states, 200, 1).run(_ -> {});
        assertArrayEquals(
                TinyModels.doubles(straight.values()), TinyModels.doubles(resumed.values()));
    }

    @Test
    void a_run_in_parts_is_the_run_and_a_part_that_was_made_is_not_made_again() throws IOException {
        TrainableWeights straight = weights();
        trainer(straight, folder.resolve("straight"), 200, 1).run(_ -> {});

        Path states = folder.resolve("parts");
        TrainableWeights parted = weights();
        List<Long> steps = new ArrayList<>();
        for (int last : new int[] {10, 25, 10, STEPS}) {
            trainer(parted, states, 200, 1).runTo(last, step -> steps.add(step.step()));
        }
        assertEquals(LongStream.rangeClosed(1, STEPS).boxed().toList(), steps);
        assertArrayEquals(
                TinyModels.doubles(straight.values()), TinyModels.doubles(parted.values()));
    }

    @Test
    void how_a_step_is_cut_into_batches_shows_in_rounding_alone() throws IOException {
        List<SftStep> whole = new ArrayList<>();
        List<SftStep> cut = new ArrayList<>();
        trainer(weights(), folder.resolve("whole"), 200, 1).run(whole::add);
        trainer(weights(), folder.resolve("cut"), 20, 1).run(cut::add);
        for (int i = 0; i < 5; i++) {
            assertEquals(whole.get(i).loss(), cut.get(i).loss(), 1e-4);
            assertEquals(whole.get(i).gradientNorm(), cut.get(i).gradientNorm(), 1e-3);
        }
    }

    @Test
    void a_finished_run_has_nothing_left_to_do_and_another_seed_is_refused() throws IOException {
        trainer(weights(), folder, 200, 1).run(_ -> {});
        List<SftStep> again = new ArrayList<>();
        trainer(weights(), folder, 200, 1).run(again::add);
        assertEquals(List.of(), again);
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> trainer(weights(), folder, 200, 2).run(_ -> {}));
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .endsWith(
                                "was trained with seed 1, expected 2; go on with that seed, or begin in another folder"));
    }

    @Test
    void an_example_without_a_token_to_learn_is_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Example(new int[] {1, 2}, new boolean[] {true, true}));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Example(new int[] {1, 2}, new boolean[] {false}));
    }
}
