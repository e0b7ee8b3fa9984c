package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.nano.Nano;
import dev.tramontane.server.Models;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Every program of the folder `examples` does what it says, with the embedded model.
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("../examples");

    /// @param argument the one behind the model
    /// @param printed an expression: what the model says in it is its own affair
    record Program(String name, String argument, String printed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Program> PROGRAMS =
            List.of(
                    new Program(
                            "AskAModel",
                            "Hello",
                            ".*\n\\d+ tokens, \\d+ of them thinking; it ended by \\w+\n"),
                    new Program("StreamThinking", "Hello", ".*\nended by \\w+, \\d+ tokens\n"),
                    new Program(
                            "CallTools",
                            "What time is it?",
                            "clock\\((Europe/Paris|Asia/Tokyo|UTC)\\) is \\d\\d:\\d\\d\n.*\n"),
                    new Program("AnswerInJson", "When?", "\\d+ to \\d+, by \\[.*]\n"),
                    new Program(
                            "BudgetAndVotes",
                            "How many?",
                            "alone: .*\nthought for \\d+ tokens .*\n\\d of 4 have voted: .*\n"),
                    new Program(
                            "EmbedTheServer",
                            "Hello",
                            "serving at http://127.0.0.1:\\d+/v1\n\\{\"id\":\"chatcmpl-.*\"finish_reason\":.*}\n"),
                    new Program(
                            "LangChain4jInProcess",
                            "Hello",
                            "thought: .*\nanswer: .*\nTokenUsage .*inputTokenCount = \\d+.*\n"),
                    new Program(
                            "LangChain4jVectors",
                            "Which wind blows from the north?",
                            "(-?[01]\\.\\d{3} [^\n]*\n){3}"),
                    new Program("OpenAiJavaAgainstServe", "Hello", ".+\n"),
                    new Program(
                            "EvaluateAModel",
                            "2",
                            "((right|wrong) [^\n]*\n)+\\d of 2, 95% between \\d+% and \\d+%\n"));

    @TempDir private static Path folder;

    @BeforeAll
    static void compile() throws IOException {
        Files.write(folder.resolve("nano.gguf"), Nano.bytes());
        Files.write(folder.resolve("system_prompt.txt"), Nano.systemPrompt());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        var flags = List.of("--release", "25", "-Xlint:all,-path", "-proc:none", "-d", "" + folder);
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            var sources = files.getJavaFileObjectsFromPaths(programs());
            boolean isFine = compiler.getTask(said, files, null, flags, null, sources).call();
            assertTrue(isFine && said.toString().isEmpty(), said.toString());
        }
    }

    private static List<Path> programs() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void each_is_listed_and_says_how_it_is_run() throws IOException {
        Set<String> there = new TreeSet<>();
        String list = Files.readString(EXAMPLES.resolve("README.md"));
        for (Path program : programs()) {
            String file = program.getFileName().toString();
            there.add(file.replace(".java", ""));
            assertTrue(list.contains("](" + file + ")"), file);
            assertTrue(Files.readString(program).contains("//         examples/" + file), file);
        }
        String python = Files.readString(EXAMPLES.resolve("ask_with_openai.py"));
        assertTrue(list.contains("](ask_with_openai.py)"));
        assertTrue(python.contains("#     python examples/ask_with_openai.py "));
        assertEquals(
                PROGRAMS.stream().map(Program::name).collect(Collectors.toCollection(TreeSet::new)),
                there);
    }

    @ParameterizedTest
    @FieldSource("PROGRAMS")
    void it_runs_and_prints_what_it_promises(Program program) throws Exception {
        if (!program.name().equals("OpenAiJavaAgainstServe")) {
            check(program, run(program, folder.resolve("nano.gguf").toString()));
            return;
        }
        try (LocalModel model = LocalModel.open(folder.resolve("nano.gguf"));
                Server server = Server.start(ServerConfig.local(0), serving(model))) {
            check(program, run(program, "http://127.0.0.1:%d/v1".formatted(server.port())));
        }
    }

    private static Models serving(LocalModel model) {
        return new Models(List.of(ServedModel.of("nano", Models.USUAL_NAMES, 1, model)));
    }

    private static void check(Program program, String printed) {
        Pattern expected = Pattern.compile(program.printed(), Pattern.DOTALL);
        assertTrue(expected.matcher(printed).matches(), printed);
    }

    /// Runs a program as Java's launcher does, and returns what it prints.
    private static String run(Program program, String first) throws Exception {
        var printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
                var out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Class<?> type = loader.loadClass(program.name());
            Constructor<?> constructor = type.getDeclaredConstructor();
            Method main = type.getDeclaredMethod("main", String[].class);
            constructor.setAccessible(true);
            main.setAccessible(true);
            System.setOut(out);
            main.invoke(
                    constructor.newInstance(), (Object) new String[] {first, program.argument()});
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    @Test
    void the_launcher_takes_one_as_it_stands() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-cp",
                                System.getProperty("java.class.path"),
                                EXAMPLES.resolve("AskAModel.java").toString(),
                                folder.resolve("nano.gguf").toString(),
                                "Hello")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        assertTrue(printed.contains("of them thinking; it ended by "), printed);
    }
}
