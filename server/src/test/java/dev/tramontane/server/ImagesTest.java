package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A model that sees, asked in every dialect about an image of 100 x 57 pixels: three rows of four
/// tokens, with a mark at the end of each row.
class ImagesTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-vision");

    private static final int IMAGE_TOKENS = 15;

    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(1);

    private static LocalModel model;
    private static Http http;
    private static String png = "";

    @BeforeAll
    static void serve() throws IOException {
        model = LocalModel.open(TINY, OPTIONS);
        http =
                Http.serving(
                        ServerConfig.local(0),
                        ServedModel.of("tiny", Models.USUAL_NAMES, 1, model));
        JsonNode recorded =
                new JsonMapper().readTree(Files.readString(TINY.resolve("expected.json")));
        for (JsonNode entry : recorded.get("cases")) {
            if (entry.path("name").asString().equals("one-image")) {
                png = entry.get("images").get(0).get("png_b64").asString();
            }
        }
    }

    @AfterAll
    static void stop() throws IOException {
        http.close();
        model.close();
    }

    /// How many more tokens a request has than the same without its image.
    private static int more(String path, String field, String with, String without)
            throws IOException, InterruptedException {
        JsonNode seen = http.post(path, with).json();
        JsonNode unseen = http.post(path, without).json();
        assertTrue(seen.at(field).isNumber(), seen.toString());
        return seen.at(field).intValue() - unseen.at(field).intValue();
    }

    private static String chat(String content) {
        return "{\"model\":\"mistral-medium-latest\",\"max_tokens\":3,\"temperature\":0.7,\"messages\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":["
                + content
                + "{\"type\":\"text\",\"text\":\"What does it show?\"}]}]}";
    }

    @Test
    void the_articles_programs_send_a_chart_as_a_bare_address() throws Exception {
        String bare =
                "{\"type\":\"image_url\",\"image_url\":\"data:image/png;base64,%s\"},"
                        .formatted(png);
        JsonNode answer = http.post("/v1/chat/completions", chat(bare)).json();
        assertTrue(answer.at("/choices/0/message/content").isString(), answer.toString());
        JsonNode without = http.post("/v1/chat/completions", chat("")).json();
        assertEquals(
                IMAGE_TOKENS,
                answer.at("/usage/prompt_tokens").intValue()
                        - without.at("/usage/prompt_tokens").intValue());
    }

    @Test
    void every_dialect_counts_an_images_tokens() throws Exception {
        String object =
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,%s\",\"detail\":\"low\"}},"
                        .formatted(png);
        assertEquals(
                IMAGE_TOKENS,
                more("/v1/chat/completions", "/usage/prompt_tokens", chat(object), chat("")));
        String anthropic =
                "{\"model\":\"tiny\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":[%s{\"type\":\"text\",\"text\":\"Hi\"}]}]}";
        String block =
                "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"%s\"}},"
                        .formatted(png);
        assertEquals(
                IMAGE_TOKENS,
                more(
                        "/v1/messages",
                        "/usage/input_tokens",
                        anthropic.formatted(block),
                        anthropic.formatted("")));
        assertEquals(
                IMAGE_TOKENS,
                more(
                        "/v1/messages/count_tokens",
                        "/input_tokens",
                        anthropic.formatted(block),
                        anthropic.formatted("")));
        String ollama =
                "{\"model\":\"tiny\",\"stream\":false,\"options\":{\"num_predict\":3},\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"%s}]}";
        assertEquals(
                IMAGE_TOKENS,
                more(
                        "/api/chat",
                        "/prompt_eval_count",
                        ollama.formatted(",\"images\":[\"" + png + "\"]"),
                        ollama.formatted("")));
        String responses =
                "{\"model\":\"tiny\",\"max_output_tokens\":16,\"input\":[{\"role\":\"user\",\"content\":[%s{\"type\":\"input_text\",\"text\":\"Hi\"}]}]}";
        String input =
                "{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,%s\"},"
                        .formatted(png);
        assertEquals(
                IMAGE_TOKENS,
                more(
                        "/v1/responses",
                        "/usage/input_tokens",
                        responses.formatted(input),
                        responses.formatted("")));
    }

    @Test
    void what_is_no_image_is_refused_with_its_place() throws Exception {
        String broken =
                "{\"type\":\"image_url\",\"image_url\":\"data:image/png;base64,%s\"},"
                        .formatted(png.substring(0, png.length() / 8 * 4));
        Http.Answer answer = http.post("/v1/chat/completions", chat(broken));
        assertEquals(400, answer.status(), answer.body());
        assertEquals("messages[1].content[0]", answer.json().at("/error/param").stringValue());
        assertTrue(answer.body().contains("ends early"), answer.body());
        String elsewhere = "{\"type\":\"image_url\",\"image_url\":\"https://example.org/a.png\"},";
        Http.Answer closed = http.post("/v1/chat/completions", chat(elsewhere));
        assertEquals(400, closed.status(), closed.body());
        String ollama =
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"images\":[\"AAAA\"]}]}";
        Http.Answer refused = http.post("/api/chat", ollama);
        assertEquals(400, refused.status(), refused.body());
        assertTrue(refused.body().contains("messages[0].images[0]"), refused.body());
        assertFalse(refused.body().contains("Exception"), refused.body());
    }

    @Test
    void a_stream_is_refused_before_it_begins() throws Exception {
        String broken =
                chat(image("data:image/png;base64,AAAA"))
                        .replace("{\"model\"", "{\"stream\":true,\"model\"");
        Http.Answer answer = http.post("/v1/chat/completions", broken);
        assertEquals(400, answer.status(), answer.body());
        assertTrue(answer.header("Content-Type").startsWith("application/json"), answer.body());
    }

    private static String image(String address) {
        return "{\"type\":\"image_url\",\"image_url\":\"%s\"},".formatted(address);
    }

    @Test
    void requests_are_tokenized_with_their_images() throws Exception {
        String seen = chat(image("data:image/png;base64," + png));
        assertEquals(IMAGE_TOKENS, more("/tokenize", "/count", seen, chat("")));
        String path = "/v1/chat/completions/input_tokens";
        assertEquals(IMAGE_TOKENS, more(path, "/input_tokens", seen, chat("")));
        String text = http.post("/apply-template", seen).json().path("prompt").stringValue();
        assertTrue(text.contains("[IMG][IMG][IMG][IMG][IMG_BREAK][IMG]"), text);
    }

    @Test
    void llama_servers_completion_shows_images_in_their_places() throws Exception {
        String task = "{\"n_predict\":2,\"prompt\":%s}";
        String seen =
                "{\"prompt_string\":\"Look: <__media__> and <__media__>.\",\"multimodal_data\":[\"%s\",\"data:image/png;base64,%s\"]}"
                        .formatted(png, png);
        JsonNode answer = http.post("/completion", task.formatted(seen)).json();
        String prompt = answer.path("prompt").stringValue("");
        String marks =
                "[IMG][IMG][IMG][IMG][IMG_BREAK]".repeat(2) + "[IMG][IMG][IMG][IMG][IMG_END]";
        assertEquals("<s>Look: %s and %s.".formatted(marks, marks), prompt, answer.toString());
        String few = "{\"prompt_string\":\"Look.\",\"multimodal_data\":[\"%s\"]}".formatted(png);
        Http.Answer refused = http.post("/completion", task.formatted(few));
        assertEquals(400, refused.status(), refused.body());
        assertTrue(refused.body().contains("marks <__media__>: 0"), refused.body());
        String broken = seen.replace("\"data:image/png;base64," + png, "\"AAAA");
        Http.Answer unseen = http.post("/completion", task.formatted(broken));
        assertEquals(400, unseen.status(), unseen.body());
        assertTrue(unseen.body().contains("prompt.multimodal_data[1]"), unseen.body());
        assertEquals("<__media__>", http.get("/props").json().path("media_marker").stringValue());
    }

    @Test
    void an_image_that_is_shown_again_is_not_encoded_again() throws Exception {
        String seen = chat(image("data:image/png;base64," + png)).replace("\"S\"", "\"Another\"");
        http.post("/v1/chat/completions", seen);
        long before = model.engine().stats().work().encodedImages();
        Http.Answer again = http.post("/v1/chat/completions", seen.replace("Another", "Third"));
        assertEquals(200, again.status(), again.body());
        assertEquals(before, model.engine().stats().work().encodedImages());
    }

    @Test
    void a_model_that_does_not_see_says_so() throws Exception {
        try (LocalModel blind = LocalModel.open(TINY.resolveSibling("tiny-text-a"), OPTIONS);
                Http served =
                        Http.serving(
                                ServerConfig.local(0),
                                ServedModel.of("tiny", Models.USUAL_NAMES, 1, blind))) {
            String seen = chat(image("data:image/png;base64," + png));
            Http.Answer answer = served.post("/v1/chat/completions", seen);
            assertEquals(400, answer.status(), answer.body());
            assertTrue(answer.body().contains("does not see"), answer.body());
            assertEquals("messages[1].content[0]", answer.json().at("/error/param").stringValue());
            assertTrue(served.get("/v1/models/tiny").json().path("vision").isMissingNode());
        }
    }

    @Test
    void its_card_says_that_it_sees() throws Exception {
        JsonNode card = http.get("/v1/models/tiny").json();
        assertTrue(card.at("/capabilities/vision").booleanValue(), card.toString());
        assertEquals(1540, card.at("/vision/longest_side").intValue(), card.toString());
        assertEquals(3080, card.at("/vision/largest_image/tokens").intValue());
        assertTrue(card.at("/vision/largest_image/bytes").longValue() > 0, card.toString());
        assertTrue(card.at("/vision/largest_image/seconds").doubleValue() > 0, card.toString());
        assertEquals(
                List.of("vision"), seen(http.post("/api/show", "{\"model\":\"tiny\"}").json()));
    }

    private static List<String> seen(JsonNode shown) {
        return shown.path("capabilities")
                .valueStream()
                .map(JsonNode::asString)
                .filter("vision"::equals)
                .toList();
    }
}
