package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// `tramontane.yaml`, and `config`, which tells what holds.
class ConfigurationTest {
    private Path home = Path.of("");

    @BeforeEach
    void make_a_home(@TempDir Path folder) {
        home = folder;
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(home.resolve("tramontane.yaml"), yaml);
    }

    private Tramontane program() {
        return Tramontane.program().variable("TRAMONTANE_HOME", home.toString());
    }

    private int completionTokens(Tramontane program, String... more) {
        List<String> args = new ArrayList<>(List.of("run", "-m", Tramontane.TINY, "--json"));
        args.addAll(List.of(more));
        args.addAll(List.of("--seed=1", "x"));
        Tramontane.Result result = program.with(args.toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        return Json.parse("output", result.out()).at("/usage/completion_tokens").intValue();
    }

    @Test
    void a_flag_comes_before_its_variable_and_both_before_the_file() throws IOException {
        file("max-tokens: 3\n");
        assertEquals(3, completionTokens(program()));
        assertEquals(4, completionTokens(program().variable("TRAMONTANE_MAX_TOKENS", "4")));
        assertEquals(
                5,
                completionTokens(
                        program().variable("TRAMONTANE_MAX_TOKENS", "4"), "--max-tokens=5"));
    }

    @Test
    void a_commands_own_key_comes_before_the_one_of_all() throws IOException {
        file("max-tokens: 3\nrun:\n  max-tokens: 2\n");
        assertEquals(2, completionTokens(program()));
    }

    @Test
    void the_model_may_be_configured() throws IOException {
        file("model: " + Tramontane.TINY + "\n");
        assertEquals(
                "model-f32",
                Json.parse("output", program().with("show", "--json").out())
                        .path("model")
                        .stringValue());
    }

    @Test
    void the_working_directory_comes_before_the_home(@TempDir Path working) throws IOException {
        file("seed: 1\n");
        assertEquals("1", seed(ConfigurationFile.find(working, home)));
        Files.writeString(working.resolve("tramontane.yaml"), "seed: 2\n");
        ConfigurationFile found = ConfigurationFile.find(working, home);
        assertEquals("2", seed(found));
        assertTrue(found.isLocal());
        assertEquals(
                ConfigurationFile.NONE,
                ConfigurationFile.find(home.resolve("x"), working.resolve("y")));
    }

    private static String seed(ConfigurationFile file) {
        return file.setting("run", "seed").orElseThrow().value();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed: 1\\nmax_tokens: 2 | :2: no key max_tokens, expected the long name of a flag; did you mean max-tokens?",
                "bench:\\n  promt: 3 | :2: no key bench.promt, expected the long name of a flag; did you mean prompt?",
                "banch:\\n  prompt: 3 | :1: no key banch, expected the long name of a flag; did you mean bench?",
                "xyzzy: 1 | :1: no key xyzzy, expected the long name of a flag; tramontane config lists",
                "seed: 1\\nseed: 2 | :2: seed is there twice",
                "seed: | :1: seed has no value",
                "a: [1 | no YAML",
                "- a | :1: the file holds no keys",
                "seed: abc | tramontane.yaml:1: Invalid value for option '--seed'"
            })
    void a_wrong_file_is_one_message_with_its_line(String yaml, String message) throws IOException {
        file(yaml.replace("\\n", "\n"));
        Tramontane.Result result = program().with("run", "hello");
        assertEquals(2, result.code());
        assertTrue(result.err().contains(message), result.err());
        assertEquals(0, program().with("run", "--help").code(), "help is given all the same");
    }

    @Test
    void a_file_of_another_encoding_is_said() throws IOException {
        Files.write(home.resolve("tramontane.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
        var refusal =
                assertThrows(
                        ConfigurationFile.WrongException.class,
                        () -> ConfigurationFile.find(home, home));
        assertTrue(refusal.toString().contains("save it as UTF-8"), refusal.toString());
    }

    @Test
    void config_lists_the_models_of_the_file_as_they_stand_there() throws IOException {
        Path file =
                file(
                        """
                        models:
                          small:
                            path: tiny
                            aliases: [a, b]
                            prices:
                              input: 0.5
                          nano: {}
                        """);
        String out = program().with("config").out();
        for (String row :
                List.of(
                        "models.small.path +tiny +" + Pattern.quote(file + ":3"),
                        "models.small.aliases +a, b +" + Pattern.quote(file + ":4"),
                        "models.small.prices.input +0.5 +" + Pattern.quote(file + ":6"),
                        "models.nano +" + Pattern.quote(file + ":7"))) {
            assertTrue(out.matches("(?s).*" + row + "\n.*"), row + " in " + out);
        }
    }

    @Test
    void config_tells_what_holds_and_where_it_comes_from() throws IOException {
        Path file = file("model: tiny\nbench:\n  prompt: 64\n");
        Tramontane program =
                program()
                        .variable("TRAMONTANE_SEED", "7")
                        .variable("HF_TOKEN", "secret")
                        .variable("TRAMONTANE_STORE", "postgresql://me:secret@db/pages");
        String out = program.with("config").out();
        assertTrue(out.matches("(?s).*model +tiny +" + Pattern.quote(file + ":1") + "\n.*"), out);
        assertTrue(out.matches("(?s).*seed +7 +TRAMONTANE_SEED\n.*"), out);
        assertTrue(out.matches("(?s).*bench.prompt +64 .*"), out);
        assertTrue(out.matches("(?s).*hf-token +.set, not shown. +HF_TOKEN\n.*"), out);
        assertTrue(out.contains("postgresql://me:(not shown)@db/pages"), out);
        assertTrue(!out.contains("secret"), out);
        JsonNode json = Json.parse("output", program.with("config", "--json").out());
        assertEquals(file.toString(), json.path("file").stringValue());
        assertTrue(
                json.toString()
                        .contains("{\"key\":\"threads\",\"value\":\"\",\"from\":\"default\"}"),
                json.toString());
    }

    @Test
    void a_switch_may_be_yes_or_no_and_nothing_else() {
        assertTrue(program().variable("TRAMONTANE_JSON", "off").with("ls").out().isEmpty());
        assertTrue(program().variable("TRAMONTANE_JSON", "yes").with("ls").out().startsWith("{"));
        Tramontane.Result wrong = program().variable("TRAMONTANE_JSON", "perhaps").with("ls");
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("TRAMONTANE_JSON: "), wrong.err());
    }
}
