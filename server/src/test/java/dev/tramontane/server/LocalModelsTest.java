package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.server.LocalModels.Memory;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.wire.RequestDefaults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// Several real models of random weights behind one port.
@Timeout(240)
class LocalModelsTest {
    private static final Path VECTORS = Path.of("../engine/src/test/resources/vectors");
    private static final Path TINY = VECTORS.resolve("tiny-text-a");

    private static final EngineOptions SMALL =
            EngineOptions.defaults()
                    .withKernels(EngineOptions.KernelChoice.SCALAR)
                    .withContext(512)
                    .withThreads(1)
                    .withMaxSequences(2);

    private static LocalSettings settings(String id) {
        return LocalSettings.of(id, TINY, SMALL);
    }

    private static RequestDefaults defaults(String json) {
        return new RequestDefaults(new JsonMapper().readTree(json));
    }

    /// The bound holds one of the tiny models, not two.
    private static Memory one() throws IOException {
        try (LocalModels models = LocalModels.of(List.of(settings("x")), Memory.ANY)) {
            return new Memory(models.offers().getFirst().status().bytes() * 3 / 2, true);
        }
    }

    private static Http serving(LocalModels models) throws IOException {
        List<Offer> offers = new ArrayList<>(models.offers());
        return Http.serving(ServerConfig.local(0), offers.toArray(Offer[]::new));
    }

    private static String loaded(LocalModels models) {
        return models.offers().stream()
                .filter(offer -> offer.local().isPresent())
                .map(LocalOffer::id)
                .reduce("", String::concat);
    }

    private static Http.Answer ask(Http http, String model, String fields) throws Exception {
        return http.post(
                "/v1/chat/completions",
                "{\"model\":\"%s\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]%s}"
                        .formatted(model, fields));
    }

    private static String end(Http http) throws Exception {
        return http.get("/api/ps").json().at("/models/0/expires_at").stringValue();
    }

    /// Ollama's clients say with each request how long its model is to stay.
    @Test
    void a_model_stays_as_long_as_its_last_request_says() throws Exception {
        String question = "{\"model\":\"a\",\"prompt\":\"Hi\",\"options\":{\"num_predict\":1}";
        try (LocalModels models = LocalModels.of(List.of(settings("a")), Memory.ANY);
                Http http = serving(models)) {
            http.post("/api/generate", question + "}");
            assertEquals("9999-12-31T23:59:59Z", end(http));
            Instant before = Instant.now();
            http.post("/api/generate", question + ",\"keep_alive\":\"1h30m\"}");
            Instant end = Instant.parse(end(http));
            assertTrue(end.isAfter(before.plus(Duration.ofMinutes(89))), end.toString());
            assertTrue(end.isBefore(Instant.now().plus(Duration.ofMinutes(91))), end.toString());
            http.post("/api/chat", "{\"model\":\"a\",\"messages\":[],\"keep_alive\":-1}");
            assertEquals("9999-12-31T23:59:59Z", end(http));
            http.post("/api/generate", question + ",\"keep_alive\":0}");
            Waiting.until("it goes", () -> loaded(models), String::isEmpty);
            assertEquals(0, http.get("/api/ps").json().path("models").size());
        }
    }

    @Test
    void a_model_is_let_go_without_a_question_and_not_opened_for_that() throws Exception {
        try (LocalModels models = LocalModels.of(List.of(settings("a")), Memory.ANY);
                Http http = serving(models)) {
            String go = "{\"model\":\"a\",\"keep_alive\":\"0s\"}";
            JsonNode never = http.post("/api/generate", go).json();
            assertEquals("unload", never.path("done_reason").stringValue());
            assertEquals(0, models.offers().getFirst().loads().loaded());
            JsonNode load = http.post("/api/generate", "{\"model\":\"a\"}").json();
            assertEquals("load", load.path("done_reason").stringValue());
            http.post("/api/generate", go);
            Waiting.until("it goes", () -> loaded(models), String::isEmpty);
            Http.Answer wrong =
                    http.post("/api/generate", "{\"model\":\"a\",\"keep_alive\":\"soon\"}");
            assertEquals(400, wrong.status(), wrong.body());
        }
    }

    @Test
    void all_are_listed_and_none_is_opened_for_that() throws Exception {
        List<LocalSettings> two =
                List.of(settings("a").withAliases(List.of("first")), settings("b"));
        try (LocalModels models = LocalModels.of(two, Memory.ANY);
                Http http = serving(models)) {
            JsonNode data = http.get("/v1/models").json().path("data");
            assertEquals(2, data.size());
            JsonNode card = data.path(0);
            assertEquals("a", card.path("id").stringValue());
            assertEquals(512, card.path("max_context_length").intValue());
            assertEquals("[\"first\"]", card.path("aliases").toString());
            assertEquals("unloaded", card.at("/status/value").stringValue());
            assertEquals(card, http.get("/v1/models/first").json());
            assertEquals("", loaded(models));
            assertEquals(200, ask(http, "first", "").status());
            assertEquals("a", loaded(models));
            ((ObjectNode) card.path("status")).put("value", "loaded");
            assertEquals(card, http.get("/v1/models/a").json(), "it is the same but for that");
        }
    }

