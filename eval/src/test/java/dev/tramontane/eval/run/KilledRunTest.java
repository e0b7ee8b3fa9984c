package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Processes that run a plan and are killed, as by `kill -9`, when their log has grown by a random
/// number of bytes; `-Dtramontane.kills=N` kills N of them.
class KilledRunTest {
    private static final String KILLS_PROPERTY = "tramontane.kills";
    private static final int KILLS = Integer.getInteger(KILLS_PROPERTY, 50);

    /// Attempts that a process may end before it is killed, so that none is ever done.
    private static final int MOST_ATTEMPTS = 7;

    private static final int PROBLEMS = 30;
    private static final int SAMPLES = 1 + MOST_ATTEMPTS * KILLS / PROBLEMS;
    private static final int AT_ONCE = 4;

    @TempDir private Path folder;

    /// A process of its own: goes on with a log until it is complete, an attempt for each byte that
    /// its parent sends, so that it is never further than its parent lets it.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            EvalPlan plan = Plans.of(PROBLEMS, SAMPLES, AT_ONCE);
            Scorer onLeave =
                    (problem, answer) -> {
                        awaitLeave();
                        return Plans.EQUAL.score(problem, answer);
                    };
            try (EvalLog log = EvalLog.open(Path.of(args[0]), plan.header())) {
                new EvalRunner(ScriptedModel.bySeed(), onLeave, Patience.real())
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

        private static void awaitLeave() {
            try {
                if (System.in.read() < 0) {
                    throw new IllegalStateException("nobody gives leave");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
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
                        "-D%s=%d".formatted(KILLS_PROPERTY, KILLS),
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
        finish(start(whole));
        int shortest =
                Files.readAllLines(whole).stream().mapToInt(String::length).min().orElseThrow();
        Path log = folder.resolve("killed.jsonl");
        var random = new SplittableRandom(3);
        for (int i = 0; i < KILLS; i++) {
            int attempts = 1 + random.nextInt(MOST_ATTEMPTS);
            killAfter(log, attempts, random.nextInt(attempts * shortest));
        }
        finish(start(log));
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

    private void finish(Process child) throws IOException, InterruptedException {
        leave(child, PROBLEMS * SAMPLES);
        assertEquals(0, child.waitFor(), this::output);
    }

    private static void leave(Process child, int attempts) throws IOException {
        OutputStream in = child.getOutputStream();
        in.write(new byte[attempts]);
        in.flush();
    }

    /// Goes on with a log, and kills who does.
    ///
    /// @param attempts that it may end
    /// @param bytes by which the log grows before; fewer than those attempts have
    private void killAfter(Path log, int attempts, int bytes)
            throws IOException, InterruptedException {
        int before = wholeLines(log);
        Process child = start(log);
        leave(child, attempts);
        while (child.isAlive() && (!Files.exists(log) || Files.size(log) <= before + bytes)) {
            child.waitFor(200, TimeUnit.MICROSECONDS);
        }
        assertTrue(child.isAlive(), this::output);
        child.destroyForcibly().waitFor();
    }

    /// How many bytes of a log are whole lines: what is behind them is made again.
    private static int wholeLines(Path log) throws IOException {
        byte[] bytes = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] != '\n') {
            length--;
        }
        return length;
    }
}
