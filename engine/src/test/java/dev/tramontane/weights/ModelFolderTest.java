package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Which files of a folder make a model, and what is said when they do not.
class ModelFolderTest {

    @TempDir Path parent;
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void unmap() {
        arena.close();
    }

    @Test
    void of_two_complete_sets_the_native_one_is_taken() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("config.json"), "{\"a\": 1}");
        Files.writeString(folder.resolve("params.json"), "{\"b\": 2}");
        weights(folder, "model.safetensors", "hf");
        weights(folder, "consolidated.safetensors", "native");
        Files.writeString(folder.resolve("tekken.json"), "{}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"temperature\": 0.7}");

        ModelFolder model = ModelFolder.open(folder, arena);

        assertEquals(ModelFolder.Kind.MISTRAL, model.kind());
        assertTrue(model.weights().tensors().containsKey("native"));
        assertFalse(model.weights().tensors().containsKey("hf"));
        assertEquals(2, model.config().orElseThrow().path("b").intValue());
        assertEquals(0.7, model.generationConfig().orElseThrow().path("temperature").doubleValue());
        assertEquals(Optional.of(folder.resolve("tekken.json")), model.tekken());
        assertEquals("Model-1", model.name());
    }

    @Test
    void a_path_to_a_weights_file_chooses_its_set() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve("params.json"), "{}");
        weights(folder, "model.safetensors", "hf");
        weights(folder, "consolidated.safetensors", "native");

        assertEquals(
                ModelFolder.Kind.HUGGING_FACE,
                ModelFolder.open(folder.resolve("model.safetensors"), arena).kind());
        assertEquals(
                ModelFolder.Kind.MISTRAL,
                ModelFolder.open(folder.resolve("consolidated.safetensors"), arena).kind());
    }

    @Test
    void shards_are_read_as_one_file() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("config.json"), "{}");
        weights(folder, "model-00001-of-00002.safetensors", "a");
        weights(folder, "model-00002-of-00002.safetensors", "b");
        index(
                folder,
                "\"a\": \"model-00001-of-00002.safetensors\", \"b\": \"model-00002-of-00002.safetensors\"");

        WeightsFile weights = ModelFolder.open(folder, arena).weights();

        assertEquals(java.util.Set.of("a", "b"), weights.tensors().keySet());
        assertEquals(7, weights.tensor("b").get(0, 0));
    }

    @Test
    void numbered_native_files_need_no_index_but_all_numbers() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("params.json"), "{}");
        weights(folder, "consolidated-00001-of-00002.safetensors", "a");
        weights(folder, "consolidated-00002-of-00002.safetensors", "b");
        assertEquals(2, ModelFolder.open(folder, arena).weights().tensors().size());

        Files.delete(folder.resolve("consolidated-00001-of-00002.safetensors"));
        refused(folder, "part 1 of 00002 is missing");
        weights(folder, "consolidated-00001-of-00002.safetensors", "a");
        Files.delete(folder.resolve("consolidated-00002-of-00002.safetensors"));
        refused(folder, "1 of 00002 parts are there");
    }

    @Test
    void a_tensor_in_two_shards_is_refused() throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("params.json"), "{}");
        weights(folder, "consolidated-00001-of-00002.safetensors", "a");
        weights(folder, "consolidated-00002-of-00002.safetensors", "a");
        refused(folder, "tensor a is in consolidated-00001-of-00002.safetensors as well");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.safetensors",
                "/etc/passwd",
                "sub/../../secret.safetensors",
                "..\\\\secret.safetensors",
                "C:secret.safetensors",
                "\\u0000",
                "",
                ".",
                "..",
                "missing.safetensors"
            })
    void an_index_cannot_lead_out_of_the_folder(String shard) throws IOException {
        Path folder = folder();
        weights(parent, "secret.safetensors", "a");
        Files.writeString(folder.resolve("config.json"), "{}");
        index(folder, "\"a\": \"" + shard + "\"");
        refused(folder, "which is not in the folder");
    }

    @Test
    void a_link_cannot_lead_out_of_the_folder() throws IOException {
        Path folder = folder();
        weights(parent, "secret.safetensors", "a");
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.createSymbolicLink(
                folder.resolve("model.safetensors"), Path.of("..", "secret.safetensors"));
        refused(folder, "model.safetensors is a link to a place outside");
    }

    @Test
    void a_gguf_file_found_in_a_folder_and_a_text_are_no_links_out_of_it_either()
            throws IOException {
        Path folder = folder();
        new GgufWriter().put("general.name", "x").write(parent.resolve("secret.gguf"));
        Files.writeString(parent.resolve("secret.txt"), "secret");
        Path link = folder.resolve("model.gguf");
        Files.createSymbolicLink(link, Path.of("..", "secret.gguf"));
        refused(folder, "model.gguf is a link to a place outside");

        Files.delete(link);
        new GgufWriter().put("general.name", "x").write(link);
        Files.createSymbolicLink(folder.resolve("system_prompt.txt"), Path.of("..", "secret.txt"));
        ModelFolder model = ModelFolder.open(folder, arena);
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> model.text("system_prompt.txt"));
        assertTrue(String.valueOf(e.getMessage()).contains("is a link to a place outside"));
    }

    @Test
    void a_text_beside_the_weights_is_short_and_utf_8() throws IOException {
        Path folder = folder();
        new GgufWriter().put("general.name", "x").write(folder.resolve("x.gguf"));
        Files.writeString(folder.resolve("a.txt"), "ä");
        Files.write(folder.resolve("b.txt"), new byte[] {(byte) 0xC3});
        Files.write(folder.resolve("c.txt"), new byte[(1 << 20) + 1]);
        ModelFolder model = ModelFolder.open(folder, arena);

        assertEquals(Optional.of("ä"), model.text("a.txt"));
        assertEquals(Optional.empty(), model.text("../a.txt"));
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> model.text("b.txt"));
        assertEquals("b.txt: no valid UTF-8; the file is damaged: get it again", e.getMessage());
        assertThrows(ModelFormatException.class, () -> model.text("c.txt"));
    }

    @Test
    void what_is_neither_file_nor_folder_is_not_read() {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/zero")), "no such device here");
        refused(Path.of("/dev/zero"), "neither a file nor a folder");
    }

    @Test
    void a_file_replaced_while_it_is_read_keeps_its_old_content_for_the_reader()
            throws IOException {
        Path folder = folder();
        Files.writeString(folder.resolve("config.json"), "{}");
        weights(folder, "model.safetensors", "a");
        WeightsFile old = ModelFolder.open(folder, arena).weights();

        new SafetensorsWriter()
                .add("b", Tensor.of(new float[] {8, 8, 8, 8}, 2, 2))
                .write(folder.resolve("model.safetensors"));

        assertEquals(7, old.tensor("a").get(0, 0));
        assertEquals(8, ModelFolder.open(folder, arena).weights().tensor("b").get(1, 1));
    }

    @Test
    void the_links_of_a_hugging_face_cache_are_followed() throws IOException {
        Path blobs = Files.createDirectory(parent.resolve("blobs"));
        Path snapshot = Files.createDirectories(parent.resolve("snapshots").resolve("abc"));
        weights(blobs, "1234", "a");
        Files.writeString(blobs.resolve("5678"), "{}");
        Files.createSymbolicLink(
                snapshot.resolve("model.safetensors"), Path.of("..", "..", "blobs", "1234"));
        Files.createSymbolicLink(
                snapshot.resolve("config.json"), Path.of("..", "..", "blobs", "5678"));

        assertEquals(ModelFolder.Kind.HUGGING_FACE, ModelFolder.open(snapshot, arena).kind());
    }

    @Test
    void a_folder_with_one_gguf_file_is_that_file() throws IOException {
        Path folder = folder();
        new GgufWriter().put("general.name", "x").write(folder.resolve("x-Q4_0.gguf"));
        new GgufWriter().put("general.name", "v").write(folder.resolve("mmproj-x.gguf"));
        Files.writeString(folder.resolve("other-tekken-v11.json"), "{}");

        ModelFolder model = ModelFolder.open(folder, arena);

        assertEquals(ModelFolder.Kind.GGUF, model.kind());
        assertEquals("x-Q4_0", model.name());
        assertEquals(Optional.empty(), model.config());
        assertTrue(model.tekken().isPresent());

        new GgufWriter().put("general.name", "y").write(folder.resolve("y.gguf"));
        refused(folder, "there are 2: give the path of one");
    }

    @Test
    void what_is_missing_is_said() throws IOException {
        Path folder = folder();
        refused(folder, "looked for params.json with consolidated*.safetensors");
        Files.writeString(folder.resolve("config.json"), "{}");
        refused(folder, "the configuration lacks its weights");
        weights(folder, "consolidated.safetensors", "a");
        refused(folder, "the weights lack their params.json");
        assertThrows(
                NoSuchFileException.class, () -> ModelFolder.open(parent.resolve("no"), arena));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{", "{\"a\": 1, \"a\": 2}", "{} {}", "\"x\""})
    void a_configuration_that_is_no_object_is_refused(String json) throws IOException {
        Path folder = folder();
        weights(folder, "model.safetensors", "a");
        Files.writeString(folder.resolve("config.json"), json);
        refused(folder, "config.json: ");
    }

    private Path folder() throws IOException {
        return Files.createDirectory(parent.resolve("Model-1"));
    }

    private static void weights(Path folder, String name, String tensor) throws IOException {
        new SafetensorsWriter()
                .add(tensor, Tensor.of(new float[] {7}, 1, 1))
                .write(folder.resolve(name));
    }

    private static void index(Path folder, String map) throws IOException {
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
    }

    private void refused(Path path, String message) {
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> ModelFolder.open(path, arena));
        assertTrue(
                String.valueOf(e.getMessage()).contains(message),
                () -> String.valueOf(e.getMessage()));
    }
}
