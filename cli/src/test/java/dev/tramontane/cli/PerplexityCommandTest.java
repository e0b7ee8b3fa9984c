package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class PerplexityCommandTest {
    @Test
    void the_second_half_of_each_window_counts(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "Hello, Hello, Hello, Hello\n");
        JsonNode result =
                Json.parse(
                        "output",
                        Tramontane.run(
                                        "perplexity",
                                        "-m",
                                        Tramontane.TINY,
                                        "-f",
                                        text.toString(),
                                        "-c",
                                        "8",
                                        "--json")
                                .out());
        JsonNode ids =
                Json.parse(
                                "output",
                                Tramontane.run(
                                                "tokenize",
                                                "-m",
                                                Tramontane.TINY,
                                                "Hello, Hello, Hello, Hello")
                                        .out())
                        .path("tokens");
        List<Integer> all = new ArrayList<>(List.of(1));
        ids.forEach(id -> all.add(id.intValue()));
        double sum = 0;
        int windows = all.size() / 8;
        for (int window = 0; window < windows; window++) {
            List<Integer> tokens = new ArrayList<>(all.subList(8 * window, 8 * window + 8));
            tokens.set(0, 1);
            JsonNode scores = scores(tokens);
            for (int i = 5; i < 8; i++) {
                sum -= scores.get(i).path("logprob").doubleValue();
            }
        }
        assertEquals(windows, result.path("windows").intValue());
        assertEquals(3 * windows, result.path("scored").intValue());
        assertEquals(all.size(), result.path("tokens").intValue());
        assertEquals(sum / (3 * windows), result.path("nll").doubleValue(), 1e-9);
        assertEquals(Math.exp(sum / (3 * windows)), result.path("perplexity").doubleValue(), 1e-6);
    }

    private static JsonNode scores(List<Integer> tokens) {
        String ids = tokens.toString().replaceAll("[\\[\\] ]", "");
        return Json.parse(
                        "output",
                        Tramontane.run("score", "-m", Tramontane.TINY, "--tokens", ids).out())
                .path("tokens");
    }

    @Test
    void a_short_text_is_refused(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "Hello");
        Tramontane.Result result =
                Tramontane.run("perplexity", "-m", Tramontane.TINY, "-f", text.toString());
        assertEquals(1, result.code());
        assertTrue(
                result.err().contains("the text has 6 tokens, expected 512 at least"),
                result.err());
    }

    @Test
    void a_window_beyond_the_models_context_is_an_error_with_numbers(@TempDir Path folder)
            throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "Hello");
        Tramontane.Result result =
                Tramontane.run(
                        "perplexity",
                        "-m",
                        Tramontane.TINY,
                        "-f",
                        text.toString(),
                        "--context=200000");
        assertEquals(1, result.code());
        assertTrue(
                result.err().contains("asked for 200000 positions, the model was made for 131072"),
                result.err());
    }

    @Test
    void a_missing_file_is_named() {
        Tramontane.Result result =
                Tramontane.run("perplexity", "-m", Tramontane.TINY, "-f", "no/such.txt");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("no/such.txt: no such file"), result.err());
    }
}
