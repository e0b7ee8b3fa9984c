package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The program as its user sees it, run in process: arguments and input in, exit code and output
/// out.
final class Tramontane {
    static final Path VECTORS = Path.of("../engine/src/test/resources/vectors");

    /// A model of the vectors that does not end by itself soon.
    static final String TINY = VECTORS.resolve("tiny-text-a/model-f32.gguf").toString();

    private final Map<String, String> environment = new HashMap<>();
    private Stdio.Terminals terminals = Stdio.Terminals.NONE;
    private String input = "";

    /// What came out.
    record Result(int code, String out, String err) {}

    private Tramontane() {
        environment.put("TRAMONTANE_HOME", "target/test-home");
        environment.put("TRAMONTANE_HUB", "http://127.0.0.1:9"); // nobody is there: no test leaves
    }

    static Tramontane program() {
        return new Tramontane();
    }

    /// Runs without input, without terminals.
    static Result run(String... args) {
        return program().with(args);
    }

    /// Everything that these tests run on, modules included.
    static String classPath() {
        String modules =
                ModuleLayer.boot().configuration().modules().stream()
                        .flatMap(module -> module.reference().location().stream())
                        .filter(location -> location.getScheme().equals("file"))
                        .map(location -> Path.of(location).toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return String.join(
                File.pathSeparator,
                "target/test-classes",
                modules,
                System.getProperty("java.class.path"));
    }

    /// The program as a process of its own, to be started.
    static ProcessBuilder process(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-modules=jdk.incubator.vector");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-cp");
        command.add(classPath());
        command.add("dev.tramontane.cli.Main");
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    Tramontane input(String text) {
        input = text;
        return this;
    }

    Tramontane variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Tramontane terminals(Stdio.Terminals which) {
        terminals = which;
        return this;
    }

    Result with(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = Main.run(stdio(out, err), args);
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Stdio stdio(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Stdio(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminals,
                Map.copyOf(environment));
    }
}
