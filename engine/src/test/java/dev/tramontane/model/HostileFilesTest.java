package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.Metadata;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Damaged and hostile files through the whole way of opening a model, held to what {@link Opening}
/// demands.
///
/// `-Dtramontane.mutations=1000000` runs the long form: so many of GGUF and safetensors files each,
/// a twentieth of the small JSON files.
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {
    @TempDir Path folder;

    @Test
    void a_gguf_file_cut_anywhere_is_refused() throws IOException {
        Path file = folder.resolve("small.gguf");
        SmallModel.writeGguf(file);
        byte[] whole = Files.readAllBytes(file);
        SmallModel.open(file);
        // The last tensor is a multiple of the alignment, so that no padding follows it.
        for (int length = 0; length < whole.length; length++) {
            Damage.overwrite(file, Arrays.copyOf(whole, length));
            assertFalse(Opening.of("cut at " + length, length, () -> SmallModel.open(file)));
        }
    }

    @Test
    void a_safetensors_file_cut_anywhere_is_refused() throws IOException {
        SmallModel.writeMistral(folder);
        Path file = folder.resolve("consolidated.safetensors");
        byte[] whole = Files.readAllBytes(file);
        SmallModel.open(folder);
        for (int length = 0; length < whole.length; length++) {
            Damage.overwrite(file, Arrays.copyOf(whole, length));
            assertFalse(Opening.of("cut at " + length, length, () -> SmallModel.open(folder)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "model.safetensors.index.json"})
    void a_json_file_cut_anywhere_is_refused(String name) throws IOException {
        SmallModel.writeHuggingFace(folder);
        Path file = folder.resolve(name);
        byte[] whole = Files.readString(file).stripTrailing().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            Damage.overwrite(file, Arrays.copyOf(whole, length));
            assertFalse(Opening.of("cut at " + length, length, () -> SmallModel.open(folder)));
        }
    }

    /// The worst that JSON can do: values of few bytes that each become an object.
    @ParameterizedTest
    @ValueSource(ints = {10_000, 100_000, 1_000_000})
    void json_of_many_small_values_costs_what_its_size_warrants(int values) throws IOException {
        SmallModel.writeHuggingFace(folder);
        Path file = folder.resolve("config.json");
        StringBuilder json = new StringBuilder("{\"model_type\": \"mistral\"");
        for (int i = 0; i < values; i++) {
            json.append(",\"").append(Integer.toString(i, 36)).append("\":{}");
        }
        Files.writeString(file, json.append('}'));
        assertFalse(Opening.of(values + " values", json.length(), () -> SmallModel.open(folder)));
    }

    /// Header bloat in the one part of a head that may hold anything.
    @ParameterizedTest
    @ValueSource(ints = {100_000, 1_000_000})
    void metadata_of_many_entries_costs_nothing_lasting(int entries) throws IOException {
        SmallModel.writeMistral(folder);
        Path file = folder.resolve("consolidated.safetensors");
        ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headBytes = (int) whole.getLong(0);
        StringBuilder bloat = new StringBuilder("{\"__metadata__\":{\"a\":\"\"");
        for (int i = 0; i < entries; i++) {
            bloat.append(",\"").append(i).append("\":\"\"");
        }
        byte[] head =
                bloat.append("},")
                        .append(new String(whole.array(), 9, headBytes - 1, StandardCharsets.UTF_8))
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(8 + head.length + whole.capacity() - 8 - headBytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(head.length)
                        .put(head)
                        .put(whole.array(), 8 + headBytes, whole.capacity() - 8 - headBytes)
                        .array());
        assertTrue(Opening.of(entries + " entries", head.length, () -> SmallModel.open(folder)));
    }

    /// A vocabulary as large as Magistral's, with the merges of a byte-level tokenizer.
    @Test
    void a_large_vocabulary_costs_nothing_until_it_is_asked_for() throws IOException {
        Path file = folder.resolve("vocabulary.gguf");
        Map<String, Object> metadata = SmallModel.metadata();
        List<String> tokens = Collections.nCopies(131_072, "a token");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.merges", Collections.nCopies(269_443, "mer ge"));
        SmallModel.writeGguf(file, metadata, Map.of());
        try (Arena arena = Arena.ofConfined()) {
            GgufFile.open(file, arena);
            long before = Opening.ALLOCATED.now();
            Metadata read = GgufFile.open(file, arena).metadata();
            long opening = Opening.ALLOCATED.now() - before;

            assertTrue(opening < 200_000, opening + " bytes allocated");
            assertArrayEquals(tokens.toArray(), read.texts("tokenizer.ggml.tokens").orElseThrow());
        }
    }

    @Test
    void mutated_gguf_files_open_or_are_refused() throws IOException {
        Path file = folder.resolve("small.gguf");
        SmallModel.writeGguf(file);
        Mutations mutations = new Mutations(1);
        int head = (int) Files.size(file) - 8_000;
        mutate(file, file, Mutations.MANY, bytes -> mutations.mutate(bytes, head));
    }

    /// With a byte-level vocabulary, whose checks differ.
    @Test
    void a_mutated_real_gguf_file_opens_or_is_refused() throws IOException {
        Path file = folder.resolve("tiny.gguf");
        Files.copy(SmallTexts.VECTORS.resolve("tiny-text-a/model-q4_0.gguf"), file);
        Mutations mutations = new Mutations(6);
        int head = 40_000;
        mutate(file, file, Mutations.FEWER, bytes -> mutations.mutate(bytes, head));
    }

    @Test
    void mutated_safetensors_files_open_or_are_refused() throws IOException {
        SmallModel.writeMistral(folder);
        Mutations mutations = new Mutations(2);
        mutate(
                folder,
                folder.resolve("consolidated.safetensors"),
                Mutations.MANY,
                bytes -> mutations.mutate(bytes, 2_000));
    }

    @Test
    void mutated_hugging_face_configurations_open_or_are_refused() throws IOException {
        SmallModel.writeHuggingFace(folder);
        Mutations mutations = new Mutations(3);
        mutate(folder, folder.resolve("config.json"), Mutations.FEWER, mutations::mutateJson);
    }

    @Test
    void mutated_params_open_or_are_refused() throws IOException {
        SmallModel.writeMistral(folder);
        Mutations mutations = new Mutations(4);
        mutate(folder, folder.resolve("params.json"), Mutations.FEWER, mutations::mutateJson);
    }

    @Test
    void mutated_indexes_open_or_are_refused() throws IOException {
        SmallModel.writeHuggingFace(folder);
        Mutations mutations = new Mutations(5);
        mutate(
                folder,
                folder.resolve("model.safetensors.index.json"),
                Mutations.FEWER,
                mutations::mutateJson);
    }

    private static void mutate(Path model, Path file, int mutations, UnaryOperator<byte[]> mutation)
            throws IOException {
        Mutations.openAll(
                Files.readAllBytes(file),
                mutations,
                mutation,
                Damage.inFile(file, () -> SmallModel.open(model)));
    }
}
