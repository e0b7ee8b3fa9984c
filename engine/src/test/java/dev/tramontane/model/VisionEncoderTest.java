package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.CacheType;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/// What images become, and what the text network makes of it, against the reference implementation
/// in every file kind; and that nothing depends on how the work is cut or what is beside it.
class VisionEncoderTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors/tiny-vision");
    private static final JsonMapper JSON = new JsonMapper();

    /// What float32 implementations may differ by on vectors of size ten.
    private static final double VECTOR_TOLERANCE = 1e-3;

    private static final double LOGIT_TOLERANCE = 2e-3;
    private static final int IMAGE_TOKEN = 10;

    /// Vectors of size one by kernels that round activations nowhere but in their order of
    /// additions.
    private static final double ROUNDING = 2e-4;

    /// By kernels whose keys and values have 16 bits.
    private static final double HALF_ROUNDING = 5e-3;

    /// By machine code that rounds activations to 8 bits.
    private static final double EIGHT_BIT_ROUNDING = 0.1;

    @TempDir private Path temp;

    enum FileKind {
        HUGGING_FACE("config.json", "model.safetensors"),
        MISTRAL("params.json", "consolidated.safetensors"),
        GGUF("model-f32.gguf", "mmproj-f32.gguf");

        private final String first;
        private final String second;

        FileKind(String first, String second) {
            this.first = first;
            this.second = second;
        }
    }

    @ParameterizedTest
    @EnumSource
    void images_are_what_the_reference_sees_in_them(FileKind kind) throws IOException {
        int compared = 0;
        try (PromptModel scalar = open(kind, new ScalarKernels());
                PromptModel vector = open(kind, new VectorKernels(2))) {
            for (JsonNode expected : JSON.readTree(VECTORS.resolve("expected.json")).get("cases")) {
                if (expected.has("images")) {
                    compare(expected, scalar);
                    compare(expected, vector);
                    compared++;
                }
            }
        }
        assertEquals(2, compared);
    }

    private static void compare(JsonNode expected, PromptModel model) {
        List<ImagePatches> images = new ArrayList<>();
        for (JsonNode image : expected.get("images")) {
            images.add(patches(image.get("pixels")));
        }
        List<Tensor> vectors = model.vectors(images);
        for (int i = 0; i < images.size(); i++) {
            assertVectors(floats(expected.get("image_embeddings").get(i)), vectors.get(i));
        }
        int[] ids = expected.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
        float[][] logits = model.logits(ids, given(ids, vectors));
        float[] last = floats(expected.get("last_logits"));
        for (int i = 0; i < last.length; i++) {
            assertEquals(last[i], logits[ids.length - 1][i], LOGIT_TOLERANCE, "last logit " + i);
        }
        float[] logSumExp = floats(expected.get("logsumexp"));
        for (int t = 0; t < ids.length; t++) {
            assertEquals(logSumExp[t], logSumExp(logits[t]), LOGIT_TOLERANCE, "position " + t);
        }
    }

    private static void assertVectors(float[] expected, Tensor found) {
        assertEquals(expected.length, found.rows() * found.cols());
        for (int i = 0; i < expected.length; i++) {
            float value = found.get(i / found.cols(), i % found.cols());
            assertEquals(expected[i], value, VECTOR_TOLERANCE, "value " + i);
        }
    }

    /// A vector for each image token, in order.
    private static List<Batch.Given> given(int[] ids, List<Tensor> vectors) {
        List<Tensor> rows = new ArrayList<>();
        for (Tensor image : vectors) {
            for (int row = 0; row < image.rows(); row++) {
                rows.add(image.slice(row, 1));
            }
        }
        List<Batch.Given> given = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == IMAGE_TOKEN) {
                given.add(new Batch.Given(i, rows.get(given.size())));
            }
        }
        assertEquals(rows.size(), given.size());
        return given;
    }

    private PromptModel open(FileKind kind, Kernels kernels) throws IOException {
        for (String file : List.of(kind.first, kind.second)) {
            if (!Files.exists(temp.resolve(file))) {
                Files.copy(VECTORS.resolve(file), temp.resolve(file));
            }
        }
        Path path = kind == FileKind.GGUF ? temp.resolve(kind.first) : temp;
        return new PromptModel(path, kernels);
    }

    /// Recorded as channels, rows and columns of pixels.
    private static ImagePatches patches(JsonNode pixels) {
        int height = pixels.get("shape").get(1).intValue();
        int width = pixels.get("shape").get(2).intValue();
        float[] recorded = floats(pixels);
        int side = 14;
        float[] values = new float[recorded.length];
        int at = 0;
        for (int patch = 0; patch < height / side * (width / side); patch++) {
            int top = patch / (width / side) * side;
            int left = patch % (width / side) * side;
            for (int channel = 0; channel < 3; channel++) {
                for (int y = top; y < top + side; y++) {
                    for (int x = left; x < left + side; x++) {
                        values[at++] = recorded[(channel * height + y) * width + x];
                    }
                }
            }
        }
        return new ImagePatches(height / side, width / side, side, values);
    }

    private static float[] floats(JsonNode node) {
        byte[] bytes = Base64.getDecoder().decode(node.get("f32le_b64").stringValue());
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static double logSumExp(float[] row) {
        double sum = 0;
        for (float value : row) {
            sum += Math.exp(value);
        }
        return Math.log(sum);
    }

    private static final VisionConfig SMALL =
            new VisionConfig(
                    64, 2, 4, 96, 1540, 4, 2, 10_000, 1e-5f, 1e-6f, Kernels.RopePairs.INTERLEAVED);

    private static final int TEXT_DIM = 96;

    /// One square, a tall, a wide one, and one of several pieces.
    private static List<ImagePatches> images() {
        return List.of(image(2, 2, 1), image(40, 2, 2), image(2, 46, 3), image(18, 16, 4));
    }

    private static ImagePatches image(int rows, int columns, long seed) {
        var random = new Random(seed);
        float[] values = new float[rows * columns * 3 * 4 * 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new ImagePatches(rows, columns, 4, values);
    }

    private static List<Tensor> encode(Kernels kernels, CacheType type, List<ImagePatches> images) {
        Arena arena = Arena.ofAuto();
        VisionWeights weights = RandomWeights.vision(SMALL, TEXT_DIM, 5, arena);
        try (kernels) {
            return new VisionEncoder(SMALL, weights, kernels, type, () -> {}).encode(images, arena);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void fast_kernels_see_what_the_definition_sees(CacheType type) {
        List<Tensor> expected = encode(new ScalarKernels(), CacheType.F32, images());
        double tolerance = type == CacheType.F32 ? ROUNDING : HALF_ROUNDING;
        assertClose(expected, encode(new VectorKernels(3), type, images()), tolerance);
        if (AssembledKernels.obstacle().isEmpty()) {
            assertClose(expected, encode(new AssembledKernels(3, true), type, images()), tolerance);
        }
    }

    private static void assertClose(List<Tensor> expected, List<Tensor> found, double tolerance) {
        for (int i = 0; i < expected.size(); i++) {
            for (int row = 0; row < expected.get(i).rows(); row++) {
                assertArrayEquals(
                        expected.get(i).row(row),
                        found.get(i).row(row),
                        (float) tolerance,
                        "image " + i + ", vector " + row);
            }
        }
    }

    /// Widths that every type's blocks divide.
    private static final VisionConfig WIDE =
            new VisionConfig(
                    256, 1, 4, 512, 1540, 4, 2, 10_000, 1e-5f, 1e-5f, Kernels.RopePairs.SPLIT_HALF);

    @ParameterizedTest
    @EnumSource
    void weights_of_every_type_are_read(DType type) {
        try (Arena arena = Arena.ofShared()) {
            VisionWeights weights = stored(RandomWeights.vision(WIDE, 256, 5, arena), type, arena);
            List<Tensor> expected = encode(new ScalarKernels(), widened(weights, arena), arena);
            assertClose(expected, encode(new VectorKernels(2), weights, arena), ROUNDING);
            if (AssembledKernels.obstacle().isEmpty()) {
                double tolerance = type.blockLength() == 1 ? ROUNDING : EIGHT_BIT_ROUNDING;
                assertClose(
                        expected, encode(new AssembledKernels(2, true), weights, arena), tolerance);
            }
        }
    }

    private static List<Tensor> encode(Kernels kernels, VisionWeights weights, Arena arena) {
        try (kernels) {
            return new VisionEncoder(WIDE, weights, kernels, CacheType.F32, () -> {})
                    .encode(List.of(image(8, 6, 1)), arena);
        }
    }

    private static VisionWeights stored(VisionWeights exact, DType type, Arena arena) {
        return mapped(exact, matrix -> stored(matrix, type, arena));
    }

    private static VisionWeights widened(VisionWeights stored, Arena arena) {
        return mapped(stored, matrix -> matrix.widened(arena));
    }

    private static VisionWeights mapped(VisionWeights weights, UnaryOperator<Tensor> each) {
        List<ModelWeights.LayerWeights> layers = new ArrayList<>();
        for (ModelWeights.LayerWeights layer : weights.layers()) {
            layers.add(
                    new ModelWeights.LayerWeights(
                            layer.attentionNorm(),
                            each.apply(layer.query()),
                            each.apply(layer.key()),
                            each.apply(layer.value()),
                            layer.headNorms(),
                            each.apply(layer.attentionOutput()),
                            layer.feedForwardNorm(),
                            each.apply(layer.gate()),
                            each.apply(layer.up()),
                            each.apply(layer.down())));
        }
        return new VisionWeights(
                weights.patches(),
                weights.firstNorm(),
                layers,
                weights.mergerNorm(),
                each.apply(weights.merger()),
                each.apply(weights.projectorIn()),
                each.apply(weights.projectorOut()));
    }

    private static Tensor stored(Tensor matrix, DType type, Arena arena) {
        long rowBytes = type.bytes(matrix.cols());
        MemorySegment data = arena.allocate(rowBytes * matrix.rows(), Tensor.ALIGNMENT_BYTES);
        for (int row = 0; row < matrix.rows(); row++) {
            Blocks.encode(type, matrix.row(row), 0, matrix.cols(), data, row * rowBytes);
        }
        return new Tensor(type, Layout.ROWS, matrix.rows(), matrix.cols(), data);
    }

    @Test
    void an_image_is_the_same_to_the_bit_alone_and_beside_others() {
        List<ImagePatches> images = images();
        List<Tensor> together = encode(new VectorKernels(3), CacheType.F32, images);
        for (int i = 0; i < images.size(); i++) {
            Tensor alone =
                    encode(new VectorKernels(1), CacheType.F32, List.of(images.get(i))).getFirst();
            assertEquals(-1, together.get(i).data().mismatch(alone.data()), "image " + i);
        }
    }

    @Test
    void an_image_is_read_in_pieces() {
        try (Arena arena = Arena.ofConfined();
                Kernels kernels = new VectorKernels(1)) {
            VisionWeights weights = RandomWeights.vision(SMALL, TEXT_DIM, 5, Arena.ofAuto());
            var encoder = new VisionEncoder(SMALL, weights, kernels, CacheType.F32, () -> {});
            ImagePatches image = image(36, 16, 1); // 576 patches: three chunks
            Tensor out = Tensor.allocate(arena, encoder.vectors(image), TEXT_DIM);
            int pieces = 0;
            try (VisionEncoding encoding = encoder.begin(List.of(image), List.of(out))) {
                for (; !encoding.isDone(); pieces++) {
                    encoding.step();
                }
                assertThrows(IllegalStateException.class, encoding::step);
            }
            assertEquals(3 * (1 + 2 * SMALL.layers()) + 1, pieces);
        }
    }

    @Test
    void images_that_the_model_cannot_see_are_refused() {
        try (Kernels kernels = new ScalarKernels()) {
            VisionWeights weights = RandomWeights.vision(SMALL, TEXT_DIM, 5, Arena.ofAuto());
            var encoder = new VisionEncoder(SMALL, weights, kernels, CacheType.F32, () -> {});
            encoder.check(image(SMALL.longestSide(), 2, 1));
            for (ImagePatches image :
                    List.of(
                            image(3, 2, 1),
                            image(2, 3, 1),
                            image(2, SMALL.longestSide() + 2, 1),
                            new ImagePatches(2, 2, 2, new float[48]))) {
                var refused =
                        assertThrows(IllegalArgumentException.class, () -> encoder.check(image));
                assertTrue(String.valueOf(refused.getMessage()).contains("expected patches of 4"));
            }
        }
    }
}
