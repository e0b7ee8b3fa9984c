package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.model.FileType;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/// `convert` and `quantize` as their users see them.
class ConvertCommandTest {
    /// What a converted model's log-probabilities may differ from its source's by: nothing is
    /// rounded, but rows are in another order.
    private static final double TOLERANCE = 1e-4;

    private static final String TOKENS = "1,3,1072,1101,1108,1108,1111,4,1072,1105";

    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny-text-a/consolidated.safetensors",
                "tiny-text-a/model.safetensors",
                "tiny-text-b/model.safetensors",
                "tiny-ministral3/model.safetensors",
                "tiny-vision/model.safetensors",
                "tiny-vision/consolidated.safetensors"
            })
    void a_converted_model_scores_as_its_source(String source) {
        String from = Tramontane.VECTORS.resolve(source).toString();
        String to = temp.resolve("out.gguf").toString();
        Tramontane.Result made = Tramontane.run("convert", from, to, "--no-vision");
        assertEquals("", made.err());
        assertEquals(0, made.code());
        JsonNode expected = score(from);
        JsonNode found = score(to);
        for (int i = 1; i < 10; i++) {
            double logprob = expected.at("/" + i + "/logprob").doubleValue();
            assertEquals(logprob, found.at("/" + i + "/logprob").doubleValue(), TOLERANCE);
        }
        assertEquals(answer(from), answer(to));
    }

    @Test
    void a_folder_with_only_a_tokenizer_json_becomes_the_same_model() throws IOException {
        String from = OtherFolder.write(temp.resolve("other")).toString();
        String to = temp.resolve("out.gguf").toString();
        assertEquals(0, Tramontane.run("convert", from, to).code());

        String requests = Files.readString(Path.of("src/test/resources/tokenize/requests.jsonl"));
        assertEquals(lines(from, requests), lines(to, requests));
        JsonNode expected = score(from, "0,1,300,704,650,701,44");
        JsonNode found = score(to, "0,1,300,704,650,701,44");
        for (int i = 1; i < 7; i++) {
            double logprob = expected.at("/" + i + "/logprob").doubleValue();
            assertEquals(logprob, found.at("/" + i + "/logprob").doubleValue(), TOLERANCE);
        }
        assertEquals(answer(from), answer(to));
        assertEquals(shown(from), shown(to));
    }

    private static String lines(String model, String requests) {
        Tramontane.Result result =
                Tramontane.program().input(requests).with("tokenize", "-m", model, "--jsonl");
        assertEquals(0, result.code(), result.err());
        assertFalse(result.out().contains("error"), result.out());
        return result.out();
    }

    /// What does not depend on the kind of file.
    private static String shown(String model) {
        Tramontane.Result result = Tramontane.run("show", model, "--json");
        assertEquals(0, result.code(), result.err());
        JsonNode told = Json.parse("output", result.out());
        assertEquals(OtherFolder.ROWS, told.at("/network/vocab").intValue());
        assertEquals("jinja", told.path("template").stringValue());
        return told.path("network")
                + told.path("parameters").toString()
                + told.path("thinking")
                + told.path("sampling")
                + told.at("/tokenizer/kind");
    }

    private static JsonNode score(String model) {
        return score(model, TOKENS);
    }

    private static JsonNode score(String model, String tokens) {
        Tramontane.Result result = Tramontane.run("score", "-m", model, "--tokens", tokens);
        assertEquals(0, result.code(), result.err());
        return Json.parse("output", result.out()).path("tokens");
    }

    private static String answer(String model) {
        Tramontane.Result result =
                Tramontane.run(
                        "run",
                        "-m",
                        model,
                        "--temperature",
                        "0",
                        "--max-tokens",
                        "12",
                        "--context",
                        "512",
                        "--json",
                        "Hello");
        assertEquals(0, result.code(), result.err());
        JsonNode said = Json.parse("output", result.out());
        return said.path("thinking") + "|" + said.path("answer") + "|" + said.path("finish_reason");
    }

    @Test
    void the_vision_part_goes_to_a_file_beside() throws IOException {
        Path to = temp.resolve("eye.gguf");
        Tramontane.Result made =
                Tramontane.run(
                        "convert",
                        Tramontane.VECTORS.resolve("tiny-vision").toString(),
                        to.toString(),
                        "--json");
        assertEquals(0, made.code(), made.err());
        JsonNode answer = Json.parse("output", made.out());
        assertEquals("F32", answer.path("type").stringValue());
        assertEquals(34, answer.at("/vision/tensors/F32").intValue());
        Path vision = temp.resolve("mmproj-eye.gguf");
        assertEquals(vision.toString(), answer.at("/vision/path").stringValue());
        assertEquals(Files.size(vision), answer.at("/vision/bytes").longValue());
        assertEquals(Files.size(to), answer.at("/text/bytes").longValue());
        assertEquals(List.of("eye.gguf", "mmproj-eye.gguf"), left());
    }

    @Test
    void the_chat_template_of_a_folder_goes_into_the_file() throws IOException {
        Path folder = copyOf("tiny-text-a", "config.json", "model.safetensors", "tekken.json");
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"chat_template\": \"{{ bos }}\"}");
        Path to = temp.resolve("out.gguf");
        assertEquals(0, Tramontane.run("convert", folder.toString(), to.toString()).code());
        String file = Files.readString(to, StandardCharsets.ISO_8859_1);
        assertTrue(file.contains("{{ bos }}"));
    }

    @Test
    void a_file_that_is_there_stays_unless_force_is_said() throws IOException {
        Path to = temp.resolve("out.gguf");
        Files.writeString(to, "precious");
        String[] arguments = {"quantize", Tramontane.TINY, to.toString(), "--type", "Q8_0"};

        Tramontane.Result refused = Tramontane.run(arguments);
        assertEquals(1, refused.code());
        assertEquals(
                "tramontane: "
                        + to
                        + ": there is such a file already, expected none; name another, or replace"
                        + " it with --force\n",
                refused.err());
        assertEquals("precious", Files.readString(to));

        assertEquals(0, Tramontane.run(with(arguments, "--force")).code());
        assertTrue(Files.size(to) > 1000);
    }

    @Test
    void the_model_itself_is_never_replaced() throws IOException {
        Path folder = copyOf("tiny-text-a", "model-f32.gguf");
        String model = folder.resolve("model-f32.gguf").toString();
        Tramontane.Result result =
                Tramontane.run("quantize", model, model, "--type", "Q8_0", "--force");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("is the model itself"), result.err());
    }

    @Test
    void a_quantised_model_needs_a_word_to_be_quantised_again() {
        String model = Tramontane.VECTORS.resolve("tiny-text-b/model-q8_0.gguf").toString();
        String to = temp.resolve("out.gguf").toString();
        String[] arguments = {"quantize", model, to, "--type", "q4_k"};

        Tramontane.Result refused = Tramontane.run(arguments);
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("most weights are Q8_0 already"), refused.err());

        Tramontane.Result made = Tramontane.run(with(arguments, "--requantize", "--json"));
        assertEquals(0, made.code(), made.err());
        JsonNode answer = Json.parse("output", made.out());
        assertEquals("Q4_K_M", answer.path("type").stringValue());
        assertEquals(
                Json.parse("expected", "{\"Q4_K\":13,\"F32\":5,\"Q6_K\":3}"),
                answer.at("/text/tensors"));
    }

    @Test
    void a_model_in_several_files_becomes_one() throws IOException {
        Path whole = temp.resolve("whole.gguf");
        Path joined = temp.resolve("joined.gguf");
        Path first = split(Path.of(Tramontane.TINY));
        quantize(Tramontane.TINY, whole);
        quantize(first.toString(), joined);
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(joined));
    }

    private static void quantize(String from, Path to) {
        Tramontane.Result made =
                Tramontane.run("quantize", from, to.toString(), "--type", "Q5_1", "--pure");
        assertEquals(0, made.code(), made.err());
    }

    /// Two parts with every other tensor each; returns the first.
    private Path split(Path model) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            GgufFile file = GgufFile.open(model, arena);
            List<String> names = List.copyOf(file.tensors().keySet());
            for (int part = 0; part < 2; part++) {
                var writer = new GgufWriter();
                if (part == 0) {
                    file.metadata().keys().forEach(key -> writer.copy(file.metadata(), key));
                }
                writer.put("split.no", part)
                        .put("split.count", 2)
                        .put("split.tensors.count", names.size());
                for (int i = part; i < names.size(); i += 2) {
                    writer.add(names.get(i), file.tensor(names.get(i)));
                }
                writer.write(temp.resolve("model-0000" + (part + 1) + "-of-00002.gguf"));
            }
        }
        return temp.resolve("model-00001-of-00002.gguf");
    }

    @Test
    void an_unknown_type_is_refused_with_those_there_are() {
        Tramontane.Result result =
                Tramontane.run("quantize", Tramontane.TINY, "out.gguf", "--type", "Q9");
        assertEquals(2, result.code());
        assertTrue(
                result.err().contains("'Q9' is no type, expected one of F32, F16"), result.err());
    }

    @Test
    void a_gguf_file_is_not_converted() {
        Tramontane.Result result =
                Tramontane.run("convert", Tramontane.TINY, temp.resolve("x.gguf").toString());
        assertEquals(1, result.code());
        assertTrue(result.err().contains("tramontane quantize"), result.err());
    }

    @Test
    void what_is_stopped_leaves_nothing() throws IOException {
        var io = Tramontane.program();
        var progress =
                new ProgressLine(
                        io.stdio(new ByteArrayOutputStream(), new ByteArrayOutputStream()),
                        "quantizing");
        try (var arena = Arena.ofShared();
                var output =
                        new GgufOutput(
                                Path.of(Tramontane.TINY),
                                arena,
                                Optional.empty(),
                                false,
                                false,
                                1)) {
            output.planText(temp.resolve("out.gguf"));
            progress.stop();
            assertThrows(CancellationException.class, () -> output.write(progress));
        }
        assertEquals(List.of(), left());
    }

    /// A file that is open for writing already cannot be leased: it changes at once.
    @Test
    void a_source_that_is_shortened_meanwhile_is_told_and_nothing_is_left() throws IOException {
        Path source = Files.copy(Path.of(Tramontane.TINY), temp.resolve("model.gguf"));
        var progress =
                new ProgressLine(
                        Tramontane.program()
                                .stdio(new ByteArrayOutputStream(), new ByteArrayOutputStream()),
                        "quantizing");
        try (var writer = FileChannel.open(source, StandardOpenOption.WRITE);
                var arena = Arena.ofShared();
                var output =
                        new GgufOutput(
                                source, arena, Optional.of(FileType.Q8_0), false, false, 1)) {
            output.planText(temp.resolve("out.gguf"));
            writer.truncate(1000);
            ModelFormatException told =
                    assertThrows(ModelFormatException.class, () -> output.write(progress));
            assertTrue(
                    String.valueOf(told.getMessage()).contains("and now has 1000"),
                    told.getMessage());
        }
        assertEquals(List.of("model.gguf"), left());
    }

    @Test
    void on_a_terminal_a_line_says_how_far_it_is() {
        Tramontane.Result result =
                Tramontane.program()
                        .terminals(new Stdio.Terminals(false, false, true))
                        .with(
                                "quantize",
                                Tramontane.TINY,
                                temp.resolve("out.gguf").toString(),
                                "--type",
                                "Q8_0");
        assertEquals(0, result.code());
        assertTrue(result.err().startsWith("\r\033[K\033[?7lquantizing "), result.err());
        assertTrue(result.err().endsWith("\r\033[K"), result.err());
        assertFalse(result.out().contains("\r"));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    private Path copyOf(String model, String... files) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("model"));
        for (String file : files) {
            Files.copy(Tramontane.VECTORS.resolve(model).resolve(file), folder.resolve(file));
        }
        return folder;
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
    }
}
