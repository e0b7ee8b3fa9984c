package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

class MeasuringCommandsTest {
    /// Eight layers, two key heads of 32, keys and values, 4 bytes.
    private static final int NANO_POSITION_BYTES = 8 * 2 * 2 * 32 * 4;

    @TempDir private Path folder;

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
        assertTrue(answer.path("memory_bytes_per_second").doubleValue() > 0);
    }

    @Test
    void bench_reads_a_kept_prompt_and_tells_what_is_not_the_forward_pass() {
        JsonNode answer =
                Json.parse(
                        "output",
                        Tramontane.run(
                                        "bench",
                                        "-p",
                                        "64",
                                        "-n",
                                        "4",
                                        "-r",
                                        "1",
                                        "--kept",
                                        "--sampled",
                                        "--json")
                                .out());
        List<String> tests = new ArrayList<>();
        for (JsonNode row : answer.path("rows")) {
            tests.add(row.path("test").stringValue());
            double share = row.path("share_of_control").doubleValue();
            assertTrue(share > 0 && share < 1, row.toString());
        }
        assertEquals(List.of("pp64", "pp64@kept", "tg4"), tests);
    }

    @Test
    void bench_generates_in_several_sequences_and_behind_a_depth() {
        JsonNode answer =
                Json.parse(
                        "output",
                        Tramontane.run(
                                        "bench", "-p", "8", "-n", "8", "-b", "2,3", "-d", "40",
                                        "-r", "1", "--json")
                                .out());
        List<String> tests = new ArrayList<>();
        answer.path("rows").forEach(row -> tests.add(row.path("test").stringValue()));
        assertEquals(List.of("pp8@d40", "tg8@d40", "tg8@b2@d40", "tg8@b3@d40"), tests);
        JsonNode alone = answer.at("/rows/1");
        double bytes = alone.path("cache_bytes_per_second").doubleValue();
        double rate = alone.at("/tokens_per_second/median").doubleValue();
        assertEquals((40 + 8 / 2) * NANO_POSITION_BYTES, bytes / rate, 1);
        assertFalse(alone.has("last_first_token_ms"));
        assertTrue(answer.at("/rows/3/last_first_token_ms").doubleValue() > 0);
    }

    @Test
    void bench_measures_what_drafts_gain() {
        String[] line = {"bench", "-p", "0", "-n", "3", "-r", "1", "--drafts=12", "--json"};
        JsonNode answer = Json.parse("output", Tramontane.run(line).out());
        List<String> tests = new ArrayList<>();
        for (JsonNode row : answer.path("rows")) {
            tests.add(row.path("test").stringValue());
            assertTrue(row.at("/tokens_per_second/min").doubleValue() > 0);
        }
        assertEquals(List.of("tg3", "edit12", "edit12+drafts", "free3", "free3+drafts"), tests);
    }

    @Test
    void bench_runs_by_turns_with_a_llama_bench() throws IOException {
        Path peer = folder.resolve("llama-bench");
        Files.writeString(
                peer,
                """
                #!/bin/sh
                echo "$@" >> '%s'
                echo 'loading' >&2
                echo '[{"avg_ts": 0.5}]'
                """
                        .formatted(folder.resolve("said")));
        Files.setPosixFilePermissions(peer, PosixFilePermissions.fromString("rwxr-xr-x"));
        String model = Tramontane.TINY;
        JsonNode answer =
                Json.parse(
                        "output",
                        Tramontane.run(
                                        "bench",
                                        "-m",
                                        model,
                                        "-p",
                                        "8",
                                        "-n",
                                        "4",
                                        "-r",
                                        "2",
                                        "-t",
                                        "1",
                                        "--json",
                                        "--peer=" + peer)
                                .out());
        for (JsonNode row : answer.path("rows")) {
            assertEquals(0.5, row.path("peer_tokens_per_second").doubleValue());
            double ours = row.at("/tokens_per_second/median").doubleValue();
            assertEquals(ours / 0.5, row.at("/ratio/median").doubleValue(), 1e-6 * ours);
        }
        String reading = "-m " + model + " -t 1 -p 8 -n 0 -r 1 -o json";
        String generating = "-m " + model + " -t 1 -p 0 -n 4 -r 1 -o json";
        assertEquals(
                List.of(reading, reading, generating, generating),
                Files.readAllLines(folder.resolve("said")));
    }

    @Test
    void a_peer_that_fails_is_an_error_with_its_last_words() throws IOException {
        Path peer = folder.resolve("llama-bench");
        Files.writeString(peer, "#!/bin/sh\necho no such model >&2\nexit 3\n");
        Files.setPosixFilePermissions(peer, PosixFilePermissions.fromString("rwxr-xr-x"));
        Tramontane.Result result =
                Tramontane.run("bench", "-m", Tramontane.TINY, "--peer=" + peer, "-p", "4");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("llama-bench ended with 3: no such model"), result.err());
        String absent = Tramontane.run("bench", "--peer=/nowhere/llama-bench").err();
        assertTrue(absent.contains("expected the program llama-bench of llama.cpp"), absent);
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
        assertEquals(6_557_952, answer.path("parameters").intValue());
        assertEquals("v13", answer.path("template").stringValue());
        assertEquals("[THINK] tokens", answer.path("thinking").stringValue());
        assertEquals(0.3, answer.at("/sampling/temperature").doubleValue());
        assertEquals(1024, answer.path("context").intValue());
    }

    @Test
    void show_reads_folders_too() {
        String folder = Tramontane.VECTORS.resolve("tiny-ministral3").toString();
        String out = Tramontane.run("show", folder + "/model-q8_0.gguf").out();
        assertTrue(out.contains("architecture  mistral3"), out);
        assertTrue(out.contains("Q8_0 "), out);
    }
}
