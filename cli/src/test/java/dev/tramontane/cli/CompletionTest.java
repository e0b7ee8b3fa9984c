package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The completion scripts, in the shells themselves where they are installed.
class CompletionTest {
    private Path home = Path.of("");

    @BeforeEach
    void make_a_store(@TempDir Path folder) throws IOException {
        home = folder;
        for (String model : List.of("magistral-small", "mistralai--ministral@q4_k_m")) {
            Path made = Files.createDirectories(home.resolve("models").resolve(model));
            Files.writeString(made.resolve("manifest.json"), "{}");
        }
        for (String shell : List.of("bash", "zsh", "fish")) {
            Files.writeString(home.resolve(shell), Tramontane.run("completion", shell).out());
        }
        Files.writeString(home.resolve("mine.gguf"), "");
    }

    private static boolean isInstalled(String shell) {
        boolean is =
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, shell)));
        if (!is) {
            System.err.println("SKIPPED: completion in " + shell + ", which is not installed");
        }
        return is;
    }

    private String run(String shell, String... args) throws Exception {
        var command = new ArrayList<String>();
        command.add(shell);
        command.addAll(List.of(args));
        var builder =
                new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
        builder.environment().put("TRAMONTANE_HOME", home.toString());
        builder.environment().put("HOME", home.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private List<String> bash(String line) throws Exception {
        String script =
                "source ./bash; COMP_LINE='%s' COMP_POINT=${#COMP_LINE}; COMP_POINT=%d; __tramontane; printf '%%s\\n' \"${COMPREPLY[@]}\""
                        .formatted(line, line.length());
        return run("bash", "--norc", "--noprofile", "-c", script).lines().sorted().toList();
    }

    @ParameterizedTest
    @CsvSource({
        "'tramontane ver', verify",
        "'tramontane run --max', --max-tokens",
        "'tramontane run -m mag', magistral-small",
        "'tramontane run -m mi', 'mine.gguf mistralai/ministral:q4_k_m'",
        "'tramontane run -m mistralai/ministral:q', q4_k_m",
        "'tramontane run --model=mag', magistral-small",
        "'tramontane rm m', 'magistral-small mistralai/ministral:q4_k_m'",
        "'tramontane bench --kernels sc', scalar",
        "'tramontane completion f', ''"
    })
    void bash_completes(String line, String expected) throws Exception {
        assumeTrue(isInstalled("bash"));
        List<String> words =
                line.endsWith("completion f") ? List.of("fish") : List.of(expected.split(" "));
        assertEquals(words, bash(line));
    }

    /// The function that zsh calls, with what it would offer printed: outside of an interactive
    /// shell there is no completion.
    @ParameterizedTest
    @CsvSource({
        "tramontane ver, verify",
        "tramontane run --max, --max-tokens",
        "tramontane run -m mag, magistral-small",
        "tramontane run -m mag, files",
        "tramontane run --model=mag, magistral-small",
        "tramontane rm mi, mistralai/ministral:q4_k_m",
        "tramontane bench --kernels sc, scalar"
    })
    void zsh_is_offered(String line, String expected) throws Exception {
        assumeTrue(isInstalled("zsh"));
        String script =
                """
                compdef() { : }; compset() { : }; _files() { print files }
                compadd() { shift; print -l -- "$@" }
                source ./zsh; words=(%s); CURRENT=${#words}; _tramontane
                """
                        .formatted(line);
        assertTrue(run("zsh", "-f", "-c", script).lines().toList().contains(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "tramontane ver, verify",
        "tramontane run --max, --max-tokens",
        "tramontane run -m mag, magistral-small",
        "tramontane rm mi, mistralai/ministral:q4_k_m"
    })
    void fish_completes(String line, String expected) throws Exception {
        assumeTrue(isInstalled("fish"));
        String said = run("fish", "--no-config", "-c", "source ./fish; complete -C '" + line + "'");
        assertTrue(said.lines().anyMatch(each -> each.split("\t")[0].equals(expected)), said);
    }

    @Test
    void every_command_is_in_every_script() throws IOException {
        for (String shell : List.of("bash", "zsh", "fish")) {
            String script = Files.readString(home.resolve(shell));
            for (String command : List.of("run", "pull", "import", "verify", "config", "bench")) {
                assertTrue(script.contains(command), shell + " lacks " + command);
            }
        }
    }

    @Test
    void another_shell_is_refused() {
        assertEquals(2, Tramontane.run("completion", "csh").code());
    }
}
