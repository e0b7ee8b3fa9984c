package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.server.UpstreamSettings.Servers;
import dev.tramontane.server.UpstreamSettings.Times;
import dev.tramontane.wire.UpstreamCard;
import dev.tramontane.wire.UpstreamModel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A model of another server of this project, and of servers that misbehave, as clients meet it.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UpstreamOfferTest {
    private static final ChatEvent.Finished END =
            new ChatEvent.Finished(
                    FinishReason.STOP,
                    new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE));

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T kept(T opening) {
        opened.add(opening);
        return opening;
    }

    /// The server that has the model `script`.
    private Http behind(Script script) throws IOException {
        return kept(Http.serving(script));
    }

    private static String address(Http server) {
        return server.uri("").toString();
    }

    /// What a server tells its clients that has the model from others.
    private Http before(Servers servers) throws IOException {
        return before(UpstreamSettings.of("large", servers.withModel("script")));
    }

    private Http before(UpstreamSettings settings) throws IOException {
        UpstreamOffer offer =
                kept(UpstreamOffer.open(settings.withAliases(List.of("script")), Map.of()));
        return kept(Http.serving(ServerConfig.local(0), offer));
    }

    private Http before(Script script) throws IOException {
        return before(Servers.at(List.of(address(behind(script)))));
    }

    private static Script thinker() {
        return Script.of(
                new ChatEvent.Thinking("Two and one."),
                new ChatEvent.Text("Three."),
                new ChatEvent.ToolCalled(new ToolCall(Optional.of("abcdefghi"), "add", "{}")),
                END);
    }

    @Test
    void an_answer_from_elsewhere_is_told_as_one_of_our_own()
            throws IOException, InterruptedException {
        Http http = before(thinker());
        JsonNode body = http.chat("").json();
        assertEquals("large", body.path("model").stringValue());
        JsonNode message = body.at("/choices/0/message");
        assertEquals("Three.", message.path("content").stringValue());
        assertEquals("Two and one.", message.path("reasoning_content").stringValue());
        assertEquals("add", message.at("/tool_calls/0/function/name").stringValue());
        assertEquals("tool_calls", body.at("/choices/0/finish_reason").stringValue());
        assertEquals(
                "{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":16,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":2},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":5}}",
                body.path("usage").toString());
        Http.Answer streamed = http.chat("\"stream\":true,\"reasoning_format\":\"mistral\"");
        assertEquals("[DONE]", streamed.events().getLast());
        assertTrue(streamed.body().contains("\"type\":\"thinking\""), streamed.body());
        assertTrue(streamed.body().contains("\"total_tokens\":16"), streamed.body());
    }

    @Test
    void what_a_client_names_is_sent_on_and_the_rest_is_the_other_servers()
            throws IOException, InterruptedException {
        Script script = thinker();
        Http http = before(script);
        http.chat("");
        ChatRequest open = script.asked.take();
        assertEquals(
                Script.SAMPLING,
                open.sampling().orElseThrow().withSeed(Script.SAMPLING.seed()),
                "its own");
        assertEquals(Thinking.DEFAULT, open.thinking());
        http.chat(
                "\"temperature\":1,\"top_p\":1,\"top_k\":0,\"seed\":5,\"max_tokens\":6,"
                        + "\"thinking_budget\":7,\"stop\":\"!\",\"tools\":[{\"function\":{\"name\":\"add\"}}]");
        ChatRequest told = script.asked.take();
        assertEquals(1, told.sampling().orElseThrow().temperature());
        assertEquals(1, told.sampling().orElseThrow().topP());
        assertEquals(5, told.sampling().orElseThrow().seed());
        assertEquals(6, told.sampling().orElseThrow().maxTokens());
        assertEquals(new Thinking.Budget(7), told.thinking());
        assertEquals(List.of("!"), told.stop());
        assertEquals("add", told.tools().getFirst().name());
    }

    @Test
    void several_choices_and_votes_are_made_of_several_answers()
            throws IOException, InterruptedException {
        Script script = Script.of(new ChatEvent.Text("\\boxed{3}"), END);
        Http http = before(script);
        assertEquals(2, http.chat("\"n\":2").json().path("choices").size());
        assertEquals(2, script.asked.size());
        JsonNode voted = http.chat("\"votes\":3").json();
        assertEquals("3", voted.at("/votes/0/answer").stringValue(), voted.toString());
    }

    @Test
    void what_the_other_server_tells_of_its_model_is_told_on()
            throws IOException, InterruptedException {
        Http http = before(thinker());
        JsonNode card = http.get("/v1/models/large").json();
        assertEquals(4096, card.path("max_context_length").intValue());
        assertTrue(card.at("/capabilities/reasoning").booleanValue());
        assertFalse(card.at("/capabilities/vision").booleanValue());
        assertTrue(card.path("default_model_temperature").isNull(), card.toString());
        assertTrue(card.path("remote").booleanValue(), card.toString());
        JsonNode props = http.get("/props").json();
        assertEquals(
                "{\"temperature\":null}",
                props.at("/default_generation_settings/params").toString());
    }

    @Test
    void a_model_is_offered_while_its_servers_are_gone_and_known_when_they_come_back()
            throws Exception {
        var card = new UpstreamCard(OptionalInt.empty(), Optional.of(true), Optional.of(true));
        var clock = new AtomicLong();
        Http server = behind(thinker());
        UpstreamSettings settings =
                UpstreamSettings.of("script", Servers.at(List.of(address(server)))).withKnown(card);
        var offer =
                kept(
                        new UpstreamOffer(
                                settings,
                                UpstreamModel.open(settings.group(Map.of())),
                                clock::get));
        assertFalse(offer.card().has("max_context_length"), "nobody told yet");
        assertTrue(offer.card().at("/capabilities/vision").booleanValue(), "the operator did");
        offer.ask().join();
        assertEquals(4096, offer.nature().context());
        server.close();
        clock.addAndGet(Duration.ofHours(1).toNanos());
        offer.ask().join();
        assertEquals(4096, offer.nature().context(), "as it was known last");
    }

    @Test
    void a_server_that_is_gone_is_one_clear_error() throws Exception {
        Http gone = behind(thinker());
        Http http = before(Servers.at(List.of(address(gone))).withTries(1));
        gone.close();
        for (String fields : List.of("", "\"stream\":true")) {
            assertFails(
                    502,
                    "large: no connection; try again later, and tell whoever runs this server",
                    http.chat(fields));
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(502, http.chat("").status());
        }
        // on a busy machine its rest may be over by now, and the next one is longer
        Http.Answer resting =
                Waiting.until("it rests", () -> http.chat(""), answer -> answer.status() == 503);
        assertTrue(Integer.parseInt(resting.header("retry-after")) >= 1, "when to come back");
    }

    private static void assertFails(int status, String message, Http.Answer answer) {
        assertEquals(status, answer.status(), answer.body());
        JsonNode error = answer.json().path("error");
        assertEquals(message, error.path("message").stringValue());
        assertEquals("upstream", error.path("code").stringValue());
        assertEquals("server_error", error.path("type").stringValue());
    }

    @Test
    void a_server_that_hangs_is_late_and_its_answer_is_cancelled()
            throws IOException, InterruptedException {
        assertEquals(200, before(thinker()).chat("").status(), "the first answer takes longest");
        var minutes = Duration.ofMinutes(4);
        var soon = Duration.ofSeconds(1);
        assertLate(
                "no first token came",
                Script.holding(),
                new Times(minutes, soon, minutes, minutes));
        assertLate(
                "no more tokens came",
                Script.holding(new ChatEvent.Thinking("Hm")),
                new Times(minutes, minutes, soon, minutes));
    }

    private void assertLate(String late, Script script, Times times)
            throws IOException, InterruptedException {
        Http http = before(Servers.at(List.of(address(behind(script)))).withTimes(times));
        assertFails(
                504,
                "large: "
                        + late
                        + " for 1.0 s, which is as long as anybody waits; try again later, and tell whoever runs this server",
                http.chat(""));
        script.running.take().closed.await();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html         | <html>Log in</html>   | what came is no answer",
                "application/json  | {'choices':           | what came is no answer",
                "text/event-stream | data: nonsense~~      | what came is no answer",
                "text/event-stream | data: {'choices':[]}~ | the connection broke",
                "text/event-stream | data: {'error':7}~~   | tells of an error"
            })
    void a_server_that_answers_nonsense_is_one_clear_error(String type, String body, String said)
            throws IOException, InterruptedException {
        byte[] bytes = body.strip().replace('~', '\n').replace('\'', '"').getBytes(UTF_8);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        opened.add(() -> server.stop(0));
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().set("Content-Type", type);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        Http http =
                before(
                        Servers.at(List.of("http://127.0.0.1:" + server.getAddress().getPort()))
                                .withTries(1));
        for (String fields : List.of("", "\"stream\":true")) {
            assertFails(
                    502,
                    "large: " + said + "; try again later, and tell whoever runs this server",
                    http.chat(fields));
        }
    }

    @Test
    void a_request_that_the_other_server_refuses_is_its_authors_to_change()
            throws IOException, InterruptedException {
        Script refuses =
                Script.of(
                        _ -> {
                            throw new InvalidRequestException("temperature", "too hot");
                        });
        JsonNode error = before(refuses).chat("").json().path("error");
        assertEquals("temperature", error.path("param").stringValue());
        assertEquals(
                "temperature: large: refuses it (temperature: too hot); change the request",
                error.path("message").stringValue());
        Script full =
                Script.of(
                        _ -> {
                            throw new EngineOverloadedException("full", Duration.ofMinutes(2));
                        });
        Http.Answer busy = before(full).chat("");
        assertEquals(503, busy.status(), busy.body());
        assertEquals("120", busy.header("retry-after"));
    }

    @Test
    void a_client_that_goes_ends_the_answer_at_the_other_server() throws Exception {
        Script script = Script.holding(new ChatEvent.Thinking("Hm"));
        Http http = before(script);
        try (RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            client.readUntil("Hm");
            client.reset();
        }
        script.running.take().closed.await();
        http.awaitNothingAnswered();
    }

    @Test
    void the_end_of_a_thinking_is_asked_of_the_other_server() throws Exception {
        Script script = Script.holding(new ChatEvent.Thinking("Hm"));
        Http http = before(script);
        try (RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            String id = client.readUntil("Hm").replaceAll("(?s).*\"id\":\"([^\"]*)\".*", "$1");
            Http.Answer told =
                    http.post(
                            "/v1/chat/completions/control",
                            "{\"id\":\"%s\",\"action\":\"reasoning_end\"}".formatted(id));
            assertEquals(200, told.status(), told.body());
            assertTrue(client.readUntil("[DONE]").endsWith("[DONE]"), "it went on to its end");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/completions     | \"prompt\":\"a\"",
                "/v1/fim/completions | \"prompt\":\"a\",\"suffix\":\"b\"",
                "/tokenize           | \"content\":\"a\"",
                "/detokenize         | \"tokens\":[1]",
                "/apply-template     | \"messages\":[{\"role\":\"user\",\"content\":\"a\"}]"
            })
    void what_only_a_model_of_this_server_can_do_is_said(String path, String fields)
            throws IOException, InterruptedException {
        Http.Answer answer = before(thinker()).post(path, "{\"model\":\"large\"," + fields + "}");
        assertEquals(400, answer.status(), answer.body());
        assertEquals(
                "model: found large, which runs elsewhere, expected one of this server's own; ask for one of those",
                answer.json().at("/error/message").stringValue());
    }

    @Test
    void conversations_go_on_at_the_server_that_knows_them() throws Exception {
        List<Script> scripts = List.of(thinker(), thinker(), thinker());
        List<String> addresses = new ArrayList<>();
        for (Script script : scripts) {
            addresses.add(address(behind(script)));
        }
        Http http = before(Servers.at(addresses));
        // which conversation goes where hangs on the ports: until each server has some
        for (int i = 0; scripts.stream().anyMatch(script -> script.asked.isEmpty()); i++) {
            String first = "{\"role\":\"user\",\"content\":\"Question %d\"}".formatted(i);
            String more =
                    ",{\"role\":\"assistant\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}";
            for (String messages : List.of(first, first + more)) {
                Http.Answer answer =
                        http.post("/v1/chat/completions", "{\"messages\":[" + messages + "]}");
                assertEquals(200, answer.status(), answer.body());
            }
        }
        for (Script script : scripts) {
            assertEquals(0, script.asked.size() % 2, "both turns");
        }
    }
}