    /// As llama-server has it where it serves several models.
    @Test
    void a_model_is_loaded_and_unloaded_when_a_client_says_so() throws Exception {
        String a = "{\"model\":\"a\"}";
        try (LocalModels models = LocalModels.of(List.of(settings("a"), settings("b")), one());
                Http http = serving(models)) {
            for (String id : List.of("a", "b", "b")) {
                Http.Answer loads = http.post("/models/load", "{\"model\":\"%s\"}".formatted(id));
                assertEquals("{\"success\":true}", loads.body());
                assertEquals(id, loaded(models));
            }
            assertEquals(
                    "loaded", http.get("/models").json().at("/data/1/status/value").stringValue());
            assertEquals("{\"success\":true}", http.post("/models/unload", a).body());
            assertEquals("b", loaded(models));
            http.post("/models/unload", "{\"model\":\"b\"}");
            assertEquals("", loaded(models));
            assertEquals(
                    "unloaded",
                    http.get("/models").json().at("/data/1/status/value").stringValue());
            assertEquals(404, http.post("/models/load", "{\"model\":\"c\"}").status());
            Http.Answer nameless = http.post("/models/unload", "{}");
            assertEquals(400, nameless.status());
            assertEquals("model", nameless.json().path("param").stringValue());
        }
    }

    @Test
    void the_model_that_is_asked_for_takes_the_memory_of_the_other() throws Exception {
        try (LocalModels models = LocalModels.of(List.of(settings("a"), settings("b")), one());
                Http http = serving(models)) {
            for (String id : List.of("a", "b", "a")) {
                Http.Answer answer = ask(http, id, "");
                assertEquals(200, answer.status(), answer.body());
                assertEquals(id, answer.json().path("model").stringValue());
                http.awaitNothingAnswered();
                assertEquals(id, loaded(models));
            }
            String page = http.get("/metrics").body();
            String loads = "tramontane_model_loads_total{model=\"%s\",outcome=\"%s\"} %s\n";
            assertTrue(page.contains(loads.formatted("a", "loaded", "2.0")), page);
            assertTrue(page.contains(loads.formatted("b", "loaded", "1.0")), page);
            assertTrue(page.contains(loads.formatted("b", "failed", "0.0")), page);
        }
    }

    @Test
    void every_kind_of_request_opens_the_model_it_asks() throws Exception {
        try (LocalModels models = LocalModels.of(List.of(settings("a"), settings("b")), one());
                Http http = serving(models)) {
            for (String[] each :
                    new String[][] {
                        {"/tokenize", "\"content\":\"Hi\""},
                        {"/v1/completions", "\"prompt\":\"Hi\",\"max_tokens\":1"},
                        {"/detokenize", "\"tokens\":[5]"},
                        {"/apply-template", "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"}
                    }) {
                for (String id : List.of("a", "b")) {
                    Http.Answer answer =
                            http.post(each[0], "{\"model\":\"" + id + "\"," + each[1] + "}");
                    assertEquals(200, answer.status(), each[0] + answer.body());
                    assertEquals(id, loaded(models), each[0]);
                }
            }
        }
    }

    @Test
    void a_wrong_request_opens_nothing() throws Exception {
        try (LocalModels models = LocalModels.of(List.of(settings("a")), Memory.ANY);
                Http http = serving(models)) {
            assertEquals(400, ask(http, "a", ",\"temperature\":7").status());
            assertEquals(404, ask(http, "z", "").status());
            assertEquals("", loaded(models));
        }
    }

    @Test
    void a_model_that_cannot_be_opened_is_said_and_tried_again(@TempDir Path folder)
            throws Exception {
        Path file = folder.resolve("model.gguf");
        Files.copy(TINY.resolve("model-f32.gguf"), file);
        byte[] good = Files.readAllBytes(file);
        List<LocalSettings> all = List.of(LocalSettings.of("a", file, SMALL), settings("b"));
        try (LocalModels models = LocalModels.of(all, Memory.ANY);
                Http http = serving(models)) {
            Files.write(file, new byte[] {1, 2, 3});
            Http.Answer refused = ask(http, "a", "");
            assertEquals(503, refused.status());
            assertEquals("model_not_loaded", refused.json().path("code").stringValue());
            assertFalse(refused.body().contains(folder.toString()), refused.body());
            assertEquals(503, http.post("/models/load", "{\"model\":\"a\"}").status());
            assertThrows(ModelFormatException.class, () -> models.open("a"));
            assertEquals(200, ask(http, "b", "").status());
            Files.write(file, good);
            assertEquals(200, ask(http, "a", "").status());
        }
    }

