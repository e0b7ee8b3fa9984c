package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.DType;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.TensorNames.Role;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which tensor gets which type, against what llama.cpp's quantiser chose for networks of several
/// shapes.
class FileTypeTest {
    private static final Path RECORDED = Path.of("src/test/resources/vectors/quant/mixes.json");
    private static final TensorNames NAMES = TensorNames.of(ModelFolder.Kind.GGUF);

    @TestFactory
    List<DynamicTest> every_tensor_gets_the_type_that_the_reference_chose() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode line : new JsonMapper().readTree(RECORDED.toFile()).path("cases")) {
            FileType type = FileType.valueOf(line.path("type").stringValue());
            tests.add(dynamicTest(type + " of " + line.path("shape"), () -> check(type, line)));
        }
        assertEquals(7 * (FileType.values().length - 1), tests.size(), "all but MXFP4");
        return tests;
    }

    private static void check(FileType type, JsonNode line) {
        assertEquals(line.path("file_type").intValue(), type.id());
        JsonNode shape = line.path("shape");
        boolean tied = shape.path("tied").booleanValue();
        ModelConfig config = config(shape);
        int compared = 0;
        for (Role role : Role.values()) {
            JsonNode recorded = line.path("tensors").path(roleName(role));
            if (recorded.isMissingNode()) {
                continue;
            }
            List<DType> expected = unrolled(recorded.stringValue());
            for (int layer = 0; layer < expected.size(); layer++) {
                int cols = cols(role, config);
                assertEquals(
                        expected.get(layer),
                        type.of(role, layer, cols, config, tied),
                        role + " of layer " + layer);
                compared++;
            }
        }
        assertEquals(7 * config.layers() + (tied ? 1 : 2), compared);
    }

    private static String roleName(Role role) {
        return switch (role) {
            case EMBEDDING, OUTPUT -> NAMES.of(role).replace(".weight", "");
            default -> NAMES.of(role, 0).replace("blk.0.", "").replace(".weight", "");
        };
    }

    private static int cols(Role role, ModelConfig config) {
        return switch (role) {
            case ATTENTION_OUTPUT -> config.queryDim();
            case DOWN -> config.hiddenDim();
            default -> config.dim();
        };
    }

    /// `Q6_K*2 Q4_K*1`, written out.
    private static List<DType> unrolled(String types) {
        List<DType> all = new ArrayList<>();
        for (String run : types.split(" ")) {
            int star = run.indexOf('*');
            for (int i = 0; i < Integer.parseInt(run.substring(star + 1)); i++) {
                all.add(DType.valueOf(run.substring(0, star)));
            }
        }
        return all;
    }

    private static ModelConfig config(JsonNode shape) {
        return new ModelConfig(
                shape.path("dim").intValue(),
                shape.path("layers").intValue(),
                shape.path("heads").intValue(),
                shape.path("kv").intValue(),
                shape.path("hd").intValue(),
                shape.path("ffn").intValue(),
                shape.path("vocab").intValue(),
                1e-5f,
                1e6,
                Kernels.RopePairs.INTERLEAVED,
                shape.path("arch").stringValue().equals("qwen3"),
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                512);
    }

    @Test
    void layers_of_MXFP4_keep_their_embeddings_at_eight_bits() {
        ModelConfig config = config(new JsonMapper().readTree(SHAPE));
        assertEquals(DType.MXFP4, FileType.MXFP4.of(Role.VALUE, 0, 256, config, false));
        assertEquals(DType.Q8_0, FileType.MXFP4.of(Role.EMBEDDING, -1, 256, config, false));
        assertEquals(DType.Q8_0, FileType.MXFP4.of(Role.OUTPUT, -1, 256, config, false));
        assertEquals(DType.F16, FileType.MXFP4.of(Role.VALUE, 0, 80, config, false));
    }

    private static final String SHAPE =
            "{\"dim\": 256, \"layers\": 8, \"heads\": 8, \"kv\": 2, \"hd\": 32, \"ffn\": 512,"
                    + " \"vocab\": 64, \"arch\": \"llama\"}";

    @Test
    void pure_types_leave_norms_alone() {
        assertEquals(DType.Q2_K, FileType.Q2_K.pure(Role.OUTPUT, 256));
        assertEquals(DType.Q4_0, FileType.Q2_K.pure(Role.OUTPUT, 96));
        assertEquals(DType.F32, FileType.Q2_K.pure(Role.FINAL_NORM, 256));
    }

    @Test
    void names_are_taken_in_either_case_and_without_their_size() {
        Map<String, FileType> names =
                Map.of(
                        "q4_k_m", FileType.Q4_K_M,
                        "Q4_K", FileType.Q4_K_M,
                        "q3-k-s", FileType.Q3_K_S,
                        "bf16", FileType.BF16);
        names.forEach((name, type) -> assertEquals(Optional.of(type), FileType.named(name)));
        assertTrue(FileType.named("Q9").isEmpty());
    }

    @Test
    void sizes_are_labelled_with_two_digits() {
        assertEquals("24B", SizeLabel.of(23_572_403_200L));
        assertEquals("1.4M", SizeLabel.of(1_378_048));
        assertEquals("468K", SizeLabel.of(467_616));
    }
}
