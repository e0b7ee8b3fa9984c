package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Scales;
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

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/// A model in FP8 against the same in F32, whose weights are the products of recorded values and
/// scales, computed with sums in double precision.
class Fp8ModelTest {
    private static final double LOGIT_TOLERANCE = 2e-4;

    /// The largest value of the type.
    private static final float LARGEST = 448;

    private static final Path RECORDED = Path.of("src/test/resources/vectors/quant/f8_e4m3.json");

    /// Wider than a square of scales in every direction, and never a whole number of them.
    private static final ModelConfig CONFIG =
            new ModelConfig(
                    160,
                    2,
                    4,
                    2,
                    80,
                    288,
                    300,
                    1e-5f,
                    1e6,
                    Kernels.RopePairs.INTERLEAVED,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    2048);

    private static final String CONFIG_JSON =
            """
            {"model_type": "mistral", "vocab_size": 300, "hidden_size": 160,
             "intermediate_size": 288, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 80, "max_position_embeddings": 2048,
             "rms_norm_eps": 1e-05, "tie_word_embeddings": false, "rope_theta": 1000000.0,
             "quantization_config": {"quant_method": "fp8", "activation_scheme": "static"}}
            """;

    private static final String PARAMS_JSON =
            """
            {"dim": 160, "n_layers": 2, "head_dim": 80, "hidden_dim": 288, "n_heads": 4,
             "n_kv_heads": 2, "norm_eps": 1e-05, "vocab_size": 300, "rope_theta": 1000000.0,
             "max_position_embeddings": 2048, "tied_embeddings": false,
             "quantization": {"qformat_weight": "fp8_e4m3", "qscheme_act": "TENSOR"}}
            """;

    @TempDir Path folder;
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void unmap() {
        arena.close();
    }

    /// How many elements share a scale.
    enum Granularity {
        MATRIX(Integer.MAX_VALUE, Integer.MAX_VALUE),
        ROW(1, Integer.MAX_VALUE),
        SQUARE(128, 128);

        private final int rows;
        private final int cols;

        Granularity(int rows, int cols) {
            this.rows = rows;
            this.cols = cols;
        }
    }

    /// A matrix in three forms.
    ///
    /// @param bits as F8_E4M3
    /// @param scales float[⌈rows / tile⌉][⌈cols / tile⌉]
    /// @param product as F32
    private record Quantised(Tensor bits, Tensor scales, Tensor product) {}

    @ParameterizedTest
    @CsvSource({
        "HUGGING_FACE, MATRIX, _scale_inv, activation_scale",
        "HUGGING_FACE, MATRIX, _scale, input_scale",
        "HUGGING_FACE, ROW, _scale, input_scale",
        "HUGGING_FACE, SQUARE, _scale_inv, k_scale",
        "MISTRAL, MATRIX, qscale_weight, qscale_act",
        "MISTRAL, ROW, qscale_weight, k_fake_quantizer.qscale_act",
        "MISTRAL, SQUARE, qscale_weight, qscale_act",
    })
    void logits_are_those_of_the_product_of_bits_and_scales(
            ModelFolder.Kind kind, Granularity granularity, String scale, String activation)
            throws IOException {
        Map<String, Tensor> eightBit = new LinkedHashMap<>();
        Map<String, Tensor> wide = new LinkedHashMap<>();
        original(kind)
                .forEach(
                        (name, tensor) -> {
                            if (isKept(name)) {
                                eightBit.put(name, tensor);
                                wide.put(name, tensor);
                                return;
                            }
                            Quantised quantised = quantise(tensor, granularity);
                            String stem = name.substring(0, name.length() - "weight".length());
                            eightBit.put(name, quantised.bits());
                            eightBit.put(
                                    scale.startsWith("_") ? name + scale : stem + scale,
                                    quantised.scales());
                            eightBit.put(stem + activation, Tensor.of(new float[] {7}, 1, 1));
                            wide.put(name, quantised.product());
                        });
        Path model = write("fp8", kind, eightBit);
        Path reference = write("f32", kind, wide);
        assertSameRows(reference, model);
        try (PromptModel expected = new PromptModel(reference, new ScalarKernels());
                PromptModel scalar = new PromptModel(model, new ScalarKernels());
                PromptModel vector = new PromptModel(model, new VectorKernels(2))) {
            for (int tokens : new int[] {1, 2, 40}) {
                int[] ids = new Random(tokens).ints(tokens, 0, CONFIG.vocab()).toArray();
                float[][] logits = expected.logits(ids);
                assertClose(logits, scalar.logits(ids));
                assertClose(logits, vector.logits(ids));
            }
        }
    }

