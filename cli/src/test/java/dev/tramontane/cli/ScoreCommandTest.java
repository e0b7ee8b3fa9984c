package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Base64;

class ScoreCommandTest {
    /// What float32 engines may differ by in logits, twice.
    private static final double TOLERANCE = 4e-4;

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
        assertTrue(answers[2].contains("no vision encoder"), answers[2]);
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
