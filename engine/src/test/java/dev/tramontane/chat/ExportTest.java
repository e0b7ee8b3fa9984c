package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.TextExport;
import dev.tramontane.model.VisionExport;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.GgufArray;
import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.WeightsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Models written as GGUF, against the files that llama.cpp's converter made of them: entry by
/// entry and tensor by tensor.
class ExportTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    /// Where ours differ from the converter's, and why.
    private static final Map<String, String> DIFFERENCES =
            Map.of(
                    "general.name",
                            "the folder's name; the converter's folder was called otherwise",
                    "tokenizer.ggml.scores", "float32 as specified; the converter writes int32",
                    "tramontane.tekken",
                            "ours: GGUF has no key for the instruct format and images");

    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "tiny-text-a/consolidated.safetensors, tiny-text-a/model-f32.gguf",
        "tiny-text-a/model.safetensors, tiny-text-a/model-f32.gguf",
        "tiny-ministral3/model.safetensors, tiny-ministral3/model-f32.gguf",
        "tiny-vision/model.safetensors, tiny-vision/model-f32.gguf"
    })
    void a_converted_model_is_what_the_reference_converter_makes(Path from, Path reference)
            throws IOException {
        Path file = convert(from, Optional.empty());
        try (Arena arena = Arena.ofShared()) {
            compare(GgufFile.open(VECTORS.resolve(reference), arena), GgufFile.open(file, arena));
        }
    }

    @Test
    void weights_of_sixteen_bits_stay_as_they_are() throws IOException {
        Path file = convert(Path.of("tiny-text-b/model.safetensors"), Optional.empty());
        try (Arena arena = Arena.ofShared()) {
            GgufFile read = GgufFile.open(file, arena);
            assertEquals(DType.BF16, read.tensor("blk.0.ffn_up.weight").type());
            assertEquals(DType.F32, read.tensor("blk.0.ffn_norm.weight").type());
            assertEquals(Optional.of(32L), read.metadata().integer("general.file_type"));
            GgufFile reference =
                    GgufFile.open(VECTORS.resolve("tiny-text-b/model-q8_0.gguf"), arena);
            assertEquals(
                    entries(reference.metadata(), Set.of("general.file_type")),
                    entries(read.metadata(), Set.of("general.file_type")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tiny-ministral3/model.safetensors, BF16, tiny-ministral3/model-bf16.gguf",
        "tiny-ministral3/model.safetensors, F16, tiny-ministral3/model-f16.gguf"
    })
    void rounded_to_sixteen_bits_it_is_what_the_reference_makes(
            Path from, FileType type, Path reference) throws IOException {
        Path file = convert(from, Optional.of(type));
        try (Arena arena = Arena.ofShared()) {
            compare(GgufFile.open(VECTORS.resolve(reference), arena), GgufFile.open(file, arena));
        }
    }

    @ParameterizedTest
    @CsvSource({"model.safetensors", "consolidated.safetensors"})
    void the_vision_part_is_what_the_reference_converter_makes(String weights) throws IOException {
        Path file = temp.resolve("mmproj.gguf");
        try (Arena arena = Arena.ofShared();
                RowEncoder encoder = new RowEncoder(2)) {
            ModelFolder folder = ModelFolder.open(VECTORS.resolve("tiny-vision/" + weights), arena);
            Tekken tekken = Tekken.read(folder.tekken().orElseThrow());
            var writer = new GgufWriter();
            VisionExport.of(folder, FileType.F32)
                    .orElseThrow()
                    .addTo(writer, encoder, tekken.special(SpecialToken.IMG_BREAK));
            writer.write(file);

            GgufFile read = GgufFile.open(file, arena);
            GgufFile reference =
                    GgufFile.open(VECTORS.resolve("tiny-vision/mmproj-f32.gguf"), arena);
            assertEquals(
                    entries(reference.metadata(), Set.of()), entries(read.metadata(), Set.of()));
            // The reference was made without a tokenizer, and so without the row break.
            Set<String> names = new TreeSet<>(read.tensors().keySet());
            assertTrue(names.remove("v.token_embd.img_break"));
            assertEquals(new TreeSet<>(reference.tensors().keySet()), names);
            for (String name : names) {
                assertArrayEquals(shape(reference, name), shape(read, name), name);
                assertSame(name, reference.tensor(name), read.tensor(name));
            }
            Tensor embedding = ModelWeights.read(folder, ModelConfig.read(folder)).embedding();
            assertArrayEquals(
                    embedding.row(12), read.tensor("v.token_embd.img_break").row(0), "row break");
        }
    }

    @Test
    void a_model_that_sees_nothing_has_no_vision_part() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            ModelFolder folder = ModelFolder.open(VECTORS.resolve("tiny-text-a"), arena);
            assertTrue(VisionExport.of(folder, FileType.F32).isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({"tiny-qwen3", "tiny-qwen3-yarn"})
    void qwen3_keeps_its_configuration_and_the_order_of_its_rows(String model) throws IOException {
        Path file = temp.resolve("qwen3.gguf");
        try (Arena arena = Arena.ofShared();
                RowEncoder encoder = new RowEncoder(2)) {
            ModelFolder folder = ModelFolder.open(VECTORS.resolve(model), arena);
            write(folder, Optional.empty(), encoder, file, false);
            ModelFolder reference =
                    ModelFolder.open(VECTORS.resolve(model + "/model-f32.gguf"), arena);
            ModelFolder read = ModelFolder.open(file, arena);
            assertEquals(rounded(ModelConfig.read(reference)), rounded(ModelConfig.read(read)));
            for (String name : reference.weights().tensors().keySet()) {
                Tensor expected = reference.weights().tensor(name);
                assertSame(name, expected, read.weights().tensor(name));
            }
        }
    }

    /// Without the last digits of factors that files keep as float32.
    private static String rounded(ModelConfig config) {
        return config.toString().replaceAll("attentionFactor=(1\\.0|0\\.9999|1\\.0000)\\d*", "one");
    }

    @Test
    void quantising_keeps_every_entry_but_those_about_the_file() throws IOException {
        Path file = convert(Path.of("tiny-text-b/model-q8_0.gguf"), Optional.of(FileType.Q4_K_M));
        try (Arena arena = Arena.ofShared()) {
            GgufFile reference =
                    GgufFile.open(VECTORS.resolve("tiny-text-b/model-q4_k_m.gguf"), arena);
            GgufFile read = GgufFile.open(file, arena);
            Map<String, String> expected = new TreeMap<>();
            Map<String, String> found = new TreeMap<>();
            reference.metadata().keys().forEach(k -> expected.put(k, shown(reference, k)));
            read.metadata().keys().forEach(k -> found.put(k, shown(read, k)));
            assertEquals(expected, found);
            assertEquals(DType.Q4_K, read.tensor("blk.0.ffn_down.weight").type());
            assertEquals(DType.Q6_K, read.tensor("blk.1.ffn_down.weight").type());
            assertEquals(DType.Q6_K, read.tensor("output.weight").type());
        }
    }

    @Test
    void a_value_that_is_no_number_is_refused_by_tensor_and_row() throws IOException {
        Path folder = temp.resolve("broken");
        Files.createDirectories(folder);
        Path source = VECTORS.resolve("tiny-text-a");
        for (String name : new String[] {"config.json", "tekken.json"}) {
            Files.copy(source.resolve(name), folder.resolve(name));
        }
        byte[] bytes = Files.readAllBytes(source.resolve("model.safetensors"));
        try (Arena arena = Arena.ofShared()) {
            ModelFolder whole = ModelFolder.open(source.resolve("model.safetensors"), arena);
            long at = info(whole.weights(), "model.layers.1.mlp.up_proj.weight").offset();
            int row = 4 * 96 * 5; // float32, values of a row, rows
            Arrays.fill(bytes, (int) at + row, (int) at + row + 4, (byte) 0xFF);
        }
        Files.write(folder.resolve("model.safetensors"), bytes);

        ModelFormatException e =
                assertThrows(
                        ModelFormatException.class,
                        () -> convertFolder(folder, Optional.of(FileType.Q8_0)));
        assertEquals(
                "broken: row 5 has the value NaN of blk.1.ffn_up.weight, which Q8_0 cannot hold;"
                        + " choose a wider type, BF16 or F32, and get the model again if it is no"
                        + " number",
                e.getMessage());
    }

    @Test
    void a_converted_vocabulary_encodes_as_the_original_and_knows_its_format() throws IOException {
        Path file = convert(Path.of("tiny-text-a/consolidated.safetensors"), Optional.empty());
        Tekken original = Tekken.read(VECTORS.resolve("tiny-text-a/tekken.json"));
        try (Arena arena = Arena.ofShared()) {
            Tokenizer read = Tokenizer.fromGguf(GgufFile.open(file, arena).metadata());
            assertEquals(original.config(), ((Tekken) read).config());
            String text = "Wie weit ist es bis Köln? 42 km…\n\tthe end";
            assertArrayEquals(original.encode(text), read.encode(text));
            assertEquals(
                    InstructTemplate.of(original, Optional.empty(), Optional.empty())
                            .map(template -> template.rules().version()),
                    InstructTemplate.of(read, Optional.empty(), Optional.empty())
                            .map(template -> template.rules().version()));
        }
    }

    private Path convert(Path from, Optional<FileType> type) throws IOException {
        return convertFolder(VECTORS.resolve(from), type);
    }

    private Path convertFolder(Path from, Optional<FileType> type) throws IOException {
        Path file = temp.resolve("converted.gguf");
        try (Arena arena = Arena.ofShared();
                RowEncoder encoder = new RowEncoder(2)) {
            write(ModelFolder.open(from, arena), type, encoder, file, true);
        }
        return file;
    }

    private static void write(
            ModelFolder folder,
            Optional<FileType> type,
            RowEncoder encoder,
            Path file,
            boolean tokens)
            throws IOException {
        TextExport text = new TextExport(folder, type, false);
        var writer = new GgufWriter();
        text.describe(writer);
        if (tokens && folder.kind() != ModelFolder.Kind.GGUF) {
            Tekken.read(folder.tekken().orElseThrow())
                    .writeTo(writer, ModelConfig.read(folder).vocab());
        }
        text.addTensors(writer, encoder);
        writer.write(file);
    }

    private static void compare(GgufFile reference, GgufFile read) {
        assertEquals(entries(reference.metadata(), Set.of()), entries(read.metadata(), Set.of()));
        assertEquals(
                new TreeSet<>(reference.tensors().keySet()),
                new TreeSet<>(read.tensors().keySet()));
        for (String name : reference.tensors().keySet()) {
            assertArrayEquals(shape(reference, name), shape(read, name), name);
            assertSame(name, reference.tensor(name), read.tensor(name));
        }
    }

    private static void assertSame(String name, Tensor expected, Tensor found) {
        assertEquals(expected.type(), found.type(), name);
        assertArrayEquals(
                expected.data().toArray(ValueLayout.JAVA_BYTE),
                found.data().toArray(ValueLayout.JAVA_BYTE),
                name);
    }

    private static long[] shape(GgufFile file, String name) {
        return info(file, name).shape();
    }

    private static WeightsFile.TensorInfo info(WeightsFile file, String name) {
        return Optional.ofNullable(file.tensors().get(name)).orElseThrow();
    }

    /// All entries as text, without those that differ for a reason.
    private static Map<String, String> entries(Metadata metadata, Set<String> besides) {
        Map<String, String> entries = new TreeMap<>();
        for (String key : metadata.keys()) {
            if (!DIFFERENCES.containsKey(key) && !besides.contains(key)) {
                entries.put(key, shown(metadata, key));
            }
        }
        return entries;
    }

    private static String shown(GgufFile file, String key) {
        return key.equals("general.file_type") ? "" : shown(file.metadata(), key);
    }

    private static String shown(Metadata metadata, String key) {
        Object value = metadata.get(key).orElseThrow();
        if (!(value instanceof GgufArray array)) {
            return value.toString();
        }
        return switch (array.elementType()) {
            case "string" -> Arrays.toString(metadata.texts(key).orElseThrow());
            case "int32" -> Arrays.toString(metadata.ints(key).orElseThrow());
            case "float32" -> Arrays.toString(metadata.floats(key).orElseThrow());
            default -> array.toString();
        };
    }
}
