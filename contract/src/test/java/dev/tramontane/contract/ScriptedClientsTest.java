package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Clients of other languages, where they are installed: `-Dtramontane.npm=FOLDER` names a folder
/// in which `npm install openai @mistralai/mistralai` has run, `-Dtramontane.python=PROGRAM` a
/// Python that has `openai`. Everywhere else {@link TranscriptsTest} plays what they sent.
class ScriptedClientsTest {
    private static final Path SESSIONS = Path.of("src/test/resources/clients.mjs");
    private static final Path ARTICLE = Path.of("../examples/ask_with_openai.py");

    /// A picture of one point.
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    @RegisterExtension static final Recorded OPENAI = new Recorded("openai-npm");
    @RegisterExtension static final Recorded MISTRAL = new Recorded("mistralai-npm");
    @RegisterExtension static final Recorded PYTHON = new Recorded("openai-python");

    @TempDir private Path folder;

    /// Runs a program to its end.
    ///
    /// @return what it printed
    private static String run(Path folder, Path input, List<String> command)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(input.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        return printed.strip();
    }

    private static String installed(String property) {
        String where = System.getProperty(property, "");
        assumeFalse(where.isEmpty(), "-D%s names no installation".formatted(property));
        return where;
    }

    /// @param client as `clients.mjs` calls it
    private static String npm(String client, String session, Recorded recorded, Scene scene)
            throws IOException, InterruptedException {
        Path installed = Path.of(installed("tramontane.npm"));
        try (Serving serving = recorded.serving(scene, session)) {
            var command =
                    List.of("node", "--input-type=module", "-", client, session, serving.root());
            return run(installed, SESSIONS.toAbsolutePath(), command);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    answer  | KNOWING | Let me see. The capital of Germany is Berlin. 2
                    stream  | KNOWING | The capital of Germany is Berlin. stop 12
                    tools   | KNOWING | The tools say: sunny
                    schema  | KNOWING | {"city":"Berlin"}
                    vectors | VECTORS | 0:8 1:8
                    refusal | KNOWING | NotFoundError 404 model
                    models  | KNOWING | script other
                    """)
    void openais_package_has_what_it_asks_for(String session, Scene scene, String told)
            throws IOException, InterruptedException {
        assertEquals(told, npm("openai", session, OPENAI, scene));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    answer  | KNOWING | <Let me see.>The capital of Germany is Berlin. 12
                    stream  | KNOWING | <Let me>< see.><>The capital of Germany is Berlin.
                    tools   | KNOWING | <Let me see.>The tools say: sunny
                    schema  | KNOWING | {"city":"Berlin"}
                    vectors | VECTORS | 0:96 1:96
                    refusal | KNOWING | SDKError 404
                    models  | KNOWING | script other
                    """)
    void mistrals_package_has_what_it_asks_for(String session, Scene scene, String told)
            throws IOException, InterruptedException {
        assertEquals(told, npm("mistral", session, MISTRAL, scene));
    }

    private String article(String... arguments) throws IOException, InterruptedException {
        String python = installed("tramontane.python");
        try (Serving serving = PYTHON.serving(Scene.ARTICLES)) {
            List<String> command = new ArrayList<>(List.of(python, "-", serving.v1()));
            command.addAll(List.of(arguments));
            return run(folder, ARTICLE.toAbsolutePath(), command);
        }
    }

    @Test
    void the_articles_program_prints_an_answer() throws IOException, InterruptedException {
        assertEquals(
                "The capital of Germany is Berlin.", article("What is the capital of Germany?"));
    }

    @Test
    void the_articles_program_prints_why_a_picture_is_not_seen()
            throws IOException, InterruptedException {
        Path picture = folder.resolve("picture.png");
        Files.write(picture, Base64.getDecoder().decode(PNG));
        String printed = article("What is this?", picture.toString());
        assertTrue(printed.contains("image"), printed);
    }
}
