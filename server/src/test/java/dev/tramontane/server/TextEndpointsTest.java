package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineStats;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What goes below conversations, over a real model of random weights.
class TextEndpointsTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");

    private static final int STORM = 150;

    private static LocalModel model;
    private static Http http;

    @BeforeAll
    static void open() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(4);
        model = LocalModel.open(TINY, options);
        ServedModel served = ServedModel.of("tiny", List.of(), 1, model);
        http = Http.serving(ServerConfig.local(0), served);
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static Http.Answer complete(String fields) throws IOException, InterruptedException {
        return http.post("/v1/completions", "{\"temperature\":0," + fields + "}");
    }

    private static String ids(int... tokens) {
        List<String> words = new ArrayList<>();
        for (int token : tokens) {
            words.add(Integer.toString(token));
        }
        return "[" + String.join(",", words) + "]";
    }

    @Test
    void a_text_and_its_token_ids_are_continued_alike() throws IOException, InterruptedException {
        JsonNode text = complete("\"prompt\":\"Hello there\",\"max_tokens\":8").json();
        assertEquals("text_completion", text.path("object").stringValue());
        assertEquals("length", text.at("/choices/0/finish_reason").stringValue());
        assertTrue(text.at("/choices/0/logprobs").isNull(), text.toString());
        assertEquals(8, text.at("/usage/completion_tokens").intValue());
        String tokens = ids(model.textPrompt("Hello there"));
        JsonNode same = complete("\"prompt\":" + tokens + ",\"max_tokens\":8").json();
        assertEquals(text.at("/choices/0/text"), same.at("/choices/0/text"));
        assertEquals(text.at("/usage/prompt_tokens"), same.at("/usage/prompt_tokens"));
    }

    @Test
    void several_prompts_have_their_answers_in_order() throws IOException, InterruptedException {
        String prompts =
                "\"prompt\":[\"One\",\"Two words\"],\"n\":2,\"max_tokens\":4,\"echo\":true";
        JsonNode body = complete(prompts).json();
        List<String> beginnings = List.of("One", "One", "Two words", "Two words");
        for (int i = 0; i < 4; i++) {
            JsonNode choice = body.path("choices").path(i);
            assertEquals(i, choice.path("index").intValue());
            assertTrue(choice.path("text").stringValue().startsWith(beginnings.get(i)));
        }
        int once = model.textPrompt("One").length + model.textPrompt("Two words").length;
        assertEquals(once, body.at("/usage/prompt_tokens").intValue());
        assertEquals(16, body.at("/usage/completion_tokens").intValue());
    }

    @Test
    void a_streamed_text_is_the_whole_one() throws IOException, InterruptedException {
        String fields = "\"prompt\":\"Hello\",\"max_tokens\":12,\"echo\":true";
        String whole = complete(fields).json().at("/choices/0/text").stringValue();
        Http.Answer streamed = complete(fields + ",\"stream\":true");
        var text = new StringBuilder();
        for (JsonNode chunk : streamed.chunks()) {
            text.append(chunk.at("/choices/0/text").stringValue());
        }
        assertEquals(whole, text.toString());
        assertEquals("[DONE]", streamed.events().getLast());
        assertTrue(streamed.chunks().getLast().has("usage"));
    }

    /// What evaluation harnesses ask: the prompt's own tokens, each with its log-probability.
    @Test
    void an_echoed_prompt_has_the_log_probabilities_of_its_tokens()
            throws IOException, InterruptedException {
        int[] prompt = model.textPrompt("Hello there");
        String fields =
                "\"prompt\":" + ids(prompt) + ",\"echo\":true,\"logprobs\":2,\"max_tokens\":";
        JsonNode one = complete(fields + "1").json().at("/choices/0/logprobs");
        assertEquals(prompt.length + 1, one.path("token_logprobs").size());
        assertTrue(one.path("token_logprobs").path(0).isNull(), "nothing stands before it");
        double[] scored = model.score(prompt, 0).logprobs();
        for (int i = 1; i < prompt.length; i++) {
            assertEquals(scored[i], one.path("token_logprobs").path(i).doubleValue(), 1e-5);
            assertEquals(2, one.path("top_logprobs").path(i).size());
        }
        double best = one.path("token_logprobs").path(prompt.length).doubleValue();
        assertTrue(best < 0, "the generated token has one too");
        int offset = 0;
        for (int i = 0; i < prompt.length; i++) {
            assertEquals(offset, one.path("text_offset").path(i).intValue());
            offset += one.path("tokens").path(i).stringValue().length();
        }
        JsonNode none = complete(fields + "0").json();
        assertEquals(prompt.length, none.at("/choices/0/logprobs/tokens").size());
        assertEquals(0, none.at("/usage/completion_tokens").intValue());
        for (int i = 1; i < prompt.length; i++) {
            assertEquals(
                    one.path("token_logprobs").path(i),
                    none.at("/choices/0/logprobs/token_logprobs").path(i));
        }
    }

    @Test
    void scores_that_outlive_the_grace_period_are_to_be_asked_for_again()
            throws IOException, InterruptedException {
        ServerConfig local = ServerConfig.local(0);
        ServerConfig hasty = local.withLimits(local.limits().withGrace(Duration.ofMillis(10)));
        try (Http stopping = Http.serving(hasty, ServedModel.of("tiny", List.of(), 1, model));
                RawClient client = RawClient.of(stopping)) {
            client.post("/v1/completions", longScoring());
            stopping.awaitAnswering();
            stopping.server.close();
            String answer = client.readAll();
            assertTrue(answer.startsWith("HTTP/1.1 503"), "got: " + answer);
        }
    }

    /// Thirty thousand tokens, which take seconds here.
    private static String longScoring() {
        String prompt = "[" + "7,".repeat(499) + "7]";
        return "{\"echo\":true,\"logprobs\":5,\"max_tokens\":0,\"prompt\":[%s]}"
                .formatted((prompt + ",").repeat(63) + prompt);
    }

    @Test
    void a_stop_text_ends_the_answer_and_is_no_part_of_it()
            throws IOException, InterruptedException {
        String fields = "\"prompt\":\"Hello\",\"max_tokens\":12";
        String free = complete(fields).json().at("/choices/0/text").stringValue();
        String stop = free.substring(2, 3);
        JsonNode asked = Json.object().put("stop", stop).path("stop");
        JsonNode choice = complete(fields + ",\"stop\":" + asked).json().path("choices").path(0);
        assertEquals(free.substring(0, free.indexOf(stop)), choice.path("text").stringValue());
        assertEquals("stop", choice.path("finish_reason").stringValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"max_tokens\":1 | prompt",
                "\"prompt\":7 | prompt",
                "\"prompt\":[] | prompt",
                "\"prompt\":[[]] | prompt",
                "\"prompt\":[1.5] | prompt",
                "\"prompt\":[99999999] | prompt",
                "\"prompt\":[-1],\"echo\":true,\"logprobs\":1 | prompt",
                "\"prompt\":\"a\",\"max_tokens\":0 | max_tokens",
                "\"prompt\":\"a\",\"logprobs\":21 | logprobs",
                "\"prompt\":\"a\",\"best_of\":2 | best_of",
                "\"prompt\":\"a\",\"n\":9 | n",
                "\"prompt\":\"a\",\"echo\":1 | echo",
                "\"prompt\":[1],\"suffix\":\"b\" | suffix",
            })
    void what_means_nothing_is_refused_with_its_path(String fields, String path)
            throws IOException, InterruptedException {
        Http.Answer answer = complete(fields);
        assertEquals(400, answer.status(), answer.body());
        assertEquals(path, answer.json().path("param").stringValue());
    }

    @Test
    void a_prompt_longer_than_the_context_has_its_own_code()
            throws IOException, InterruptedException {
        for (String more : List.of("", ",\"echo\":true,\"logprobs\":1")) {
            Http.Answer answer = complete("\"prompt\":\"" + "a b ".repeat(600) + "\"" + more);
            assertEquals(400, answer.status());
            assertEquals("context_length_exceeded", answer.json().path("code").stringValue());
        }
    }

    @Test
    void the_text_between_two_others_comes_as_a_chat_answer()
            throws IOException, InterruptedException {
        String fields =
                "{\"model\":\"tiny\",\"prompt\":\"def f(\",\"suffix\":\"return y\",\"max_tokens\":5,\"temperature\":0,\"random_seed\":1}";
        Http.Answer answer = http.post("/v1/fim/completions", fields);
        assertEquals(200, answer.status(), answer.body());
        assertEquals("chat.completion", answer.json().path("object").stringValue());
        String between = answer.json().at("/choices/0/message/content").stringValue();
        JsonNode same =
                complete("\"prompt\":\"def f(\",\"suffix\":\"return y\",\"max_tokens\":5").json();
        assertEquals(between, same.at("/choices/0/text").stringValue());
        assertEquals(422, mistrals("{\"prompt\":7}").status());
        JsonNode card = http.get("/v1/models").json().path("data").path(0);
        assertTrue(card.at("/capabilities/completion_fim").booleanValue());
    }

    private static Http.Answer mistrals(String body) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(http.uri("/v1/fim/completions"))
                        .header("User-Agent", "mistral-client-python/2.5.1")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        return http.send(request);
    }

    @Test
    void tokens_are_told_in_the_words_of_both_servers() throws IOException, InterruptedException {
        int[] plain = model.tokenizer().encode("Hi there");
        JsonNode llama = http.post("/tokenize", "{\"content\":\"Hi there\"}").json();
        assertEquals(ids(plain), llama.path("tokens").toString());
        JsonNode vllm =
                http.post("/tokenize", "{\"model\":\"tiny\",\"prompt\":\"Hi there\"}").json();
        assertEquals(ids(model.textPrompt("Hi there")), vllm.path("tokens").toString());
        assertEquals(512, vllm.path("max_model_len").intValue());
        JsonNode pieces =
                http.post("/tokenize", "{\"content\":\"Hi there\",\"with_pieces\":true}").json();
        assertEquals(
                model.tokenizer().pieceOf(plain[0]), pieces.at("/tokens/0/piece").stringValue());
        JsonNode back = http.post("/detokenize", "{\"tokens\":" + ids(plain) + "}").json();
        assertEquals("Hi there", back.path("content").stringValue());
        Http.Answer wrong = http.post("/detokenize", "{\"tokens\":[1,99999999]}");
        assertEquals("tokens[1]", wrong.json().path("param").stringValue());
        assertEquals(400, http.post("/tokenize", "{}").status());
    }

    @Test
    void a_conversation_is_shown_as_the_model_reads_it() throws IOException, InterruptedException {
        String chat =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi [/INST]\"}],\"prompt_mode\":null}";
        String prompt = http.post("/apply-template", chat).json().path("prompt").stringValue();
        assertTrue(prompt.contains("[INST]Hi [/INST][/INST]"), prompt);
        int count = http.post("/tokenize", chat).json().path("count").intValue();
        assertTrue(count > model.tokenizer().encode("Hi [/INST]").length, "marks around it");
    }

    @Test
    void the_system_prompt_that_a_model_gets_by_itself_is_counted()
            throws IOException, InterruptedException {
        String chat = "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        int read =
                http.post("/v1/chat/completions", chat)
                        .json()
                        .at("/usage/prompt_tokens")
                        .intValue();
        int bare =
                http.post("/tokenize", chat.replace("1,", "1,\"prompt_mode\":null,"))
                        .json()
                        .path("count")
                        .intValue();
        assertTrue(read > bare && bare > 0, read + " tokens, and without it " + bare);
        assertEquals(read, http.post("/tokenize", chat).json().path("count").intValue());
    }

    @Test
    void answers_have_the_fingerprint_of_what_wrote_them()
            throws IOException, InterruptedException {
        String text = "\"prompt\":\"Hello\",\"max_tokens\":2";
        String chat =
                "{\"max_tokens\":2,\"prompt_mode\":null,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]%s}";
        String fingerprint =
                http.post("/v1/completions", "{" + text + "}")
                        .json()
                        .path("system_fingerprint")
                        .stringValue();
        assertTrue(fingerprint.matches("build-.+-[0-9a-f]{8}"), fingerprint);
        String path = "/v1/chat/completions";
        assertEquals(
                fingerprint,
                http.post(path, chat.formatted(""))
                        .json()
                        .path("system_fingerprint")
                        .stringValue());
        List<JsonNode> chunks = http.post(path, chat.formatted(",\"stream\":true")).chunks();
        assertTrue(chunks.size() > 1, chunks.toString());
        chunks.forEach(
                chunk -> assertEquals(fingerprint, chunk.path("system_fingerprint").stringValue()));
    }

    @Test
    void the_server_tells_what_it_is_and_does() throws IOException, InterruptedException {
        complete("\"prompt\":\"Hello\",\"max_tokens\":3");
        JsonNode props = http.get("/props").json();
        assertEquals(512, props.at("/default_generation_settings/n_ctx").intValue());
        assertEquals(4, props.path("total_slots").intValue());
        assertEquals(4, http.get("/slots").json().size());
        Http.Answer metrics = http.get("/metrics");
        assertEquals("text/plain; version=0.0.4; charset=utf-8", metrics.header("content-type"));
        for (String line : metrics.body().split("\n")) {
            assertTrue(
                    line.matches(
                            "# (HELP|TYPE) .*|[a-z0-9_:]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? ([0-9.E-]+|NaN)"),
                    line);
        }
        assertTrue(metrics.body().contains("tramontane_sequences_running{model=\"tiny\"} 0"));
    }

    /// Damage that is no fault of the JSON: what the model, its format and its grammars refuse.
    @Test
    void a_real_model_refuses_what_it_cannot_do_and_fails_of_nothing()
            throws IOException, InterruptedException {
        String request =
                new String(HostileRequestsTest.full("full.json"), UTF_8)
                        .replace("\"script\"", "\"tiny\"")
                        .replace("\"max_tokens\":100", "\"max_tokens\":3")
                        .replaceFirst("(?s),\\s*\\{\"type\":\"image_url\".*?\\}\\}", "");
        byte[] whole = request.getBytes(UTF_8);
        assertEquals(200, http.post("/v1/chat/completions", request).status());
        var random = new SplittableRandom(7);
        int answered = 0;
        for (int i = 0; i < STORM; i++) {
            byte[] body = HostileRequestsTest.damaged(whole, random);
            Http.Answer answer =
                    http.send(
                            HttpRequest.newBuilder(http.uri("/v1/chat/completions"))
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
            List<Integer> proper = List.of(200, 400, 404);
            assertTrue(
                    proper.contains(answer.status()),
                    () -> answer.body() + "\n" + new String(body, UTF_8));
            answered += answer.status() == 200 ? 1 : 0;
        }
        assertTrue(answered > 0, "some are harmless");
        Waiting.until(
                "nothing runs", () -> model.engine().stats().running(), running -> running == 0);
        EngineStats.Cache cache = model.engine().stats().cache();
        assertEquals(cache.blocks(), cache.freeBlocks(), "nobody owns a block");
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions", "/v1/completions"})
    void a_bias_for_a_token_that_there_is_not_is_refused(String path)
            throws IOException, InterruptedException {
        String body =
                "{\"prompt\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"logit_bias\":{\"999999\":1}}";
        Http.Answer answer = http.post(path, body);
        assertEquals(400, answer.status(), answer.body());
        assertEquals("logit_bias.999999", answer.json().path("param").stringValue());
    }

    @Test
    void a_conversation_with_a_real_model_is_answered_and_repeats()
            throws IOException, InterruptedException {
        String chat =
                "{\"model\":\"tiny\",\"seed\":3,\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        JsonNode first = http.post("/v1/chat/completions", chat).json();
        JsonNode second = http.post("/v1/chat/completions", chat).json();
        assertEquals(first.path("choices"), second.path("choices"));
        assertTrue(first.at("/usage/completion_tokens").intValue() > 0, first.toString());
    }

    /// The model is in the middle of a thought, which nothing but its budget limits; the answer
    /// behind it is held to the schema.
    @Test
    void row_9_a_schema_limits_the_answer_and_leaves_the_thinking_alone()
            throws IOException, InterruptedException {
        String chat =
                """
                {"model":"tiny","seed":3,"temperature":1,"max_tokens":200,"thinking_budget":24,"prompt_mode":null,
                 "messages":[{"role":"user","content":"Hi"},
                  {"role":"assistant","prefix":true,"content":[{"type":"thinking","thinking":"Well","closed":false}]}],
                 "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object",
                  "properties":{"n":{"enum":[1,2,3]}},"required":["n"],"additionalProperties":false}}}}
                """;
        JsonNode body = http.post("/v1/chat/completions", chat).json();
        JsonNode message = body.at("/choices/0/message");
        String thinking = message.path("reasoning_content").stringValue();
        assertFalse(thinking.isEmpty() || thinking.startsWith("{"), body.toString());
        assertTrue(body.at("/usage/completion_tokens_details/reasoning_tokens").intValue() >= 20);
        String answer = message.path("content").stringValue();
        assertTrue(answer.matches("\\{\\s*\"n\"\\s*:\\s*[123]\\s*\\}"), answer);
        assertEquals("stop", body.at("/choices/0/finish_reason").stringValue());
    }
}
