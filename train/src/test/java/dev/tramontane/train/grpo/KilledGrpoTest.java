package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.Engine;
import dev.tramontane.train.JavaProcess;
import dev.tramontane.train.Schedule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Processes that learn and are killed, as by `kill -9`, at random moments: between two steps,
/// while a batch is sampled or learned from, or while a state is written.
/// `-Dtramontane.trainingKills=N` kills N of them.
class KilledGrpoTest {
    private static final int KILLS = Integer.getInteger("tramontane.trainingKills", 3);
    private static final int STEPS = 6 * (KILLS + 1);
    private static final String LAST = "step-%08d.safetensors".formatted(STEPS);

    @TempDir private Path folder;

    /// A process of its own: goes on with a run to its end, says each step, and waits to be
    /// answered before it saves the state, so that it is never further than its parent knows.
    static final class Child {
        private Child() {}

        @SuppressWarnings("SystemOut") // its parent listens
        public static void main(String[] args) throws IOException {
            int steps = Integer.parseInt(args[1]);
            GrpoConfig config = Bandit.with(slow(Bandit.config(steps, 6), steps), 2, 0);
            Verifier verifier =
                    (question, trajectory) ->
                            Reward.of(
                                    config.rewards(),
                                    trajectory.completion()[0] == question.prompt()[1],
                                    trajectory.completion().length % 2 == 0,
                                    trajectory.completion().length,
                                    "");
            try (var bandit = new Bandit(11, 1);
                    Engine engine = bandit.sharedEngine();
                    var source = new OnPolicyRollouts(bandit.rollouts(engine, config), verifier)) {
                bandit.trainer(source, Path.of(args[0]), config)
                        .run(
                                step -> {
                                    System.out.println(step.step());
                                    awaitAnswer();
                                });
            }
        }

        private static void awaitAnswer() {
            try {
                if (System.in.read() < 0) {
                    throw new IllegalStateException("nobody answers");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// A state a step, and so small ones that much is left to learn at the last.
        private static GrpoConfig slow(GrpoConfig like, int steps) {
            return new GrpoConfig(
                    like.groups(),
                    like.groupSize(),
                    like.minibatches(),
                    like.clip(),
                    like.lossNormalisation(),
                    like.advantageNormalisation(),
                    like.diversity(),
                    like.rewards(),
                    Schedule.constant(1e-3, steps),
                    like.mostGradientNorm(),
                    like.staleness(),
                    like.seed(),
                    1);
        }
    }

    private Process start(Path states) throws IOException {
        return JavaProcess.of(Child.class, List.of(), states.toString(), String.valueOf(STEPS))
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
    }

    @Test
    void killed_at_random_moments_and_resumed_a_run_ends_with_the_bits_of_one_left_alone()
            throws IOException, InterruptedException {
        Path whole = folder.resolve("whole");
        assertEquals(STEPS, finish(start(whole)));
        Path states = folder.resolve("killed");
        var random = new SplittableRandom(7);
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            // at the word of the second step the state of the first is saved
            killed += killAfter(start(states), 2 + random.nextInt(3), random.nextInt(40)) ? 1 : 0;
        }
        assertEquals(KILLS, killed, "some were done before they were killed");
        assertTrue(finish(start(states)) < STEPS, "began anew");
        assertArrayEquals(
                Files.readAllBytes(whole.resolve(LAST)), Files.readAllBytes(states.resolve(LAST)));
    }

    /// @return how many steps it made
    private int finish(Process child) throws IOException, InterruptedException {
        int steps = 0;
        while (answer(child)) {
            steps++;
        }
        assertEquals(0, child.waitFor(), Files.readString(folder.resolve("errors.txt")));
        return steps;
    }

    /// Hears of a step and answers.
    ///
    /// @return false at the end
    private static boolean answer(Process child) throws IOException {
        if (child.inputReader().readLine() == null) {
            return false;
        }
        child.outputWriter().append('\n').flush();
        return true;
    }

    /// Kills a process some moments after it has been answered so many times.
    ///
    /// @return whether it was still at work
    private static boolean killAfter(Process child, int steps, int millis)
            throws IOException, InterruptedException {
        for (int i = 0; i < steps; i++) {
            assertTrue(answer(child));
        }
        boolean ended = child.waitFor(millis, TimeUnit.MILLISECONDS);
        child.destroyForcibly().waitFor();
        return !ended;
    }
}