    @Test
    void scales_of_a_tied_output_that_is_not_read_are_passed_over() throws IOException {
        Map<String, Tensor> tensors = original(ModelFolder.Kind.HUGGING_FACE);
        Tensor output = RandomWeights.of(CONFIG, 1, arena).output();
        Quantised quantised = quantise(output, Granularity.ROW);
        tensors.put("lm_head.weight", quantised.bits());
        tensors.put("lm_head.weight_scale", quantised.scales());
        Path model = write("tied", ModelFolder.Kind.HUGGING_FACE, tensors);
        Files.writeString(
                model.resolve("config.json"),
                CONFIG_JSON.replace(
                        "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
        ModelWeights weights = read(model);
        assertEquals(weights.embedding(), weights.output());
    }

    @ParameterizedTest
    @CsvSource({
        "model.layers.0.self_attn.q_proj.weight_scale", // of a weight that is F32
        "model.layers.2.self_attn.q_proj.weight_scale", // of a layer too many
        "model.layers.0.self_attn.q_proj.weight_zero_point",
        "model.layers.0.self_attn.q_proj.weight_shape",
    })
    void a_scale_without_its_weight_is_refused(String name) throws IOException {
        Map<String, Tensor> tensors = original(ModelFolder.Kind.HUGGING_FACE);
        tensors.put(name, Tensor.of(new float[] {1}, 1, 1));
        Path model = write("extra", ModelFolder.Kind.HUGGING_FACE, tensors);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(model));
        assertTrue(
                String.valueOf(e.getMessage()).contains("tensor " + name + " has no place"),
                () -> String.valueOf(e.getMessage()));
    }

    private Map<String, Tensor> original(ModelFolder.Kind kind) {
        return new LinkedHashMap<>(RandomWeights.of(CONFIG, 1, arena).named(TensorNames.of(kind)));
    }

    /// Norms, embedding and output, which publishers leave as they are.
    private static boolean isKept(String name) {
        return name.contains("norm") || name.contains("embed") || !name.contains("layers");
    }

    private static Quantised quantise(Tensor original, Granularity granularity) {
        int tilesDown = Math.ceilDiv(original.rows(), granularity.rows);
        int tilesAcross = Math.ceilDiv(original.cols(), granularity.cols);
        Tensor scales = Tensor.of(new float[tilesDown * tilesAcross], tilesDown, tilesAcross);
        for (int row = 0; row < original.rows(); row++) {
            for (int col = 0; col < original.cols(); col++) {
                float least = Math.abs(original.get(row, col)) / LARGEST;
                int down = row / granularity.rows;
                int across = col / granularity.cols;
                scales.set(down, across, Math.max(scales.get(down, across), least));
            }
        }
        float[] recorded = recorded();
        int count = original.rows() * original.cols();
        byte[] bits = new byte[count];
        float[] products = new float[count];
        for (int i = 0; i < count; i++) {
            int row = i / original.cols();
            int col = i % original.cols();
            float scale = scales.get(row / granularity.rows, col / granularity.cols);
            float[] value = {original.get(row, col) / scale};
            Blocks.encode(DType.F8_E4M3, value, 0, 1, MemorySegment.ofArray(bits), i);
            products[i] = (float) ((double) recorded[bits[i] & 0xFF] * scale);
        }
        return new Quantised(
                new Tensor(
                        DType.F8_E4M3,
                        Layout.ROWS,
                        original.rows(),
                        original.cols(),
                        MemorySegment.ofArray(bits)),
                scales,
                Tensor.of(products, original.rows(), original.cols()));
    }

    private static float[] recorded() {
        byte[] bytes =
                Base64.getDecoder()
                        .decode(
                                new JsonMapper()
                                        .readTree(RECORDED.toFile())
                                        .at("/values/f32le_b64")
                                        .stringValue());
        float[] values = new float[256];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private Path write(String name, ModelFolder.Kind kind, Map<String, Tensor> tensors)
            throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        boolean isMistral = kind == ModelFolder.Kind.MISTRAL;
        Files.writeString(
                model.resolve(isMistral ? "params.json" : "config.json"),
                isMistral ? PARAMS_JSON : CONFIG_JSON);
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach(writer::add);
        writer.write(model.resolve(isMistral ? "consolidated.safetensors" : "model.safetensors"));
        return model;
    }

    private ModelWeights read(Path model) throws IOException {
        ModelFolder opened = ModelFolder.open(model, arena);
        return ModelWeights.read(opened, ModelConfig.read(opened));
    }

    /// What everyone who reads rows gets, conversion to other types included.
    private void assertSameRows(Path reference, Path model) throws IOException {
        TensorNames names = TensorNames.of(ModelFolder.Kind.GGUF);
        Map<String, Tensor> found = read(model).named(names);
        int eightBit = 0;
        for (Map.Entry<String, Tensor> expected : read(reference).named(names).entrySet()) {
            Tensor tensor = Objects.requireNonNull(found.get(expected.getKey()));
            for (int row = 0; row < tensor.rows(); row++) {
                assertArrayEquals(expected.getValue().row(row), tensor.row(row), expected.getKey());
            }
            if (tensor.type() == DType.F8_E4M3) {
                assertTrue(!tensor.scales().equals(Scales.NONE), expected.getKey());
                eightBit++;
            }
        }
        assertEquals(7 * CONFIG.layers(), eightBit);
    }

    private static void assertClose(float[][] expected, float[][] found) {
        assertEquals(expected.length, found.length);
        for (int t = 0; t < expected.length; t++) {
            assertArrayEquals(expected[t], found[t], (float) LOGIT_TOLERANCE, "token " + t);
        }
    }
}
