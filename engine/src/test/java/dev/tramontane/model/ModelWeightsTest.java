package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.SafetensorsWriter;
import dev.tramontane.weights.TensorNames;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which tensors make a model.
class ModelWeightsTest {
    @TempDir Path folder;
    private final Arena arena = Arena.ofConfined();
    private final ModelWeights random = RandomWeights.of(SmallModel.CONFIG, 1, arena);

    @AfterEach
    void unmap() {
        arena.close();
    }

    @Test
    void written_weights_come_back_in_their_places() throws IOException {
        Path file = folder.resolve("small.gguf");
        SmallModel.writeGguf(file);
        assertSame(read(file));
    }

    @Test
    void sharded_weights_come_back_in_their_places() throws IOException {
        SmallModel.writeHuggingFace(folder);
        assertSame(read(folder));
    }

    @Test
    void native_weights_come_back_in_their_places() throws IOException {
        SmallModel.writeMistral(folder);
        assertSame(read(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "language_model.model., language_model.lm_head.weight, vision_tower.ln_pre.weight",
        "model.language_model., lm_head.weight, model.vision_tower.ln_pre.weight",
        "model., lm_head.weight, multi_modal_projector.norm.weight",
    })
    void every_published_prefix_is_read_and_vision_is_left_alone(
            String prefix, String output, String vision) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        random.named(TensorNames.of(ModelFolder.Kind.HUGGING_FACE))
                .forEach(
                        (name, tensor) ->
                                tensors.put(
                                        name.startsWith("model.")
                                                ? prefix + name.substring("model.".length())
                                                : output,
                                        tensor));
        tensors.put(vision, Tensor.of(new float[3], 1, 3));
        assertSame(readHuggingFace(SmallModel.CONFIG_JSON, tensors));
    }

    @Test
    void an_output_that_the_configuration_does_not_tie_must_be_there() throws IOException {
        Map<String, Tensor> tensors = huggingFace();
        tensors.remove("lm_head.weight");
        refused("no tensor lm_head.weight", () -> readHuggingFace(SmallModel.CONFIG_JSON, tensors));

        ModelWeights tied =
                readHuggingFace(
                        SmallModel.CONFIG_JSON.replace(
                                "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"),
                        tensors);
        assertEquals(tied.embedding(), tied.output());
        assertTrue(tied.bytes() < random.bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "blk.0.attn_q.bias",
                "blk.2.attn_norm.weight",
                "blk.0.attn_q_norm.weight",
                "blk.1.ffn_gate_inp.weight",
                "rope_freqs.weight",
                "anything"
            })
    void a_tensor_without_a_place_is_refused_by_name(String name) throws IOException {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(random.named(TensorNames.of(ModelFolder.Kind.GGUF)));
        tensors.put(name, Tensor.of(new float[8], 1, 8));
        Path file = folder.resolve("extra.gguf");
        SmallModel.writeGguf(file, SmallModel.metadata(), tensors);
        refused("tensor " + name + " has no place", () -> read(file));
    }

    @Test
    void a_missing_tensor_is_refused_by_name() throws IOException {
        for (String name : huggingFace().keySet()) {
            Map<String, Tensor> tensors = huggingFace();
            tensors.remove(name);
            refused("no tensor " + name, () -> readHuggingFace(SmallModel.CONFIG_JSON, tensors));
        }
    }

    @Test
    void a_tensor_of_another_shape_is_refused_by_name() throws IOException {
        for (String name : huggingFace().keySet()) {
            Map<String, Tensor> tensors = huggingFace();
            tensors.put(name, Tensor.of(new float[3 * 8], 3, 8));
            refused(
                    "tensor " + name + " has the shape [3, 8], expected",
                    () -> readHuggingFace(SmallModel.CONFIG_JSON, tensors));
        }
    }

    @Test
    void equal_seeds_give_equal_weights() {
        ModelWeights again = RandomWeights.of(SmallModel.CONFIG, 1, arena);
        ModelWeights other = RandomWeights.of(SmallModel.CONFIG, 2, arena);
        assertEquals(random.output().get(3, 4), again.output().get(3, 4));
        assertNotEquals(random.output().get(3, 4), other.output().get(3, 4));
    }

    private void assertSame(ModelWeights read) {
        Map<String, Tensor> expected = random.named(TensorNames.of(ModelFolder.Kind.GGUF));
        Map<String, Tensor> actual = read.named(TensorNames.of(ModelFolder.Kind.GGUF));
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach(
                (name, tensor) -> {
                    Tensor found = actual.get(name);
                    assertTrue(found != null && tensor.data().mismatch(found.data()) == -1, name);
                });
    }

    private Map<String, Tensor> huggingFace() {
        return new LinkedHashMap<>(random.named(TensorNames.of(ModelFolder.Kind.HUGGING_FACE)));
    }

    private ModelWeights readHuggingFace(String config, Map<String, Tensor> tensors)
            throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach(writer::add);
        writer.write(folder.resolve("model.safetensors"));
        return read(folder);
    }

    private ModelWeights read(Path path) throws IOException {
        ModelFolder opened = ModelFolder.open(path, arena);
        return ModelWeights.read(opened, ModelConfig.read(opened));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable reading) {
        ModelFormatException e = assertThrows(ModelFormatException.class, reading);
        assertTrue(
                String.valueOf(e.getMessage()).contains(message),
                () -> String.valueOf(e.getMessage()));
    }
}
