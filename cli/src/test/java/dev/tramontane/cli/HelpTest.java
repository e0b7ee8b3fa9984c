package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The help is a contract: a change shows in the recorded files. Write them anew with `mvn -pl cli
/// -am test -Dtest=HelpTest -Dsurefire.failIfNoSpecifiedTests=false -Dhelp=write`.
class HelpTest {
    private static final Path RECORDED = Path.of("src/test/resources/help");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run",
                "serve",
                "ps",
                "stop",
                "pull",
                "import",
                "ls",
                "show",
                "cp",
                "rm",
                "verify",
                "tokenize",
                "score",
                "perplexity",
                "bench",
                "eval",
                "eval grade",
                "eval compare",
                "eval list",
                "doctor",
                "train",
                "quantize",
                "convert",
                "config",
                "completion"
            })
    void the_help_of_every_command_is_as_recorded(String command) throws IOException {
        String[] words = (command + " --help").strip().split(" ");
        Tramontane.Result result = Tramontane.run(words);
        String name = command.isEmpty() ? "tramontane" : command.replace(' ', '-');
        Path file = RECORDED.resolve(name + ".txt");
        if ("write".equals(System.getProperty("help"))) {
            Files.writeString(file, result.out());
        }
        assertEquals(0, result.code());
        assertEquals(Files.readString(file), result.out());
    }

    @Test
    void help_names_a_command_as_well() {
        assertEquals(Tramontane.run("run", "--help"), Tramontane.run("help", "run"));
    }

    @Test
    void without_a_command_help_goes_to_standard_error_and_the_code_is_two() {
        Tramontane.Result result = Tramontane.run();
        assertEquals(2, result.code());
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("Usage: tramontane"), result.err());
    }

    @Test
    void the_version_is_one_line() {
        assertEquals("tramontane 0.1.0\n", Tramontane.run("--version").out());
    }
}
