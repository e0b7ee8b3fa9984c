package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.ModelProfile;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.server.pool.ModelPool;
import dev.tramontane.server.pool.PooledModel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/// A model whose opening takes as long as a test wants.
@Timeout(120)
class LoadingTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final EngineOptions SMALL =
            EngineOptions.defaults().withContext(1024).withThreads(1).withMaxSequences(1);
    private static final String SIGN = ": the model is being loaded\n\n";

    private final CountDownLatch gate = new CountDownLatch(1);

    private ModelPool<LocalModel> pool(boolean works) {
        PooledModel.Opener<LocalModel> opener =
                () -> {
                    try {
                        gate.await();
                    } catch (InterruptedException stopped) {
                        throw new IOException(stopped);
                    }
                    if (!works) {
                        throw new IOException("the files are gone");
                    }
                    return LocalModel.open(TINY, SMALL);
                };
        return new ModelPool<>(
                List.of(new PooledModel<>("slow", 1, Optional.empty(), opener)), Long.MAX_VALUE);
    }

    private static LocalOffer offer(ModelPool<LocalModel> pool) throws IOException {
        var nature = ServedModel.Nature.of(ModelProfile.read(TINY, SMALL));
        var settings = LocalSettings.of("slow", TINY, SMALL);
        return new LocalOffer(settings, 1, nature, pool, new Loads());
    }

    private static Http serving(ModelPool<LocalModel> pool, Duration silence) throws IOException {
        var limits = ServerConfig.Limits.STANDARD.withKeepAlive(silence);
        return Http.serving(ServerConfig.local(0).withLimits(limits), offer(pool));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,[DONE]",
        "/v1/messages,message_stop",
        "/v1/responses,response.incomplete"
    })
    void a_stream_shows_that_its_model_is_being_loaded(String path, String end) throws Exception {
        try (var pool = pool(true);
                Http http = serving(pool, Duration.ofMillis(20));
                RawClient raw = RawClient.of(http)) {
            raw.post(
                    path,
                    "{\"stream\":true,\"max_tokens\":2,\"max_output_tokens\":2,\"input\":\"Hi\","
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
            String before = raw.readUntil(SIGN) + raw.readUntil(SIGN);
            assertTrue(before.contains("200 OK") && before.contains("text/event-stream"), before);
            gate.countDown();
            String rest = raw.readUntil(end);
            assertTrue(rest.contains(end), rest);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,data: {\"object\":\"error\"",
        "/v1/messages,event: error",
        "/completion,data: {\"object\":\"error\""
    })
    void what_cannot_be_loaded_ends_such_a_stream_with_an_error(String path, String event)
            throws Exception {
        try (var pool = pool(false);
                Http http = serving(pool, Duration.ofMillis(20));
                RawClient raw = RawClient.of(http)) {
            raw.post(
                    path,
                    "{\"stream\":true,\"max_tokens\":2,\"prompt\":\"Hi\","
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
            raw.readUntil(SIGN);
            gate.countDown();
            String rest = raw.readUntil("cannot be opened now");
            assertTrue(rest.contains(event) && rest.contains("cannot be opened now"), rest);
            http.awaitNothingAnswered();
        }
    }

    @Test
    void a_count_is_no_stream_and_waits_for_its_model_in_silence() throws Exception {
        try (var pool = pool(true);
                Http http = serving(pool, Duration.ofMillis(20));
                RawClient count = RawClient.of(http);
                RawClient stream = RawClient.of(http)) {
            String body = "{\"stream\":true,\"max_output_tokens\":2,\"input\":\"Hi\"}";
            count.post("/v1/responses/input_tokens", body);
            stream.post("/v1/responses", body);
            for (int i = 0; i < 5; i++) { // time enough for the count to be told something, too
                stream.readUntil(SIGN);
            }
            gate.countDown();
            String told = count.readUntil("\"input_tokens\":");
            assertTrue(told.contains("application/json"), told);
            assertFalse(told.contains(SIGN), told);
        }
    }

    @Test
    void an_answer_whose_server_stops_before_its_model_is_there_is_interrupted(@TempDir Path folder)
            throws Exception {
        URI store = folder.resolve("store.db").toUri();
        String conversation = "/web/conversations/" + UUID.randomUUID();
        var limits = ServerConfig.Limits.STANDARD.withGrace(Duration.ZERO);
        ServerConfig config = ServerConfig.local(0).withLimits(limits).withStore(store);
        try (var pool = pool(true)) {
            try (Http http = Http.serving(config, offer(pool))) {
                String question = "{\"content\":\"Hi\",\"answer\":{}}";
                assertEquals(201, http.post(conversation + "/messages", question).status());
            }
            gate.countDown();
            try (Http http = Http.serving(config, offer(pool))) {
                JsonNode answer = http.get(conversation).json().at("/messages/1/answer");
                assertEquals("interrupted", answer.path("state").stringValue());
                assertTrue(answer.path("error").isNull(), answer.toString());
            }
        }
    }

    @Test
    void an_answer_in_one_piece_keeps_its_status() throws Exception {
        try (var pool = pool(false);
                Http http = serving(pool, Duration.ofMillis(20))) {
            gate.countDown();
            Http.Answer answer = http.post("/completion", "{\"prompt\":\"Hi\"}");
            assertEquals(503, answer.status(), answer.body());
        }
    }
}
