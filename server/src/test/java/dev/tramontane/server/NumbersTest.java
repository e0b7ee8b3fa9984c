package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineStats;
import dev.tramontane.server.telemetry.Meters;

import io.helidon.http.Method;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Every numeric field of every request with every strange value, over a real model: taken or
/// refused by its name, never the server's fault.
///
/// Nobody has to remember a new field: endpoints come from the table of routes, and fields from the
/// sources of the readers. One that an endpoint does not read is known by the object that it lets
/// pass.
class NumbersTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");

    private static final List<Path> SOURCES =
            List.of(Path.of("../wire/src/main/java"), Path.of("src/main/java"));

    private static final Pattern ASKED_FOR =
            Pattern.compile("\\b(?:integer|number|whole)\\(\\s*\"([a-z_]+)\"");

    /// What the pattern does not see: names in lists, and numbers within other fields.
    private static final List<String> OTHERS =
            List.of(
                    "\"max_tokens\":%s",
                    "\"max_completion_tokens\":%s",
                    "\"thinking_budget\":%s",
                    "\"thinking_budget_tokens\":%s",
                    "\"thinking_token_budget\":%s",
                    "\"reasoning_budget_tokens\":%s",
                    "\"reasoning_budget\":%s",
                    "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":%s}",
                    "\"logit_bias\":{\"7\":%s}",
                    "\"prompt\":%s",
                    "\"prompt\":[%s]",
                    "\"prompt\":[[%s]]",
                    "\"input\":%s",
                    "\"input\":[%s]",
                    "\"input\":[[%s]]",
                    "\"tokens\":[%s]",
                    "\"n_predict\":%s",
                    "\"max_output_tokens\":%s",
                    "\"options\":{\"num_predict\":%s}",
                    "\"options\":{\"temperature\":%s}",
                    "\"options\":{\"top_k\":%s}",
                    "\"options\":{\"top_p\":%s}",
                    "\"options\":{\"seed\":%s}",
                    "\"options\":{\"repeat_penalty\":%s}",
                    "\"options\":{\"num_ctx\":%s}",
                    "\"keep_alive\":%s");

    private static final List<String> VALUES =
            List.of(
                    "-1",
                    "0",
                    "1",
                    "-0.0",
                    "0.5",
                    "1.5",
                    "2",
                    "1e308",
                    "-1e308",
                    "1e999",
                    "-1e999",
                    "1e-400",
                    "2147483647",
                    "-2147483648",
                    "2147483648",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "9223372036854775808",
                    "\"1\"",
                    "\"NaN\"",
                    "true",
                    "[1]",
                    "null",
                    "NaN",
                    "Infinity",
                    "-Infinity",
                    "1" + "0".repeat(70));

    private static LocalModel model;
    private static Http http;

    @BeforeAll
    static void open() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(64).withThreads(1).withMaxSequences(8);
        model = LocalModel.open(TINY, options);
        http = Http.serving(ServerConfig.local(0), ServedModel.of("tiny", List.of(), 1, model));
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    /// All that takes a request with a body.
    static List<String> endpoints() {
        var config = ServerConfig.local(0);
        var models = new Models(List.of(Script.of().served("script")));
        Routes routes =
                Routes.of(
                        config,
                        models,
                        new RunningAnswers(),
                        new Admission(1),
                        new Meters(Map::of),
                        Page.of(config, new RunningAnswers(), new Admission(1)));
        return routes.table().stream()
                .filter(route -> route.method().equals(Method.POST))
                .map(Route::path)
                .filter(path -> !path.startsWith(Page.PATH)) // ConversationsEndpointTest
                .filter(path -> !path.endsWith("/control") && !path.contains("{")) // of what runs
                .filter(path -> !path.startsWith("/models/")) // read a name alone
                .toList();
    }

    private static List<String> fields() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path folder : SOURCES) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    Matcher asked = ASKED_FOR.matcher(Files.readString(file));
                    while (asked.find()) {
                        names.add("\"" + asked.group(1) + "\":%s");
                    }
                }
            }
        }
        assertTrue(names.contains("\"top_k\":%s"), "the sources are read: " + names);
        names.addAll(OTHERS);
        return List.copyOf(names);
    }

    /// One request for all endpoints: what one does not know it passes over. Responses take no
    /// prompt.
    private static Http.Answer ask(String path, String field)
            throws IOException, InterruptedException {
        return http.post(
                path,
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
                        + (path.contains("responses") ? "" : "\"prompt\":\"Hi\",")
                        + "\"input\":\"Hi\",\"content\":\"Hi\",\"tokens\":[1],"
                        + "\"input_prefix\":\"a\",\"input_suffix\":\"b\","
                        + "\"max_tokens\":2,\"max_output_tokens\":2,\"options\":{\"num_predict\":2},"
                        + "\"prompt_mode\":null,\"think\":false,\"system\":\"Talk.\",\"instructions\":\"Talk.\","
                        + field
                        + "}");
    }

    private static String lastName(String field) {
        return field.replaceFirst(":[\\[\\]]*%s.*", "").replaceFirst(".*\"(\\w+)\"$", "$1");
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void no_number_is_too_strange(String path) throws IOException, InterruptedException {
        Http.Answer plain = ask(path, "\"user\":\"u\"");
        assertEquals(200, plain.status(), plain.body());
        List<String> read = new ArrayList<>();
        for (String field : fields()) {
            if (ask(path, field.formatted("{}")).status() == 200) {
                continue;
            }
            read.add(field);
            for (String value : VALUES) {
                Http.Answer answer = ask(path, field.formatted(value));
                String what = path + " " + field.formatted(value) + ": " + answer.body();
                if (answer.status() == 200) {
                    assertFalse(answer.body().contains("\"error\":{"), what);
                } else {
                    assertEquals(400, answer.status(), what);
                    String name = lastName(field).replaceFirst("^7$", "logit_bias");
                    boolean names = answer.body().contains(name);
                    assertTrue(names || answer.body().contains("the body is "), what);
                }
            }
        }
        assertKnown(path, read);
        http.awaitNothingAnswered();
        Waiting.until(
                "nothing runs", () -> model.engine().stats().running(), running -> running == 0);
        EngineStats.Cache cache = model.engine().stats().cache();
        assertEquals(cache.blocks(), cache.freeBlocks(), "nobody owns a block");
    }

    /// That fields are found at all.
    private static void assertKnown(String path, List<String> read) {
        List<String> expected =
                switch (path) {
                    case "/v1/chat/completions" ->
                            List.of("n", "votes", "seed", "top_logprobs", "thinking_budget");
                    case "/v1/completions" -> List.of("n", "best_of", "logprobs", "top_k");
                    case "/v1/fim/completions" -> List.of("min_tokens", "random_seed", "top_p");
                    case "/v1/embeddings" -> List.of("dimensions", "output_dimension");
                    case "/v1/messages" -> List.of("max_tokens", "temperature");
                    default -> List.of();
                };
        for (String name : expected) {
            assertTrue(read.contains("\"" + name + "\":%s"), path + " reads " + name);
        }
    }
}
