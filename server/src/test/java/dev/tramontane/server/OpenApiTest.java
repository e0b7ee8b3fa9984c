package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.server.telemetry.Meters;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The description of the API is what the server does: its endpoints, the fields that its readers
/// know, the answers that it gives.
class OpenApiTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");

    /// Words of readers that are no part of the API: the beginnings of ids, the id that Mistral's
    /// clients send where there is none, and units of time.
    private static final Set<String> NO_WORDS =
            Set.of("fc", "fco", "fim", "msg", "null", "rs", "h", "m", "ms", "ns", "s", "us");

    private static final Set<String> PAGES_READERS =
            Set.of(
                    "AnswerPlan",
                    "Content",
                    "ConversationReader",
                    "ConversationsEndpoint",
                    "PageAnswersEndpoint",
                    "Planned",
                    "Rows");

    private static final String DATA = "data: ";

    private static LocalModel model;
    private static Http http;
    private static Description description;

    @BeforeAll
    static void open() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(2048).withThreads(1).withMaxSequences(4);
        model = LocalModel.open(TINY, options);
        http =
                Http.serving(
                        ServerConfig.local(0),
                        ServedModel.of("tiny", Models.USUAL_NAMES, 1, model));
        description = description();
    }

    private static Description description() {
        return new Description(
                Json.parse(OpenApiEndpoint.ofResource().description().getBytes(UTF_8)));
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    static List<Description.Example> examples() {
        return description().examples();
    }

    @Test
    void it_is_served_to_anybody() throws IOException, InterruptedException {
        Http.Answer answer = http.get("/openapi.json");
        assertEquals(200, answer.status());
        assertEquals(description.document(), answer.json());
        assertEquals("application/json; charset=utf-8", answer.header("content-type"));
    }

    @Test
    void every_endpoint_is_described_and_nothing_else() {
        try (var meters = new Meters(Map::of)) {
            Routes routes =
                    Routes.of(
                            ServerConfig.local(0),
                            new Models(List.of(ServedModel.of("tiny", List.of(), 1, model))),
                            new RunningAnswers(),
                            new Admission(1),
                            meters,
                            Page.of(ServerConfig.local(0), new RunningAnswers(), new Admission(1)));
            Set<String> served =
                    routes.table().stream()
                            .filter(route -> !route.path().startsWith(Page.PATH))
                            .map(route -> route.method().text() + " " + template(route))
                            .collect(Collectors.toCollection(TreeSet::new));
            Set<String> described =
                    description.operations().stream()
                            .map(Description.Operation::toString)
                            .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(served, described);
        }
    }

    /// They change together with the page, and are no API: they stand where its developers look.
    @Test
    void the_pages_own_endpoints_are_described_apart() throws IOException {
        String description = Files.readString(Path.of("../docs/page.md"));
        try (Page page = Page.of(ServerConfig.local(0), new RunningAnswers(), new Admission(1))) {
            List<Route> routes =
                    page.routes(
                            ServerConfig.local(0),
                            new Models(List.of(ServedModel.of("tiny", List.of(), 1, model))),
                            new Admission(1),
                            new Meters(Map::of));
            for (Route route : routes) {
                String endpoint = "`%s %s`".formatted(route.method().text(), template(route));
                assertTrue(description.contains(endpoint), endpoint);
                assertTrue(route.path().startsWith(Page.PATH), endpoint);
            }
        }
    }

    private static String template(Route route) {
        return route.template().orElseThrow();
    }

    /// The readers of the API: what only `tramontane ps` and `stop` ask, with a token of the
    /// server's own, is none of it, nor is what the page asks.
    private static Map<String, Set<String>> readers() throws IOException {
        Map<String, Set<String>> readers =
                ReadersWords.of(List.of(classes(Json.class), classes(ReadersWords.fields())));
        readers.remove("OperatorEndpoint");
        readers.keySet().removeAll(PAGES_READERS);
        return readers;
    }

    @Test
    void every_word_that_a_reader_knows_is_described() throws IOException {
        Map<String, Set<String>> readers = readers();
        assertTrue(readers.containsKey("RequestReader"), readers.keySet().toString());
        Set<String> described = description.words();
        for (Map.Entry<String, Set<String>> reader : readers.entrySet()) {
            Set<String> missing = new TreeSet<>(reader.getValue());
            missing.removeAll(described);
            missing.removeAll(NO_WORDS);
            assertEquals(Set.of(), missing, reader.getKey());
        }
    }

    @Test
    void no_field_of_a_request_is_described_that_nobody_reads() throws IOException {
        Set<String> known = new HashSet<>();
        readers().values().forEach(known::addAll);
        Set<String> unread = new TreeSet<>(description.requestFields());
        unread.removeAll(known);
        assertEquals(Set.of(), unread);
    }

    /// Where the compiled classes of a class's module are: a folder, or its jar.
    private static Path classes(Class<?> type) {
        return Path.of(
                URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    @Test
    void it_is_sound() {
        JsonNode document = description.document();
        assertTrue(document.path("openapi").stringValue().startsWith("3.1."));
        Set<String> ids = new HashSet<>();
        for (Description.Operation operation : description.operations()) {
            assertTrue(ids.add(operation.node().path("operationId").stringValue()));
            assertFalse(operation.node().path("summary").stringValue().isEmpty());
            assertTrue(operation.node().path("responses").has("200"), operation.toString());
        }
        Description.each(
                document,
                node -> {
                    String reference = node.path("$ref").asString("");
                    assertTrue(
                            reference.isEmpty() || document.at(reference.substring(1)).isObject(),
                            reference);
                });
        Schema meta =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(
                                SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        for (Map.Entry<String, JsonNode> schema : document.at("/components/schemas").properties()) {
            assertEquals(List.of(), meta.validate(schema.getValue()), schema.getKey());
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void an_example_is_answered_as_described(Description.Example example)
            throws IOException, InterruptedException {
        JsonNode schema =
                example.operation().node().at("/requestBody/content/application~1json/schema");
        description.check(example.body(), schema, "the example itself");
        if (example.operation().path().equals("/v1/chat/completions/control")) {
            return; // has a test of its own: only a running answer can be controlled
        }
        Http.Answer answer = http.post(example.operation().path(), example.body().toString());
        assertEquals(200, answer.status(), answer.body());
        String type = answer.header("content-type").replaceFirst(";.*", "");
        Schema told = description.compiled(example.operation().answer(type));
        List<String> parts = parts(answer, type);
        assertFalse(parts.isEmpty(), answer.body());
        for (String part : parts) {
            Description.check(Json.parse(part.getBytes(UTF_8)), told, type);
        }
    }

    /// The JSON of an answer: all of it, or event by event, or line by line.
    private static List<String> parts(Http.Answer answer, String contentType) {
        return switch (contentType) {
            case "text/event-stream" ->
                    answer.body()
                            .lines()
                            .filter(line -> line.startsWith(DATA) && !line.equals(DATA + "[DONE]"))
                            .map(line -> line.substring(DATA.length()))
                            .toList();
            case "application/x-ndjson" -> answer.body().lines().toList();
            default -> List.of(answer.body());
        };
    }

    @Test
    void an_answer_is_controlled_as_described() throws IOException, InterruptedException {
        Description.Example example =
                description.examples().stream()
                        .filter(each -> each.operation().path().endsWith("/control"))
                        .findFirst()
                        .orElseThrow();
        try (Http held = Http.serving(Script.holding(new ChatEvent.Thinking("Hm")));
                RawClient raw = RawClient.of(held)) {
            raw.post("/v1/chat/completions", Http.question("\"stream\":true"));
            String id = raw.readUntil("reasoning").replaceFirst("(?s).*?\"id\":\"", "");
            String body =
                    example.body()
                            .toString()
                            .replace(
                                    example.body().path("id").stringValue(),
                                    id.substring(0, id.indexOf('"')));
            Http.Answer answer = held.post(example.operation().path(), body);
            assertEquals(200, answer.status(), answer.body());
            description.check(
                    answer.json(), example.operation().answer("application/json"), "the answer");
        }
    }

    @Test
    void what_is_only_fetched_is_answered_as_described() throws IOException, InterruptedException {
        for (Description.Operation operation : description.operations()) {
            if (operation.method().equals("GET")) {
                String path = operation.path();
                for (JsonNode parameter : operation.node().path("parameters")) {
                    path =
                            path.replace(
                                    "{" + parameter.path("name").stringValue() + "}",
                                    known(path, parameter.path("example").asString("")));
                }
                Http.Answer answer = http.get(path);
                assertEquals(200, answer.status(), path);
                JsonNode schema = operation.answer("application/json");
                if (schema.isObject()) {
                    description.check(answer.json(), schema, path);
                }
            }
        }
    }

    /// What can be asked for by an id: what the example says, but for responses, which must be made
    /// before.
    private static String known(String path, String example)
            throws IOException, InterruptedException {
        String responses = "/v1/responses";
        if (!path.startsWith(responses + "/")) {
            return example;
        }
        Http.Answer made = http.post(responses, "{\"input\":\"Hi\",\"max_output_tokens\":1}");
        return made.json().path("id").stringValue();
    }

    @Test
    void errors_are_as_described() throws IOException, InterruptedException {
        for (Description.Operation operation : description.operations()) {
            if (!operation.node().has("requestBody")) {
                continue;
            }
            Http.Answer answer = http.post(operation.path(), "[]");
            assertEquals(400, answer.status(), operation.toString());
            JsonNode responses = operation.node().path("responses");
            JsonNode told = responses.has("400") ? responses.path("400") : responses.path("4XX");
            JsonNode response =
                    description.document().at(told.path("$ref").stringValue().substring(1));
            JsonNode schema = response.at("/content/application~1json/schema");
            description.check(answer.json(), schema, operation.toString());
        }
    }
}
