package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Processes that run a plan and are killed, as by `kill -9`, when their log has grown by a random
/// number of bytes; `-Dtramontane.kills=N` kills N of them.
class KilledRunTest {
    private static final int KILLS = Integer.getInteger("tramontane.kills", 50);
    private static final int PROBLEMS = 30;
    private static final int SAMPLES = 12;
    private static final int AT_ONCE = 4;

    @TempDir private Path folder;

    /// A process of its own: goes on with a log until it is complete.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            EvalPlan plan = Plans.of(PROBLEMS, SAMPLES, AT_ONCE);
            Scorer takesTime =
                    (problem, answer) -> {
                        LockSupport.parkNanos(2_000_000); // what an attempt costs
                        return Plans.EQUAL.score(problem, answer);
                    };
            try (EvalLog log = EvalLog.open(Path.of(args[0]), plan.header())) {
                new EvalRunner(ScriptedModel.bySeed(), takesTime, Patience.real())
                        .run(
                                plan,
                                log,
                                new EvalRunner.Watcher() {
                                    @Override
                                    public void finished(Attempt attempt) {}

                                    @Override
                                    public void waiting(String why, Duration pause) {}
                                });
            }
        }
    }

    private Process start(Path log) throws IOException {
        String modules =
                ModuleLayer.boot().configuration().modules().stream()
                        .flatMap(module -> module.reference().location().stream())
                        .filter(location -> location.getScheme().equals("file"))
                        .map(location -> Path.of(location).toString())
                        .collect(Collectors.joining(File.pathSeparator));
        String classPath =
                String.join(
                        File.pathSeparator,
                        "target/test-classes",
                        modules,
                        System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        Child.class.getName(),
                        log.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start();
    }

    @Test
    void killed_at_random_moments_and_resumed_a_run_ends_as_one_that_was_left_alone()
            throws IOException, InterruptedException {
        Path whole = folder.resolve("whole.jsonl");
        assertEquals(0, start(whole).waitFor(), () -> output());
        long bytes = Files.size(whole);
        Path log = folder.resolve("killed.jsonl");
        var random = new SplittableRandom(3);
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            long before = Files.exists(log) ? Files.size(log) : 0;
            long most = Math.max(2, 2 * (bytes - before) / (KILLS - i + 1));
            killed += killAfter(start(log), log, before + random.nextLong(most)) ? 1 : 0;
        }
        assertTrue(killed >= KILLS / 2, killed + " were killed before they were done");
        assertEquals(0, start(log).waitFor(), () -> output());
        assertEquals(
                EvalRunnerTest.timeless(Run.read(whole)), EvalRunnerTest.timeless(Run.read(log)));
        assertEquals(PROBLEMS * SAMPLES + 1, Files.readAllLines(log).size()); // none made twice
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// @return whether the process was still running
    private static boolean killAfter(Process child, Path log, long bytes)
            throws IOException, InterruptedException {
        while (child.isAlive() && (!Files.exists(log) || Files.size(log) <= bytes)) {
            child.waitFor(200, TimeUnit.MICROSECONDS);
        }
        boolean wasRunning = child.isAlive();
        child.destroyForcibly().waitFor();
        return wasRunning;
    }
}
