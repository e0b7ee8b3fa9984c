package dev.tramontane.train.nano;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.train.JavaProcess;
import dev.tramontane.train.SftStep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Processes that make a tiny nano and are killed, as by `kill -9`, at the word of a random step,
/// stage or test; `-Dtramontane.kills=N` kills N of them.
class KilledNanoTest {
    private static final int KILLS = Integer.getInteger("tramontane.kills", 3);

    @TempDir private Path folder;

    private static NanoSettings settings() {
        return NanoRecipeTest.settings()
                .withStages(
                        List.of(
                                new NanoSettings.Stage(13, 100, List.of(1, 0, 0)),
                                new NanoSettings.Stage(12, 200, List.of(1, 1, 0))));
    }

    /// A process of its own: goes on with a folder until all is made, and tells each event in a
    /// line.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            new NanoRecipe(settings(), NanoRecipeTest.origin(5, Optional.empty()), 1)
                    .run(
                            Path.of(args[0]),
                            new NanoRecipe.Progress() {
                                @Override
                                public void begins(String what) {
                                    tell(what);
                                }

                                @Override
                                public void step(SftStep step, double seconds, int steps) {
                                    tell("step " + step.step());
                                }

                                @Override
                                public void tested(int step, NanoReport report) {
                                    tell("tested " + step);
                                }
                            });
        }

        private static void tell(String line) {
            System.out.println("* " + line);
            System.out.flush();
        }
    }

    private Process start(Path run) throws IOException {
        var flags = List.of("-XX:TieredStopAtLevel=1");
        return JavaProcess.of(Child.class, flags, run.toString()).redirectErrorStream(true).start();
    }

    /// Reads what a process tells, and kills it at one of its words.
    ///
    /// @param word which; more than there are lets it end
    /// @return how many it told
    private static int killAt(Process child, int word) throws IOException, InterruptedException {
        int told = 0;
        var all = new StringBuilder();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                all.append(line).append('\n');
                told += line.startsWith("* ") ? 1 : 0;
                if (told == word) {
                    child.destroyForcibly();
                    break;
                }
            }
        }
        int code = child.waitFor();
        assertTrue(told == word || code == 0, all.toString());
        return told;
    }

    @Test
    void killed_at_random_words_and_resumed_a_run_ends_with_the_bits_of_one_that_was_left_alone()
            throws IOException, InterruptedException {
        Path whole = folder.resolve("whole");
        int words = killAt(start(whole), Integer.MAX_VALUE);
        assertTrue(words > 25, words + " words");
        Path killed = folder.resolve("killed");
        var random = new SplittableRandom(11);
        for (int i = 0; i < KILLS; i++) {
            killAt(start(killed), 1 + random.nextInt(words * 2 / 3));
        }
        killAt(start(killed), Integer.MAX_VALUE);
        for (String file :
                List.of(
                        "tekken.json",
                        "evaluation.json",
                        "export/nano.gguf",
                        "export/nano/model.safetensors",
                        "export/SHA256SUMS")) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(killed.resolve(file)),
                    file);
        }
        assertEquals(25, Files.readAllLines(killed.resolve("steps.jsonl")).size());
    }
}
