package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

class ScoreCommandTest {
    /// What float32 engines may differ by in logits, twice.
    private static final double TOLERANCE = 4e-4;

    /// The same, with an encoder of images before the text network.
    private static final double IMAGE_TOLERANCE = 4e-3;

    @Test
    void log_probabilities_are_those_of_the_reference() throws IOException {
        JsonNode recorded =
                Json.parse(
                                "expected.json",
                                Files.readString(
                                        Tramontane.VECTORS.resolve("tiny-text-a/expected.json")))
                        .at("/cases/1");
        var expected =
                ByteBuffer.wrap(
                                Base64.getDecoder()
                                        .decode(
                                                recorded.at("/next_token_logprobs/f32le_b64")
                                                        .stringValue()))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
        String ids = recorded.path("ids").toString().replaceAll("[\\[\\] ]", "");
        Tramontane.Result result =
                Tramontane.run("score", "-m", Tramontane.TINY, "--tokens", ids, "--top", "5");
        JsonNode tokens = Json.parse("output", result.out()).path("tokens");
        assertTrue(tokens.get(0).path("logprob").isNull());
        for (int i = 0; i < expected.remaining(); i++) {
            assertEquals(
                    expected.get(i), tokens.get(i + 1).path("logprob").doubleValue(), TOLERANCE);
        }
        JsonNode after = tokens.get(tokens.size() - 1);
        assertFalse(after.has("id"));
        for (int i = 0; i < 5; i++) {
            assertEquals(recorded.at("/top5_last/" + i + "/0"), after.at("/top/" + i + "/id"));
        }
    }

    @Test
    void lines_are_answered_one_by_one() {
        String[] answers =
                Tramontane.program()
                        .input(
                                """
                                {"tokens": [1, 1072], "top": 1}
                                {"tokens": [1, 99999]}
                                {"tokens": [1], "images": ["a.png"]}
                                """)
                        .with("score", "-m", Tramontane.TINY, "--jsonl")
                        .out()
                        .split("\n");
        assertEquals(3, answers.length);
        assertEquals(3, Json.parse("line", answers[0]).path("tokens").size());
        assertTrue(answers[1].startsWith("{\"error\":"), answers[1]);
        assertTrue(answers[2].contains("the model sees nothing"), answers[2]);
    }

    /// Of each file kind: with one image, with two, and what is wrong with others.
    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "consolidated.safetensors", "model-f32.gguf"})
    void images_fill_their_places_in_order(String file, @TempDir Path temp) throws IOException {
        Path model = Tramontane.VECTORS.resolve("tiny-vision").resolve(file);
        JsonNode cases =
                Json.parse(
                                "expected.json",
                                Files.readString(
                                        Tramontane.VECTORS.resolve("tiny-vision/expected.json")))
                        .path("cases");
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 2; i++) {
            lines.append(line(cases.get(i), temp)).append('\n');
        }
        lines.append("{\"tokens\": [1, 10, 2], \"images\": [\"")
                .append(temp.resolve("none.png"))
                .append("\"]}\n");
        lines.append(line(cases.get(1), temp).replace("[1,3,10", "[1,3,3")).append('\n');
        String[] answers =
                Tramontane.program()
                        .input(lines.toString())
                        .with("score", "-m", model.toString(), "--jsonl")
                        .out()
                        .split("\n");
        assertEquals(4, answers.length);
        for (int i = 1; i <= 2; i++) {
            assertScores(cases.get(i), Json.parse("line", answers[i - 1]).path("tokens"));
        }
        assertTrue(answers[2].contains("none.png"), answers[2]);
        assertTrue(answers[3].contains("1 images fill 12 places, found 11"), answers[3]);
    }

    private static String line(JsonNode recorded, Path temp) throws IOException {
        ArrayNode paths = Json.array(List.of());
        for (JsonNode image : recorded.path("images")) {
            Path file = Files.createTempFile(temp, "image", ".png");
            Files.write(file, Base64.getDecoder().decode(image.path("png_b64").stringValue()));
            paths.add(file.toString());
        }
        ObjectNode line = Json.object().put("top", 8);
        line.set("tokens", recorded.path("ids"));
        line.set("images", paths);
        return line.toString();
    }

    private static void assertScores(JsonNode recorded, JsonNode tokens) {
        FloatBuffer logits = floats(recorded.path("last_logits"));
        FloatBuffer sums = floats(recorded.path("logsumexp"));
        double sum = sums.get(sums.limit() - 1);
        JsonNode top = tokens.get(tokens.size() - 1).path("top");
        assertEquals(8, top.size());
        for (JsonNode likely : top) {
            double expected = logits.get(likely.path("id").intValue()) - sum;
            assertEquals(expected, likely.path("logprob").doubleValue(), IMAGE_TOLERANCE);
        }
    }

    private static FloatBuffer floats(JsonNode recorded) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(recorded.path("f32le_b64").stringValue()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    @Test
    void more_tokens_than_the_context_are_an_error_with_numbers() {
        Tramontane.Result result =
                Tramontane.run(
                        "score", "-m", Tramontane.TINY, "--context", "4", "--tokens", "1,2,3,4,5");
        assertEquals(1, result.code());
        assertEquals("", result.out());
        assertTrue(
                result.err().contains("5 tokens to score, expected 1 to 4, the context; score a"),
                result.err());
    }

    @Test
    void tokens_must_be_given() {
        assertEquals(2, Tramontane.run("score", "-m", Tramontane.TINY).code());
    }
}
