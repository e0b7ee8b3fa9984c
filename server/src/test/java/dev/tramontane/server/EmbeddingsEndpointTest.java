package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.Client;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineStats;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;

/// The vectors of texts over a real model of random weights.
class EmbeddingsEndpointTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final int DIM = 96;

    /// Of the squares of float32 values that were rounded once.
    private static final double TOLERANCE = 1e-6;

    private static LocalModel model;
    private static Http http;

    @BeforeAll
    static void open() throws IOException {
        model = openModel();
        http = Http.serving(ServerConfig.local(0), ServedModel.of("tiny", List.of(), 1, model));
    }

    private static LocalModel openModel() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(4);
        return LocalModel.open(TINY, options);
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static Http.Answer embed(String fields) throws IOException, InterruptedException {
        return http.post("/v1/embeddings", "{\"model\":\"tiny\"," + fields + "}");
    }

    private static float[] vector(JsonNode body, int index) {
        JsonNode list = body.path("data").path(index).path("embedding");
        var values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.path(i).floatValue();
        }
        return values;
    }

    private static float[] vector(String text) {
        return model.embed(List.of(model.embeddingPrompt(text)), Client.ANYBODY).next();
    }

    private static double length(float... vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    @Test
    void a_text_its_token_ids_and_lists_of_both_have_the_same_vectors_in_order()
            throws IOException, InterruptedException {
        String ids = Arrays.toString(model.embeddingPrompt("Hello there"));
        JsonNode text = embed("\"input\":\"Hello there\"").json();
        assertEquals("list", text.path("object").stringValue());
        assertTrue(text.path("id").stringValue().startsWith("embd-"), "Mistral's clients want it");
        assertEquals("tiny", text.path("model").stringValue());
        assertEquals("embedding", text.at("/data/0/object").stringValue());
        assertEquals(DIM, vector(text, 0).length);
        assertArrayEquals(vector("Hello there"), vector(text, 0));
        assertArrayEquals(vector(text, 0), vector(embed("\"input\":" + ids).json(), 0));
        JsonNode all = embed("\"input\":[\"One\"," + ids + ",\"Three\"]").json();
        assertEquals(3, all.path("data").size());
        assertEquals(1, all.at("/data/1/index").intValue());
        assertArrayEquals(vector("One"), vector(all, 0));
        assertArrayEquals(vector(text, 0), vector(all, 1));
        assertArrayEquals(vector("Three"), vector(all, 2));
        int tokens =
                model.embeddingPrompt("One").length
                        + model.embeddingPrompt("Hello there").length
                        + model.embeddingPrompt("Three").length;
        assertEquals(tokens, all.at("/usage/prompt_tokens").intValue());
        assertEquals(tokens, all.at("/usage/total_tokens").intValue());
    }

    /// What OpenAI's Python client asks for unless told otherwise, and NumPy reads.
    @Test
    void base64_is_little_endian_float32() throws IOException, InterruptedException {
        JsonNode body = embed("\"input\":\"Hello\",\"encoding_format\":\"base64\"").json();
        byte[] bytes = Base64.getDecoder().decode(body.at("/data/0/embedding").stringValue());
        var values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        assertArrayEquals(vector("Hello"), values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dimensions", "output_dimension"})
    void fewer_dimensions_are_the_first_ones_made_of_length_1_again(String field)
            throws IOException, InterruptedException {
        JsonNode body = embed("\"input\":\"Hello\",\"" + field + "\":5").json();
        float[] first = Arrays.copyOf(vector("Hello"), 5);
        double length = length(first);
        float[] told = vector(body, 0);
        assertEquals(5, told.length);
        assertEquals(1, length(told), TOLERANCE);
        for (int i = 0; i < 5; i++) {
            assertEquals(first[i] / length, told[i], TOLERANCE);
        }
        assertArrayEquals(
                vector("Hello"),
                vector(embed("\"input\":\"Hello\",\"" + field + "\":" + DIM).json(), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"input", "inputs", "content"})
    void other_servers_names_of_the_field_are_read(String field)
            throws IOException, InterruptedException {
        Http.Answer answer = embed("\"" + field + "\":[\"Hello\"],\"output_dtype\":\"float\"");
        assertArrayEquals(vector("Hello"), vector(answer.json(), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/embeddings", "/embedding"})
    void llama_servers_own_form_is_a_list(String path) throws IOException, InterruptedException {
        JsonNode body = http.post(path, "{\"content\":[\"One\",\"Two\"]}").json();
        assertEquals(2, body.size());
        assertEquals(1, body.path(1).path("index").intValue());
        assertEquals(DIM, body.path(1).path("embedding").path(0).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"user\":\"u\" | input",
                "\"input\":null | input",
                "\"input\":7 | input",
                "\"input\":{} | input",
                "\"input\":[] | input",
                "\"input\":[[]] | input",
                "\"input\":[\"a\",[]] | input",
                "\"input\":[\"a\",null] | input",
                "\"input\":[1.5] | input",
                "\"input\":[1,99999999] | input",
                "\"input\":[[1],[-1]] | input[1]",
                "\"input\":\"a\",\"dimensions\":0 | dimensions",
                "\"input\":\"a\",\"dimensions\":97 | dimensions",
                "\"input\":\"a\",\"output_dimension\":-1 | output_dimension",
                "\"input\":\"a\",\"encoding_format\":\"hex\" | encoding_format",
                "\"input\":\"a\",\"encoding_format\":1 | encoding_format",
                "\"input\":\"a\",\"output_dtype\":\"int8\" | output_dtype",
            })
    void what_means_nothing_is_refused_with_its_path(String fields, String path)
            throws IOException, InterruptedException {
        Http.Answer answer = embed(fields);
        assertEquals(400, answer.status(), answer.body());
        assertEquals(path, answer.json().path("param").stringValue());
    }

    @Test
    void texts_have_limits_of_length_and_number() throws IOException, InterruptedException {
        Http.Answer tooLong = embed("\"input\":[\"a\",\"" + "a b ".repeat(600) + "\"]");
        assertEquals(400, tooLong.status());
        assertEquals("context_length_exceeded", tooLong.json().path("code").stringValue());
        assertEquals("input[1]", tooLong.json().path("param").stringValue());
        String many = "[1],".repeat(2047) + "[2]";
        assertEquals(2048, embed("\"input\":[" + many + "]").json().path("data").size());
        Http.Answer tooMany = embed("\"input\":[" + many + ",[3]]");
        assertEquals(400, tooMany.status());
        assertEquals("input", tooMany.json().path("param").stringValue());
    }

    @Test
    void a_model_that_runs_elsewhere_is_refused_by_name() throws IOException, InterruptedException {
        try (Http scripted = Http.serving(Script.of())) {
            Http.Answer answer =
                    scripted.post("/v1/embeddings", "{\"model\":\"script\",\"input\":\"a\"}");
            assertEquals(400, answer.status());
            assertEquals("model", answer.json().path("param").stringValue());
        }
    }

    @Test
    void texts_whose_client_has_gone_are_read_no_further()
            throws IOException, InterruptedException {
        try (RawClient client = RawClient.of(http)) {
            client.post("/v1/embeddings", "{\"input\":[" + manyTokens() + "]}");
            awaitRunning(model, running -> running > 0);
            client.reset();
        }
        http.awaitNothingAnswered();
        awaitRunning(model, running -> running == 0);
        EngineStats stats = model.engine().stats();
        assertTrue(stats.work().computedTokens() < 2000 * 500, "not all of them were read");
        assertEquals(stats.cache().blocks(), stats.cache().freeBlocks(), "nobody owns a block");
    }

    private static void awaitRunning(LocalModel of, Predicate<Integer> isWanted) {
        Waiting.until("what the engine reads", () -> of.engine().stats().running(), isWanted);
    }

    /// A million tokens, which take minutes here.
    private static String manyTokens() {
        String text = "[" + "7,".repeat(499) + "7]";
        return (text + ",").repeat(1999) + text;
    }

    @Test
    void texts_that_outlive_the_grace_period_are_told_to_come_back()
            throws IOException, InterruptedException {
        ServerConfig local = ServerConfig.local(0);
        ServerConfig hasty = local.withLimits(local.limits().withGrace(Duration.ofMillis(50)));
        try (LocalModel own = openModel();
                Http stopping = Http.serving(hasty, ServedModel.of("tiny", List.of(), 1, own));
                RawClient client = RawClient.of(stopping)) {
            client.post("/v1/embeddings", "{\"input\":[" + manyTokens() + "]}");
            awaitRunning(own, running -> running > 0);
            stopping.server.close();
            String answer = client.readAll();
            assertTrue(answer.startsWith("HTTP/1.1 503"), "got: " + answer);
            assertTrue(answer.contains("Retry-After: 10"), answer);
        }
    }

    @Test
    void few_enter_a_turnstile_at_a_time() {
        var turnstile = new Turnstile("are inside", 2);
        Turnstile.Place first = turnstile.enter();
        turnstile.enter();
        RefusedException refused = assertThrows(RefusedException.class, turnstile::enter);
        assertEquals(503, refused.error().status());
        first.close();
        turnstile.enter();
    }
}
