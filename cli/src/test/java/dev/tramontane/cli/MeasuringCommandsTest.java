package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

class MeasuringCommandsTest {
    @Test
    void bench_gives_a_row_for_reading_and_one_for_generating() {
        Tramontane.Result result =
                Tramontane.run("bench", "-p", "16", "-n", "4", "-r", "2", "-t", "1", "--json");
        JsonNode answer = Json.parse("output", result.out());
        assertEquals("nano", answer.path("model").stringValue());
        assertEquals(1, answer.path("threads").intValue());
        assertEquals("pp16", answer.at("/rows/0/test").stringValue());
        assertEquals("tg4", answer.at("/rows/1/test").stringValue());
        for (JsonNode row : answer.path("rows")) {
            JsonNode rates = row.path("tokens_per_second");
            assertTrue(rates.path("min").doubleValue() > 0);
            assertTrue(
                    rates.path("min").doubleValue() <= rates.path("median").doubleValue()
                            && rates.path("median").doubleValue()
                                    <= rates.path("max").doubleValue(),
                    rates.toString());
        }
        assertTrue(answer.path("memory_bytes_per_second").doubleValue() > 1e8);
    }

    @Test
    void bench_prints_a_table() {
        String out = Tramontane.run("bench", "-p", "8", "-n", "2", "-r", "1").out();
        assertTrue(out.contains("| pp8 "), out);
        assertTrue(out.contains("| tg2 "), out);
    }

    @Test
    void show_tells_what_the_embedded_model_is() {
        JsonNode answer = Json.parse("output", Tramontane.run("show", "--json").out());
        assertEquals("nano", answer.path("model").stringValue());
        assertEquals("llama", answer.path("architecture").stringValue());
        assertEquals(360_768, answer.path("parameters").intValue());
        assertEquals("v13", answer.path("template").stringValue());
        assertEquals("[THINK] tokens", answer.path("thinking").stringValue());
        assertEquals(0.7, answer.at("/sampling/temperature").doubleValue());
        assertEquals(8192, answer.path("context").intValue());
    }

    @Test
    void show_reads_folders_too() {
        String folder = Tramontane.VECTORS.resolve("tiny-ministral3").toString();
        String out = Tramontane.run("show", folder + "/model-q8_0.gguf").out();
        assertTrue(out.contains("architecture  mistral3"), out);
        assertTrue(out.contains("Q8_0 "), out);
    }
}
