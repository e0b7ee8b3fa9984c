package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.Gap;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.tokenizer.Tokenizer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// llama-server's own completions, over a real model of random weights.
class LlamaEndpointTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final int CONTEXT = 256;
    private static final String CHAT = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private static LocalModel model;
    private static Http http;

    @BeforeAll
    static void open() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(CONTEXT).withThreads(1).withMaxSequences(4);
        model = LocalModel.open(TINY, options);
        http = Http.serving(ServerConfig.local(0), ServedModel.of("tiny", List.of(), 1, model));
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static Http.Answer post(String path, String fields)
            throws IOException, InterruptedException {
        return http.post(path, "{\"temperature\":0," + fields + "}");
    }

    private static JsonNode complete(String fields) throws IOException, InterruptedException {
        Http.Answer answer = post("/completion", fields);
        assertEquals(200, answer.status(), answer.body());
        return answer.json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/completion", "/completions"})
    void a_text_is_continued_and_all_about_it_told(String path)
            throws IOException, InterruptedException {
        JsonNode body = post(path, "\"prompt\":\"Hello there\",\"n_predict\":8").json();
        JsonNode common =
                http.post(
                                "/v1/completions",
                                "{\"temperature\":0,\"prompt\":\"Hello there\",\"max_tokens\":8}")
                        .json();
        assertEquals(common.at("/choices/0/text"), body.path("content"));
        int prompt = model.textPrompt("Hello there").length;
        assertTrue(body.path("stop").booleanValue());
        assertEquals("limit", body.path("stop_type").stringValue());
        assertEquals("", body.path("stopping_word").stringValue());
        assertEquals(prompt, body.path("tokens_evaluated").intValue());
        assertEquals(8, body.path("tokens_predicted").intValue());
        assertEquals(prompt + 8, body.path("tokens_cached").intValue());
        assertEquals("tiny", body.path("model").stringValue());
        assertFalse(body.path("truncated").booleanValue());
        assertTrue(body.path("has_new_line").isBoolean());
        assertEquals(0, body.path("tokens").size());
        assertEquals("<s>Hello there", body.path("prompt").stringValue());
        assertEquals(8, body.at("/timings/predicted_n").intValue());
        assertEquals(8, body.at("/generation_settings/n_predict").intValue());
        assertEquals(0, body.at("/generation_settings/temperature").intValue());
    }

    @Test
    void a_prompt_of_very_many_parts_is_read_to_its_end() throws IOException, InterruptedException {
        String parts = "[1" + ",\"a\",1".repeat(50_000) + "]";
        Http.Answer answer = post("/completion", "\"prompt\":" + parts);
        assertEquals(400, answer.status(), answer.body());
        assertEquals(100_001, answer.json().at("/error/n_prompt_tokens").intValue());
    }

    @Test
    void texts_token_ids_and_both_in_one_are_prompts() throws IOException, InterruptedException {
        String ids = Arrays.toString(model.textPrompt("Hello"));
        String text =
                complete("\"prompt\":\"Hello\",\"n_predict\":5").path("content").stringValue();
        JsonNode all =
                complete(
                        "\"n_predict\":5,\"prompt\":[\"Hello\","
                                + ids
                                + ",{\"prompt_string\":\"Hello\"},[\"Hel\",\"lo\"]]");
        assertEquals(4, all.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(text, all.path(i).path("content").stringValue(), "prompt " + i);
            assertEquals(i, all.path(i).path("index").intValue());
            assertEquals(5, all.path(i).at("/timings/predicted_n").intValue());
        }
        int[] parts = model.textPrompt("Hel");
        int joined = parts.length + model.tokenizer().encode("lo").length;
        assertEquals(joined, all.path(3).path("tokens_evaluated").intValue());
        JsonNode mixed = complete("\"n_predict\":5,\"prompt\":[1,\"Hello\"]");
        assertEquals(
                1 + model.tokenizer().encode("Hello").length,
                mixed.path("tokens_evaluated").intValue());
    }

    @Test
    void a_stream_tells_its_tokens_and_ends_with_all_about_it()
            throws IOException, InterruptedException {
        String fields = "\"prompt\":\"Hello\",\"n_predict\":12,\"n_probs\":3";
        JsonNode whole = complete(fields + ",\"return_tokens\":true");
        List<JsonNode> chunks =
                new ArrayList<>(post("/completion", fields + ",\"stream\":true").chunks());
        var text = new StringBuilder();
        List<Integer> tokens = new ArrayList<>();
        int scores = 0;
        for (JsonNode chunk : chunks) {
            text.append(chunk.path("content").stringValue());
            chunk.path("tokens").forEach(token -> tokens.add(token.intValue()));
            scores += chunk.path("completion_probabilities").size();
        }
        assertEquals(whole.path("content").stringValue(), text.toString());
        assertEquals(12, tokens.size());
        assertEquals(12, scores);
        JsonNode last = chunks.removeLast();
        chunks.forEach(chunk -> assertFalse(chunk.path("stop").booleanValue()));
        assertTrue(last.path("stop").booleanValue());
        assertEquals("limit", last.path("stop_type").stringValue());
        assertEquals(12, last.at("/timings/predicted_n").intValue());
        for (int i = 0; i < 12; i++) {
            JsonNode score = whole.path("completion_probabilities").path(i);
            assertEquals(tokens.get(i), whole.path("tokens").path(i).intValue());
            assertEquals(tokens.get(i), score.path("id").intValue());
            assertEquals(3, score.path("top_logprobs").size());
            assertTrue(score.path("logprob").doubleValue() <= 0);
            assertEquals(
                    score.path("id"), score.at("/top_logprobs/0/id"), "the likeliest is taken");
        }
    }

    @Test
    void only_the_fields_that_are_wanted_are_told() throws IOException, InterruptedException {
        JsonNode body =
                complete(
                        "\"prompt\":\"Hello\",\"n_predict\":3,"
                                + "\"response_fields\":[\"content\",\"timings/predicted_n\",\"no/such\"]");
        assertEquals(List.of("content", "timings/predicted_n"), List.copyOf(body.propertyNames()));
        assertEquals(3, body.path("timings/predicted_n").intValue());
    }

    @Test
    void a_text_is_held_to_a_schema_or_a_grammar() throws IOException, InterruptedException {
        JsonNode schema =
                complete("\"prompt\":\"x\",\"n_predict\":20,\"json_schema\":{\"const\":\"42\"}");
        assertEquals("\"42\"", schema.path("content").stringValue());
        assertEquals("eos", schema.path("stop_type").stringValue());
        JsonNode grammar =
                complete(
                        "\"prompt\":\"x\",\"n_predict\":20,\"grammar\":\"root ::= \\\"a\\\"{5,5}\"");
        assertEquals("aaaaa", grammar.path("content").stringValue());
        Http.Answer both =
                post(
                        "/completion",
                        "\"prompt\":\"x\",\"grammar\":\"root ::= \\\"a\\\"\",\"json_schema\":{}");
        assertEquals(400, both.status(), both.body());
        Http.Answer wrong =
                post("/completion", "\"prompt\":\"x\",\"json_schema\":{\"type\":\"hiccup\"}");
        assertEquals(400, wrong.status(), wrong.body());
        assertEquals("json_schema", wrong.json().path("param").stringValue());
    }

    @Test
    void a_bias_may_be_for_the_tokens_of_a_text() throws IOException, InterruptedException {
        JsonNode free = complete("\"prompt\":\"Hello\",\"n_predict\":6,\"return_tokens\":true");
        int first = free.path("tokens").path(0).intValue();
        String piece = model.tokenizer().decode(new int[] {first}, Tokenizer.SpecialTokens.KEEP);
        for (String bias :
                List.of(
                        "[[" + first + ",false]]",
                        "[[" + first + ",-100]]",
                        "{\"" + first + "\":-100}")) {
            JsonNode without =
                    complete(
                            "\"prompt\":\"Hello\",\"n_predict\":6,\"return_tokens\":true,\"logit_bias\":"
                                    + bias);
            without.path("tokens").forEach(token -> assertFalse(token.intValue() == first, bias));
        }
        int letter = model.tokenizer().encode("Q")[0];
        JsonNode forced =
                complete(
                        "\"prompt\":\"Hello\",\"n_predict\":3,\"return_tokens\":true,\"logit_bias\":[[\"Q\",100]]");
        forced.path("tokens").forEach(token -> assertEquals(letter, token.intValue(), piece));
    }

    @Test
    void a_prompt_may_be_read_for_those_that_follow() throws IOException, InterruptedException {
        String prompt = "\"prompt\":\"" + "One after the other, and once more. ".repeat(4) + "\"";
        JsonNode none = complete(prompt + ",\"n_predict\":0");
        assertEquals("", none.path("content").stringValue());
        assertEquals(0, none.path("tokens_predicted").intValue());
        assertEquals(0, none.at("/generation_settings/n_predict").intValue());
        JsonNode next = complete(prompt + ",\"n_predict\":2");
        assertTrue(next.at("/timings/cache_n").intValue() > 0, next.toString());
    }

    @Test
    void an_ignored_end_is_told_as_a_bias_without_bound() throws IOException, InterruptedException {
        JsonNode body = complete("\"prompt\":\"x\",\"n_predict\":4,\"ignore_eos\":true");
        assertEquals(4, body.path("tokens_predicted").intValue());
        JsonNode biases = body.at("/generation_settings/logit_bias");
        assertEquals(model.tokenizer().stopTokens().size(), biases.size());
        biases.forEach(bias -> assertTrue(bias.path("bias").isNull()));
    }

    @Test
    void a_text_without_a_bound_goes_on_until_the_context_is_full()
            throws IOException, InterruptedException {
        JsonNode body = complete("\"prompt\":\"x\",\"n_predict\":-1,\"ignore_eos\":true");
        int prompt = model.textPrompt("x").length;
        assertEquals(CONTEXT - prompt, body.path("tokens_predicted").intValue());
        assertTrue(body.path("truncated").booleanValue());
    }

    @Test
    void a_gap_is_filled_between_what_fits_of_the_texts_around_it()
            throws IOException, InterruptedException {
        String around =
                "\"input_prefix\":\"int a\",\"prompt\":\" = \",\"input_suffix\":\"; // c\",\"n_predict\":4";
        JsonNode body = post("/infill", around).json();
        int[] plain = model.gapPrompt(new Gap("int a = ", "; // c"), CONTEXT);
        assertEquals(plain.length, body.path("tokens_evaluated").intValue());
        String far = "{\"filename\":\"far.h\",\"text\":\"" + "far away ".repeat(200) + "\"}";
        String near = "{\"filename\":\"near.h\",\"text\":\"int b;\"}";
        JsonNode with =
                post("/infill", around + ",\"input_extra\":[" + far + "," + near + "]").json();
        String prompt = with.path("prompt").stringValue();
        assertTrue(prompt.contains("near.h") && !prompt.contains("far"), prompt);
        assertTrue(prompt.endsWith("int a = "), prompt);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"input_prefix\":\"a\"",
                "\"input_suffix\":\"a\"",
                "\"input_prefix\":\"a\",\"input_suffix\":\"b\",\"prompt\":[\"c\"]",
                "\"input_prefix\":\"a\",\"input_suffix\":\"b\",\"input_extra\":{}",
                "\"input_prefix\":\"a\",\"input_suffix\":\"b\",\"input_extra\":[{}]",
                "\"input_prefix\":\"a\",\"input_suffix\":\"b\",\"input_extra\":[{\"filename\":1,\"text\":\"b\"}]",
                "\"input_prefix\":\"a\",\"input_suffix\":\"b\",\"input_extra\":[{\"filename\":\"f\"}]"
            })
    void a_malformed_gap_is_refused(String fields) throws IOException, InterruptedException {
        Http.Answer answer = post("/infill", fields);
        assertEquals(400, answer.status(), answer.body());
        assertTrue(answer.json().at("/error/message").isString());
    }

    @Test
    void probabilities_of_the_draw_are_told_as_such() throws IOException, InterruptedException {
        JsonNode body =
                http.post(
                                "/completion",
                                "{\"prompt\":\"Hello\",\"n_predict\":6,\"n_probs\":5,\"post_sampling_probs\":true,"
                                        + "\"temperature\":1,\"top_k\":4,\"seed\":3}")
                        .json();
        assertTrue(body.at("/generation_settings/post_sampling_probs").booleanValue());
        JsonNode tokens = body.path("completion_probabilities");
        assertEquals(6, tokens.size());
        for (JsonNode token : tokens) {
            assertFalse(token.has("logprob") || token.has("top_logprobs"), token.toString());
            assertEquals(4, token.path("top_probs").size(), "no more than could be drawn");
            double sum = 0;
            double own = 0;
            for (JsonNode each : token.path("top_probs")) {
                sum += each.path("prob").doubleValue();
                boolean isDrawn = each.path("id").equals(token.path("id"));
                own = isDrawn ? each.path("prob").doubleValue() : own;
            }
            assertEquals(1, sum, 1e-6, token.toString());
            assertEquals(own, token.path("prob").doubleValue(), 1e-9, token.toString());
        }
        JsonNode greedy =
                complete(
                        "\"prompt\":\"Hello\",\"n_predict\":1,\"n_probs\":5,\"post_sampling_probs\":true");
        assertEquals(1, greedy.at("/completion_probabilities/0/top_probs").size());
        assertEquals(1.0, greedy.at("/completion_probabilities/0/prob").doubleValue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"n_predict\":4",
                "\"prompt\":[]",
                "\"prompt\":{}",
                "\"prompt\":7",
                "\"prompt\":[1.5]",
                "\"prompt\":[999999]",
                "\"prompt\":[[],[1]]",
                "\"prompt\":{\"prompt_string\":\"a\",\"multimodal_data\":[\"AAAA\"]}",
                "\"prompt\":{\"prompt_string\":\"a\",\"multimodal_data\":\"AAAA\"}",
                "\"prompt\":\"a\",\"n_predict\":-3",
                "\"prompt\":\"a\",\"n_probs\":21",
                "\"prompt\":\"a\",\"post_sampling_probs\":1",
                "\"prompt\":\"a\",\"logit_bias\":[[1]]",
                "\"prompt\":\"a\",\"logit_bias\":[[1,101]]",
                "\"prompt\":\"a\",\"logit_bias\":[[-1,1]]",
                "\"prompt\":\"a\",\"logit_bias\":[[1,true]]",
                "\"prompt\":\"a\",\"logit_bias\":7"
            })
    void a_malformed_completion_is_refused(String fields) throws IOException, InterruptedException {
        Http.Answer answer = post("/completion", fields);
        assertEquals(400, answer.status(), answer.body());
    }

    /// By its type and numbers llama-server's clients shorten a conversation.
    @Test
    void what_is_too_long_says_by_how_much_in_each_form() throws IOException, InterruptedException {
        String body = "{\"prompt\":\"" + "far away ".repeat(300) + "\"}";
        JsonNode llama = http.post("/completion", body).json().path("error");
        JsonNode common = http.post("/v1/completions", body).json().path("error");
        assertEquals("exceed_context_size_error", llama.path("type").stringValue());
        assertEquals("invalid_request_error", common.path("type").stringValue());
        assertEquals("context_length_exceeded", common.path("code").stringValue());
        for (JsonNode error : List.of(llama, common)) {
            assertEquals(CONTEXT, error.path("n_ctx").intValue());
            assertTrue(error.path("n_prompt_tokens").intValue() > CONTEXT, error.toString());
            String message = error.path("message").stringValue();
            assertTrue(message.contains("exceeds the available context size"), message);
        }
    }

    @Test
    void there_are_no_adapters_and_none_can_be_set() throws IOException, InterruptedException {
        assertEquals("[]", http.get("/lora-adapters").body());
        assertEquals(405, http.post("/lora-adapters", "[{\"id\":0,\"scale\":0.5}]").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", ""})
    void the_tokens_of_a_conversation_are_counted(String root)
            throws IOException, InterruptedException {
        JsonNode counted = http.post(root + "/chat/completions/input_tokens", CHAT).json();
        JsonNode template = http.post("/tokenize", CHAT).json();
        assertEquals(template.path("count"), counted.path("input_tokens"));
    }
}
