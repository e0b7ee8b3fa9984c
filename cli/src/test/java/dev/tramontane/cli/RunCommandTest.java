package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.nano.TrainedModel;
import dev.tramontane.terminal.Stdio;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class RunCommandTest {
    @Test
    void the_embedded_model_answers_alone_on_standard_output() {
        Tramontane.Result result = Tramontane.run("run", "--seed", "1", "How", "long?");
        assertEquals(0, result.code());
        assertFalse(result.out().isBlank());
        assertTrue(result.err().startsWith("Thinking…\n"), result.err());
        assertTrue(result.err().contains("Thought for "), result.err());
    }

    @Test
    void what_a_model_has_to_say_of_itself_is_told_first(@TempDir Path folder) throws IOException {
        for (String name : List.of("config.json", "model.safetensors", "tekken.json")) {
            Files.copy(Tramontane.VECTORS.resolve("tiny-text-a", name), folder.resolve(name));
        }
        Files.writeString(folder.resolve(TrainedModel.TRAINING), "{}");
        Files.writeString(folder.resolve(TrainedModel.NOTICE), "It is young.\n");
        Path model = folder.resolve("young.gguf");
        TrainedModel.write(folder, model);
        Tramontane.Result result =
                Tramontane.run("run", "-m", model.toString(), "--max-tokens", "1", "How", "long?");
        assertEquals(0, result.code(), result.err());
        assertTrue(result.err().startsWith("It is young.\n"), result.err());
    }

    @Test
    void the_same_seed_gives_the_same_answer_and_another_another() {
        String[] first = {
            "run", "-m", Tramontane.TINY, "--seed", "1", "--max-tokens", "9", "hello"
        };
        String[] second = {
            "run", "-m", Tramontane.TINY, "--seed", "2", "--max-tokens", "9", "hello"
        };
        String out = Tramontane.run(first).out();
        assertEquals(out, Tramontane.run(first).out());
        assertNotEquals(out, Tramontane.run(second).out());
    }

    @Test
    void a_flag_comes_before_its_environment_variable() {
        var program = Tramontane.program().variable("TRAMONTANE_MAX_TOKENS", "3");
        String[] three = {"run", "-m", Tramontane.TINY, "--json", "--seed=1", "x"};
        String[] five = {"run", "-m", Tramontane.TINY, "--json", "--seed=1", "--max-tokens=5", "x"};
        assertEquals(3, completionTokens(program.with(three).out()));
        assertEquals(5, completionTokens(program.with(five).out()));
    }

    private static int completionTokens(String json) {
        return Json.parse("output", json).at("/usage/completion_tokens").intValue();
    }

    @Test
    void json_holds_the_answer_and_its_figures() {
        Tramontane.Result result = Tramontane.run("run", "--json", "--seed", "2", "hello");
        JsonNode answer = Json.parse("output", result.out());
        assertEquals(
                List.of("model", "thinking", "answer", "finish_reason", "usage", "timings"),
                List.copyOf(answer.propertyNames()));
        assertEquals(
                List.of("prompt_tokens", "completion_tokens", "reasoning_tokens"),
                List.copyOf(answer.path("usage").propertyNames()));
        assertEquals(
                List.of(
                        "load_ms",
                        "first_token_ms",
                        "prefill_tokens_per_second",
                        "decode_tokens_per_second"),
                List.copyOf(answer.path("timings").propertyNames()));
        assertEquals("nano", answer.path("model").stringValue());
        assertEquals("stop", answer.path("finish_reason").stringValue());
        assertFalse(answer.path("thinking").stringValue().isEmpty());
        assertFalse(answer.path("answer").stringValue().isEmpty());
    }

    @Test
    void a_vote_tells_its_winner_and_the_agreement() {
        String[] vote = {"run", "--votes", "3", "--seed", "2", "--max-tokens", "60"};
        Tramontane.Result told =
                Tramontane.run(
                        Stream.concat(Stream.of(vote), Stream.of("hello")).toArray(String[]::new));
        assertEquals(0, told.code(), told.err());
        assertFalse(told.out().isBlank());
        assertTrue(told.err().contains("Voting… 1 of 3 done"), told.err());
        assertTrue(
                told.err().contains("[Agreement ") || told.err().contains("[No vote"), told.err());
        JsonNode json =
                Json.parse(
                        "output",
                        Tramontane.run(
                                        Stream.concat(Stream.of(vote), Stream.of("--json", "hello"))
                                                .toArray(String[]::new))
                                .out());
        int cast = 0;
        for (JsonNode count : json.path("votes")) {
            assertFalse(count.path("answer").stringValue().isEmpty());
            cast += count.path("count").intValue();
        }
        assertTrue(json.path("votes").isArray() && cast <= 3, json.toString());
        assertEquals(told.out().strip(), json.path("answer").stringValue().strip());
    }

    @Test
    void an_answer_fits_the_schema_and_a_bad_one_is_named(@TempDir Path schemas)
            throws IOException {
        Path fits = schemas.resolve("fits.json");
        Files.writeString(
                fits,
                """
                {"type": "object", "properties": {"wind": {"enum": ["mistral", "tramontane"]},
                 "knots": {"type": "integer", "minimum": 0, "maximum": 99}},
                 "required": ["wind", "knots"], "additionalProperties": false}
                """);
        Tramontane.Result result =
                Tramontane.run(
                        "run", "--schema=" + fits, "--seed=4", "--max-tokens=200", "How windy?");
        assertEquals(0, result.code(), result.err());
        JsonNode answer = Json.parse("output", result.out());
        assertTrue(List.of("mistral", "tramontane").contains(answer.path("wind").stringValue()));
        assertTrue(answer.path("knots").isInt() && answer.path("knots").intValue() <= 99);

        Path refused = schemas.resolve("refused.json");
        Files.writeString(refused, "{\"type\": \"object\", \"unevaluatedProperties\": false}");
        assertMistake(1, "unevaluatedProperties", "run", "--schema=" + refused, "x");
        Files.writeString(refused, "{");
        assertMistake(1, "refused.json", "run", "--schema=" + refused, "x");
        assertMistake(1, "none.json", "run", "--schema=" + schemas.resolve("none.json"), "x");
    }

    @Test
    void a_draft_model_changes_no_answer() {
        String[] plain = {
            "run", "-m", Tramontane.TINY, "--seed=3", "--max-tokens=40", "--draft=off", "a b a b"
        };
        String[] drafting = plain.clone();
        drafting[5] = "--draft=" + Tramontane.TINY;
        String answer = Tramontane.run(plain).out();
        assertFalse(answer.isBlank());
        assertEquals(answer, Tramontane.run(drafting).out());
    }

    @Test
    void a_draft_model_of_another_vocabulary_is_refused() {
        Tramontane.Result result =
                Tramontane.run("run", "-m", Tramontane.TINY, "--draft=nano", "hello");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("to draft for; choose a draft model"), result.err());
    }

    @Test
    void piped_input_is_appended_to_the_prompt() {
        int alone = promptTokens(Tramontane.program(), "run", "--json", "Sum this up:");
        int longer =
                promptTokens(
                        Tramontane.program().input("a b c d\n"), "run", "--json", "Sum this up:");
        int pipedAlone = promptTokens(Tramontane.program().input("Sum this up:"), "run", "--json");
        assertTrue(longer > alone, longer + " and " + alone);
        assertEquals(alone, pipedAlone);
    }

    private static int promptTokens(Tramontane program, String... args) {
        return Json.parse("output", program.with(args).out()).at("/usage/prompt_tokens").intValue();
    }

    @Test
    void an_answer_without_thinking_shows_none() {
        Tramontane.Result result = Tramontane.run("run", "--think=off", "--json", "hello");
        assertEquals("", Json.parse("output", result.out()).path("thinking").stringValue());
    }

    @Test
    void a_budget_ends_the_thinking() {
        Tramontane.Result result =
                Tramontane.run("run", "--think=2", "--seed", "2", "--json", "hello");
        assertEquals(0, result.code(), result.err());
        int words = Json.parse("output", result.out()).at("/usage/reasoning_tokens").intValue();
        assertTrue(words <= 4, "2 words and two marks, but " + words);
    }

    @Test
    void hidden_thinking_is_not_shown() {
        String shown = Tramontane.run("run", "--seed", "2", "hello").err();
        String hidden = Tramontane.run("run", "--seed", "2", "--hide-thinking", "hello").err();
        assertTrue(hidden.length() < shown.length());
        assertTrue(hidden.contains("Thought for "), hidden);
    }

    @Test
    void on_a_terminal_the_thinking_collapses_to_one_line() {
        String out =
                Tramontane.program()
                        .terminals(new Stdio.Terminals(true, true, true))
                        .with("run", "--seed", "2", "hello")
                        .out();
        assertTrue(out.contains("Thinking… "), out);
        String left = out.substring(out.lastIndexOf("\033[J"));
        assertTrue(
                left.matches("(?s).*Thought for \\d+\\.\\d s, \\d+ tokens\033\\[22m\n\n.+"), left);
        assertFalse(left.contains("Thinking…"), left);
    }

    @Test
    void no_color_is_obeyed() {
        String out =
                Tramontane.program()
                        .terminals(new Stdio.Terminals(true, true, true))
                        .variable("NO_COLOR", "1")
                        .with("run", "--seed", "2", "hello")
                        .out();
        assertFalse(out.contains("\033"), out);
        assertTrue(out.startsWith("Thinking…\n"), out);
    }

    @Test
    void verbose_tells_the_times() {
        String err = Tramontane.run("run", "--verbose", "--max-tokens=4", "hello").err();
        assertTrue(err.contains("loading "), err);
        assertTrue(err.contains(" prompt tokens, "), err);
        assertTrue(err.contains("tokens/s"), err);
    }

    @Test
    void an_answer_that_was_cut_off_says_so() {
        String err = Tramontane.run("run", "--max-tokens=2", "hello").err();
        assertTrue(err.contains("--max-tokens allows more"), err);
    }

    @Test
    void penalties_reach_the_sampler() {
        String[] onlyH = {
            "run",
            "-m",
            Tramontane.TINY,
            "--temperature=0",
            "--max-tokens=4",
            "--logit-bias=1072=100"
        };
        assertEquals("HHHH", answerTo(onlyH));
        String dry =
                answerTo(onlyH, "--dry-multiplier=100", "--dry-base=9", "--dry-allowed-length=1");
        assertTrue(dry.startsWith("HH") && !dry.startsWith("HHHH"), dry);
        String[] broken = {
            "--dry-multiplier=100", "--dry-allowed-length=1", "--dry-sequence-breaker=H"
        };
        assertEquals("HHHH", answerTo(onlyH, broken));
    }

    private static String answerTo(String[] args, String... more) {
        String[] all = Arrays.copyOf(args, args.length + more.length + 1);
        System.arraycopy(more, 0, all, args.length, more.length);
        all[all.length - 1] = "x";
        Tramontane.Result result = Tramontane.run(all);
        assertEquals(0, result.code(), result.err());
        return result.out();
    }

    @Test
    void a_prompt_beyond_the_context_is_an_error_with_numbers() {
        assertMistake(
                1,
                "tokens, which exceeds the available context size of 32 tokens; shorten it, or open"
                        + " the model with a larger context",
                "run",
                "-m",
                Tramontane.TINY,
                "--context=32",
                "x".repeat(300));
    }

    @Test
    void mistakes_are_one_message_and_an_exit_code() {
        assertMistake(2, "Unknown option: '--foo'", "run", "--foo");
        assertMistake(2, "there is no prompt", "run");
        assertMistake(2, "expected 2 to 1024 samples", "run", "--votes", "1", "x");
        assertMistake(2, "expected on, off, low, medium, high", "run", "--think=much", "x");
        assertMistake(1, "no such file or folder", "run", "-m", "no/such.gguf", "x");
        assertMistake(2, "temperature is 3.0, expected 0 to 2", "run", "--temperature=3", "x");
        assertMistake(2, "typical_p is 0.0, expected more than 0", "run", "--typical-p=0", "x");
        assertMistake(2, "logit_bias.17 is 200.0", "run", "--logit-bias=17=200", "x");
        assertMistake(
                1,
                "logit_bias.99999: found a bias for token 99999",
                "run",
                "--logit-bias=99999=1",
                "x");
        assertMistake(2, "repeat_last_n is -2", "run", "--repeat-last-n=-2", "x");
        assertMistake(
                1,
                "dry_sequence_breakers[0]: found 0 characters",
                "run",
                "--dry-multiplier=1",
                "--dry-sequence-breaker=",
                "x");
        assertMistake(1, "the model was made for 1024", "run", "--context=9000", "x");
    }

    @Test
    void a_wrong_variable_is_named() {
        Tramontane.Result result =
                Tramontane.program().variable("TRAMONTANE_THREADS", "many").with("run", "x");
        assertEquals(2, result.code());
        assertTrue(result.err().contains("TRAMONTANE_THREADS: "), result.err());
    }

    private static void assertMistake(int code, String message, String... args) {
        Tramontane.Result result = Tramontane.run(args);
        assertEquals(code, result.code(), result.err());
        assertEquals("", result.out());
        assertTrue(result.err().contains(message), result.err());
        assertFalse(result.err().contains("\tat "), result.err());
    }

    @Test
    void debug_shows_where() {
        Tramontane.Result result = Tramontane.run("run", "--debug", "-m", "no/such.gguf", "x");
        assertTrue(result.err().contains("\tat "), result.err());
    }
}