    @Test
    void what_is_no_model_is_said_when_the_server_starts(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("x.gguf"), new byte[] {1, 2, 3});
        List<LocalSettings> wrong = List.of(LocalSettings.of("a", file, SMALL));
        assertThrows(ModelFormatException.class, () -> LocalModels.of(wrong, Memory.ANY));
        var small = new Memory(1000, true);
        var refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> LocalModels.of(List.of(settings("a")), small));
        assertTrue(
                String.valueOf(refused.getMessage()).startsWith("a: needs "), refused.toString());
        LocalModels.of(List.of(settings("a")), new Memory(1000, false)).close();
    }

    @Test
    void its_operators_defaults_hold_where_a_request_is_silent() throws Exception {
        Terms terms =
                Terms.USUAL
                        .withSystemPrompt("Be brief.")
                        .withDefaults(
                                defaults("{\"temperature\":0.25,\"max_tokens\":2,\"top_k\":3}"))
                        .withPrices(
                                new Prices(
                                        new BigDecimal("0.50"),
                                        new BigDecimal("0.05"),
                                        new BigDecimal("1.50"),
                                        new BigDecimal("20")));
        List<LocalSettings> all = List.of(settings("a").withTerms(terms), settings("b"));
        try (LocalModels models = LocalModels.of(all, Memory.ANY);
                Http http = serving(models)) {
            JsonNode card = http.get("/v1/models/a").json();
            assertEquals("0.25", card.path("default_model_temperature").toString());
            assertEquals(
                    "{\"input\":0.5,\"cached\":0.05,\"reasoning\":1.5,\"output\":20}",
                    card.path("pricing").toString());
            String chat = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
            String told = http.post("/apply-template", "{\"model\":\"a\"," + chat + "}").body();
            assertTrue(told.contains("Be brief."), told);
            String own =
                    "\"messages\":[{\"role\":\"system\",\"content\":\"Own\"},{\"role\":\"user\",\"content\":\"Hi\"}]";
            String kept = http.post("/apply-template", "{\"model\":\"a\"," + own + "}").body();
            assertFalse(kept.contains("Be brief."), kept);
            String none = "\"prompt_mode\":null," + chat;
            String bare = http.post("/apply-template", "{\"model\":\"a\"," + none + "}").body();
            assertFalse(bare.contains("Be brief."), bare);
            Http.Answer answer =
                    http.post("/v1/chat/completions", "{\"model\":\"a\"," + chat + "}");
            assertEquals(2, answer.json().at("/usage/completion_tokens").intValue(), answer.body());
        }
    }

    @Test
    void a_client_that_would_not_wait_is_forgotten() throws Exception {
        List<LocalSettings> two = List.of(settings("a"), settings("b"));
        var gate = new CountDownLatch(1);
        try (LocalModels models = LocalModels.of(two, one());
                Http http = serving(models);
                RawClient holder = RawClient.of(http);
                RawClient waiter = RawClient.of(http)) {
            models.open("a");
            try (Generation _ = stalled(models.offers().getFirst(), gate)) {
                holder.send(streaming("a", 5));
                awaitUses(models.offers().getFirst(), 1);
                waiter.send(streaming("b", 5));
                awaitUses(models.offers().getLast(), 1);
                waiter.reset();
                awaitUses(models.offers().getLast(), 0);
                assertEquals("a", loaded(models));
            } finally {
                gate.countDown();
            }
            holder.readUntil("[DONE]");
            assertEquals("a", loaded(models));
        }
    }

    /// Holds the engine of a model that is open until the gate is.
    private static Generation stalled(LocalOffer offer, CountDownLatch gate) {
        var mask =
                new TokenMask() {
                    @Override
                    public Verdict next() {
                        try {
                            gate.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        return Verdict.ANY;
                    }

                    @Override
                    public void accept(int token) {}

                    @Override
                    public void rollback(int count) {}
                };
        return offer.local()
                .orElseThrow()
                .engine()
                .submit(
                        new GenerationRequest(
                                new int[] {1}, SamplingParams.greedy(2), Set.of(), List.of(mask)));
    }

    private static void awaitUses(LocalOffer offer, int uses) {
        Waiting.until(
                offer.id() + " is used by " + uses,
                () -> offer.status().uses(),
                found -> found == uses);
    }

    private static String streaming(String model, int tokens) {
        String body =
                "{\"model\":\"%s\",\"stream\":true,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                        .formatted(model, tokens);
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body);
    }
}
