package dev.tramontane.train.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.report.curves.Figure;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.train.nano.TinyVocabulary;
import dev.tramontane.train.steps.RunCurves;
import dev.tramontane.train.steps.StepLine;
import dev.tramontane.train.steps.StepLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reinforcement from the command line.
class GrpoCommandTest {
    private static final String START =
            """
            shape: {dim: 32, layers: 1, heads: 2, kv-heads: 1, head-dim: 16, hidden-dim: 64, context: 256}
            tokenizer: tekken.json
            """;
    private static final String SHORT =
            """
            groups: 2
            group-size: 4
            max-tokens: 12
            cache-tokens: 12
            context: 200
            steps: 3
            warmup-steps: 0
            checkpoint-every: 2
            threads: 1
            """;

    @TempDir private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Stdio io() {
        return new Stdio(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Stdio.Terminals.NONE,
                Map.of());
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path write(String text) throws IOException {
        TinyVocabulary.write(folder);
        return Files.writeString(folder.resolve("grpo.yaml"), text);
    }

    private int grpo(String text) throws IOException {
        out.reset();
        err.reset();
        return TrainMain.run(io(), "grpo", "--config", write(text).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    groups: 2        | groups: 0           | groups is 0, expected 1 or more; raise it
                    group-size: 4    | group-size: 1       | group-size is 1, expected 2 or more; raise it
                    groups: 2        | minibatches: 3      | 3 minibatches of 32 groups; expected 1 or 2
                    cache-tokens: 12 | cache-tokens: 13    | completions of at most 12 tokens, the last 13 of them at a cost
                    threads: 1       | clip: {low: 2}      | a clip of 2.0 below and 0.28 above
                    threads: 1       | diversity: length   | diversity is length, expected one of reward, answer; correct it
                    threads: 1       | reward: {right: 1}  | right has no meaning here, expected none but those of docs/training.md
                    levels: 1        | levels: 4           | level 4, expected levels from 1 to 3; correct it
                    levels: 1        | levels: easy        | levels has easy, expected whole numbers; correct it
                    """)
    void a_wrong_key_is_named(String right, String wrong, String expected) throws IOException {
        String text =
                START + "problems: {suite: {families: letters, levels: 1}}\n" + SHORT + "out: a\n";
        assertTrue(text.contains(right), right);
        assertEquals(2, grpo(text.replace(right, wrong)));
        assertTrue(said().contains(expected), said());
        assertFalse(Files.exists(folder.resolve("a")), "nothing was begun");
    }

    @Test
    void what_evaluations_measure_with_is_not_learned_from() throws IOException {
        String text =
                START + "problems: {task: nano-suite, items: grpo.yaml}\n" + SHORT + "out: a\n";
        assertEquals(1, grpo(text));
        assertTrue(said().contains("nothing may be trained; use problems: suite"), said());
    }

    /// A model that has learned to answer with 1 as often as with 2.
    private void learnToGuess() throws IOException {
        TinyVocabulary.write(folder);
        var talk = new StringBuilder();
        for (int answer = 1; answer <= 2; answer++) {
            talk.append(
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"reasoning_content\":\"t\",\"content\":\"\\\\boxed{%d}\"}]}%n"
                            .formatted(answer));
        }
        Files.writeString(folder.resolve("talk.jsonl"), talk);
        Path file =
                Files.writeString(
                        folder.resolve("sft.yaml"),
                        START
                                + """
                                data: {conversations: talk.jsonl}
                                context: 64
                                tokens-per-step: 40
                                steps: 120
                                rate: 1e-2
                                threads: 1
                                out: guesses
                                export: {folder: f32}
                                """);
        assertEquals(0, TrainMain.run(io(), "sft", "--config", file.toString()), this::said);
        Files.writeString(
                folder.resolve("coin.yaml"),
                """
                name: coin
                prompt: "{{question}}"
                scorer: math
                items: {files: coin.jsonl}
                """);
        Files.writeString(
                folder.resolve("coin.jsonl"),
                """
                {"id": "a", "question": "q", "answer": "1"}
                {"id": "b", "question": "q", "answer": "1"}
                """);
    }

    private static final String COIN =
            """
            model: guesses/model
            problems: {task: coin.yaml}
            groups: 6
            group-size: 8
            max-tokens: 24
            context: 64
            steps: 8
            warmup-steps: 0
            decay-steps: 0
            rate: 3e-3
            checkpoint-every: 3
            threads: 1
            export: {folder: f32}
            """;

    @Test
    void a_model_that_guesses_learns_what_is_right_and_every_figure_is_kept() throws IOException {
        learnToGuess();
        assertEquals(0, grpo(COIN + "out: right\n"), this::said);
        assertTrue(said().contains("grpo   step 8 of 8   reward "), said());
        List<StepLine> steps = StepLog.read(folder.resolve("right/steps.jsonl"));
        assertEquals(8, steps.size());
        double first = steps.getFirst().figures().getOrDefault("accuracy", -1.0);
        double last = steps.getLast().figures().getOrDefault("accuracy", -1.0);
        assertTrue(first > 0.2 && first < 0.8, "guessed " + first);
        assertTrue(last > first + 0.15, "from " + first + " to " + last);
        assertTrue(steps.getFirst().figures().getOrDefault("gap_largest", 1.0) < 1e-4);
        Set<String> titled =
                RunCurves.FIGURES.stream().map(Figure::key).collect(Collectors.toSet());
        assertTrue(
                titled.containsAll(steps.getFirst().figures().keySet()),
                steps.getFirst().figures().keySet().toString());
        assertTrue(Files.isRegularFile(folder.resolve("right/model/model.safetensors")));
    }

    /// The engine's and the trainer's: another precision on one side alone would show as a gap.
    @Test
    void precision_is_that_of_rollouts_and_lessons() throws IOException {
        learnToGuess();
        assertEquals(0, grpo(COIN + "out: floats\n"), this::said);
        assertEquals(0, grpo(COIN + "precision: bfloat16\nout: rounded\n"), this::said);
        double floats = entropy("floats");
        assertNotEquals(floats, entropy("rounded"));
        assertEquals(floats, entropy("rounded"), 0.05);
        for (StepLine step : StepLog.read(folder.resolve("rounded/steps.jsonl"))) {
            assertTrue(step.figures().getOrDefault("gap_mean", 1.0) < 1e-4, step::toString);
        }
    }

    /// In the first step.
    private double entropy(String run) throws IOException {
        StepLine first = StepLog.read(folder.resolve(run).resolve(StepLog.NAME)).getFirst();
        return Objects.requireNonNull(first.figures().get("entropy"));
    }

    @Test
    void a_run_that_is_stopped_goes_on_to_the_same_bits_and_another_samples_ahead()
            throws IOException {
        learnToGuess();
        assertEquals(0, grpo(COIN + "out: straight\n"), this::said);
        Path file = write(COIN + "out: stopped\n");
        byte[] text = Files.readAllBytes(file);
        GrpoSettings settings = GrpoSettings.read(file, Optional.empty());
        for (int i = 0; i < 2; i++) {
            var stop = new StopRequest();
            stop.make();
            assertFalse(new GrpoRun(io(), settings, stop).run(text));
        }
        assertEquals(2, StepLog.read(folder.resolve("stopped/steps.jsonl")).size());
        assertEquals(0, grpo(COIN + "out: stopped\n"), this::said);
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("straight/model/model.safetensors")),
                Files.readAllBytes(folder.resolve("stopped/model/model.safetensors")));

        assertEquals(0, grpo(COIN + "staleness: 1\nout: ahead\n"), this::said);
        assertTrue(
                StepLog.read(folder.resolve("ahead/steps.jsonl")).stream()
                        .mapToDouble(step -> step.figures().getOrDefault("most_stale", 9.0))
                        .allMatch(stale -> stale <= 1));
    }
}
