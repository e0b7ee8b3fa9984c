package dev.tramontane.train.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.terminal.Stdio;
import dev.tramontane.train.JavaProcess;
import dev.tramontane.train.nano.TinyVocabulary;
import dev.tramontane.train.steps.StepLine;
import dev.tramontane.train.steps.StepLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

/// The trainer's command line, from a configuration to a model's files.
class TrainMainTest {
    private static final String SHAPE =
            """
            shape: {dim: 32, layers: 2, heads: 2, kv-heads: 1, head-dim: 16, hidden-dim: 64, context: 512}
            tokenizer: tekken.json
            """;
    private static final String SUITE =
            "data: {suite: {families: letters, languages: [en, fr], levels: [1, 0, 0]}}\n";
    private static final String SHORT =
            """
            context: 512
            steps: 6
            tokens-per-step: 60
            checkpoint-every: 4
            threads: 1
            rate: 1e-2
            """;
    private static final String TALK =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"the end\"}]}\n";

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

    private int run(String... args) {
        out.reset();
        err.reset();
        return TrainMain.run(io(), args);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path write(String name, String text) throws IOException {
        TinyVocabulary.write(folder);
        return Files.writeString(folder.resolve(name), text);
    }

    private void sft(String text) throws IOException {
        Path file = write("sft.yaml", text);
        assertEquals(0, run("sft", "--config", file.toString()), this::said);
    }

    @Test
    void a_model_begins_by_chance_learns_and_becomes_files_that_open() throws IOException {
        String text = SHAPE + SUITE + SHORT + "out: first\nexport: {folder: f32, gguf: Q8_0}\n";
        sft(text);
        assertTrue(said().contains("sft   step 6 of 6   loss "), said());
        Path run = folder.resolve("first");
        assertEquals(6, StepLog.read(run.resolve(StepLog.NAME)).size());
        assertEquals(text, Files.readString(run.resolve("config.yaml")));
        for (String made :
                List.of(
                        "curves.html",
                        "model/model.safetensors",
                        "model/tekken.json",
                        "model-Q8_0.gguf")) {
            assertTrue(Files.isRegularFile(run.resolve(made)), made);
        }
        byte[] model = Files.readAllBytes(run.resolve("model/model.safetensors"));
        sft(text);
        assertEquals(6, StepLog.read(run.resolve(StepLog.NAME)).size(), "nothing is left to do");
        assertArrayEquals(model, Files.readAllBytes(run.resolve("model/model.safetensors")));
    }

    /// Losses of the steps, which begin nearly alike and are not the same.
    private void checkPrecision(String text) throws IOException {
        sft(text + "out: floats\n");
        sft(text + "precision: bfloat16\nout: rounded\n");
        double expected = firstLoss("floats");
        assertNotEquals(expected, firstLoss("rounded"));
        assertEquals(expected, firstLoss("rounded"), 0.02);
    }

    private double firstLoss(String run) throws IOException {
        StepLine first = StepLog.read(folder.resolve(run).resolve(StepLog.NAME)).getFirst();
        return Objects.requireNonNull(first.figures().get("loss"));
    }

    @Test
    void precision_is_that_of_all_weights() throws IOException {
        checkPrecision(SHAPE + SUITE + SHORT);
    }

    @Test
    void precision_is_that_of_adapters_too() throws IOException {
        sft(SHAPE + SUITE + SHORT + "out: first\n");
        checkPrecision("model: first/model\nlora: {rank: 4}\n" + SUITE + SHORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"first/model", "first/model-Q8_0.gguf"})
    void adapters_learn_from_conversations_beside_a_folder_or_a_gguf_file(String model)
            throws IOException {
        sft(SHAPE + SUITE + SHORT + "out: first\nexport: {gguf: Q8_0}\n");
        Files.writeString(folder.resolve("talk.jsonl"), TALK + TALK);
        sft(
                """
                model: %s
                lora: {rank: 4, matrices: [query, v_proj]}
                data: {conversations: talk.jsonl}
                """
                                .formatted(model)
                        + SHORT.replace("60", "4")
                        + "out: second\n");
        assertTrue(said().contains("2 answers to learn"), said());
        Path run = folder.resolve("second");
        String adapter = Files.readString(run.resolve("adapter/adapter_config.json"));
        assertTrue(adapter.contains("\"target_modules\" : [ \"q_proj\", \"v_proj\" ]"), adapter);
        assertTrue(Files.isRegularFile(run.resolve("adapter/adapter_model.safetensors")));
        assertTrue(Files.isRegularFile(run.resolve("model/model.safetensors")));
        assertEquals(
                model.endsWith("model"), Files.isRegularFile(run.resolve("model/tekken.json")));

        Files.writeString(folder.resolve("talk.jsonl"), TALK);
        assertEquals(1, run("sft", "--config", folder.resolve("sft.yaml").toString()));
        assertTrue(said().contains("put the old ones back, or begin in another folder"), said());
    }

    @Test
    void a_run_that_is_stopped_goes_on_to_the_same_bits() throws IOException {
        String text = SHAPE + SUITE + SHORT + "export: {folder: f32}\n";
        sft(text + "out: straight\n");
        Path file = write("stopped.yaml", text + "out: stopped\n");
        SftConfig config = SftConfig.read(file, Optional.empty());
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < 3; i++) {
            var stop = new StopRequest();
            stop.make();
            assertFalse(new SftRun(io(), config, stop).run(bytes));
        }
        Path run = folder.resolve("stopped");
        assertEquals(3, StepLog.read(run.resolve(StepLog.NAME)).size(), "a step each time");
        assertEquals(0, run("sft", "--config", file.toString()), this::said);
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("straight/model/model.safetensors")),
                Files.readAllBytes(run.resolve("model/model.safetensors")));
    }

    @Test
    void a_run_goes_on_with_what_it_began_with_alone() throws IOException {
        sft(SHAPE + SUITE + SHORT + "out: first\n");
        String text = "model: first/model\n" + SUITE + SHORT + "out: second\n";
        sft(text + "lora: {rank: 4}\n");
        for (String other :
                List.of(
                        text + "lora: {rank: 8}\n",
                        text + "lora: {rank: 4, alpha: 3}\n",
                        text.replace("letters", "copy") + "lora: {rank: 4}\n")) {
            Path file = write("other.yaml", other.replace("steps: 6", "steps: 7"));
            assertEquals(1, run("sft", "--config", file.toString()));
            assertTrue(said().contains("is another one than when the run began"), said());
        }
        sft(text.replace("steps: 6", "steps: 7") + "lora: {rank: 4}\n");
    }

    @Test
    void a_run_that_is_told_to_end_has_its_folder_for_itself_and_ends_with_130()
            throws IOException, InterruptedException {
        String text = SHAPE + SUITE + SHORT.replace("steps: 6", "steps: 100000");
        Path file = write("long.yaml", text + "curves-every: 1\nout: long\n");
        Path log = folder.resolve("long").resolve(StepLog.NAME);
        Process run =
                JavaProcess.of(TrainMain.class, List.of(), "sft", "--config", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said.txt").toFile())
                        .start();
        try {
            while (run.isAlive() && (!Files.exists(log) || StepLog.read(log).size() < 3)) {
                Thread.sleep(20);
            }
            assertEquals(1, run("sft", "--config", file.toString()));
            assertTrue(said().contains("another run writes here"), said());
            run.destroy();
            assertEquals(130, run.waitFor(), "folder/said.txt tells why");
        } finally {
            run.destroyForcibly();
        }
        long steps = StepLog.read(log).getLast().step();
        Path state = folder.resolve("long/states/step-%08d.safetensors".formatted(steps));
        assertTrue(Files.exists(state), state + " is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    steps: 6            | steps: many       | steps is many, expected a number
                    steps: 6            | curves-every: 1   | steps is missing, expected a whole number; add it
                    steps: 6            | steps: 0          | steps is 0, expected 1 or more; raise it
                    rate: 1e-2          | rate: -1          | rate is -1.0, expected a number above 0; raise it
                    threads: 1          | thread: 1         | thread has no meaning here, expected none but those of docs/training.md; is it misspelt?
                    threads: 1          | optimizer: sgd    | optimizer is sgd, expected one of muon, adamw; correct it
                    threads: 1          | precision: half   | precision is half, expected one of float32, bfloat16; correct it
                    threads: 1          | decay-steps: 9    | a rate of 0.01 over 6 steps, 0 to rise and 9 to fall; expected a rate above 0 and at least as many steps as both take
                    families: letters   | families: letter  | families is letter, expected one of
                    languages: [en, fr] | languages: xx     | languages is xx, expected one of en, fr
                    levels: [1, 0, 0]   | levels: [1, 0]    | the levels' weights [1, 0] and 0% talk; expected at least one of each, 3 weights
                    out: first          | model: here       | model stands beside shape, expected one of the two; leave one out
                    out: first          | lora: {rank: 2}   | out is missing, expected the run's folder; add it, or give --out
                    threads: 1          | export: {gguf: Q9} | gguf is Q9, expected one of F32
                    threads: 1          | lora:             | lora is empty, expected a value; give one, or leave the key out
                    dim: 32             | dims: 32          | dim is missing, expected a whole number; add it
                    """)
    void a_wrong_key_is_named(String right, String wrong, String expected) throws IOException {
        String text = SHAPE + SUITE + SHORT + "out: first\n";
        assertTrue(text.contains(right), right);
        Path file = write("sft.yaml", text.replace(right, wrong));
        assertEquals(2, run("sft", "--config", file.toString()));
        assertTrue(said().startsWith("tramontane: " + file), said());
        assertTrue(said().contains(expected), said());
        assertTrue(said().contains("See: tramontane train sft --help"), said());
        assertFalse(Files.exists(folder.resolve("first")), "nothing was begun");
    }

    @Test
    void a_context_that_the_model_does_not_have_is_refused() throws IOException {
        String text = SHAPE + SUITE + SHORT.replace("512", "513") + "out: first\n";
        Path file = write("sft.yaml", text);
        assertEquals(1, run("sft", "--config", file.toString()));
        assertTrue(
                said().contains("context is 513, expected at most the model's, 512; lower it"),
                said());
    }

    @Test
    void runs_are_drawn_side_by_side() throws IOException {
        sft(SHAPE + SUITE + SHORT + "out: first\n");
        Path page = folder.resolve("both.html");
        String run = folder.resolve("first").toString();
        assertEquals(0, run("curves", run, run, "--out", page.toString()));
        assertEquals(page + "\n", out.toString(StandardCharsets.UTF_8));
        assertTrue(Files.readString(page).contains("2 runs"));
        assertEquals(1, run("curves", folder.toString()));
        assertTrue(said().contains("no such log, expected the folder of a training run"), said());
    }

    @Test
    void a_run_of_nano_that_has_no_state_yet_cannot_be_tested() throws IOException {
        TinyVocabulary.write(folder);
        assertEquals(1, run("nano", "--test", "3", "--out", folder.toString()));
        assertTrue(said().contains("holds no state"), said());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sft", "nano", "curves"})
    void every_command_has_a_page_of_help_that_fits(String command) {
        String[] args =
                command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        assertEquals(0, run(args));
        String page = out.toString(StandardCharsets.UTF_8);
        assertTrue(page.startsWith("Usage: tramontane train"), page);
        page.lines().forEach(line -> assertTrue(line.length() <= 100, line));
        assertTrue(page.contains("--help"), page);
    }

    @Test
    void without_a_command_there_is_help_and_the_code_of_wrong_use() {
        assertEquals(2, run());
        assertTrue(said().contains("Commands"), said());
        assertEquals(2, run("stf"));
        assertTrue(said().contains("stf"), said());
    }
}
