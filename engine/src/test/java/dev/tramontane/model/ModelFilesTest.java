package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.model.ModelConfig.QueryScaling;
import dev.tramontane.model.ModelConfig.Yarn;
import dev.tramontane.tensor.DType;
import dev.tramontane.weights.ModelFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// Real files of all three kinds, read whole.
class ModelFilesTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    private static final ModelConfig TEXT_A =
            new ModelConfig(
                    96,
                    3,
                    4,
                    2,
                    32,
                    128,
                    1280,
                    1e-5f,
                    1e9,
                    RopePairs.INTERLEAVED,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    131072);

    private static final ModelConfig MINISTRAL =
            new ModelConfig(
                    64,
                    2,
                    4,
                    2,
                    32,
                    128,
                    1280,
                    1e-5f,
                    1e6,
                    RopePairs.INTERLEAVED,
                    false,
                    Optional.of(new Yarn(16, 128, 32, 1, 1)),
                    Optional.of(new QueryScaling(0.1f, 128)),
                    Integer.MAX_VALUE,
                    2048);

    @ParameterizedTest
    @CsvSource({
        "tiny-text-a, MISTRAL, F32",
        "tiny-text-a/consolidated.safetensors, MISTRAL, F32",
        "tiny-text-a/model.safetensors, HUGGING_FACE, F32",
        "tiny-text-a/model-f32.gguf, GGUF, F32",
        "tiny-text-a/model-q8_0.gguf, GGUF, Q8_0",
        "tiny-text-a/model-q4_0.gguf, GGUF, Q4_0",
        "tiny-text-b, HUGGING_FACE, BF16",
        "tiny-text-b/model-q8_0.gguf, GGUF, Q8_0",
        "tiny-text-b/model-q4_0.gguf, GGUF, Q4_0",
        "tiny-text-b/model-q4_k_m.gguf, GGUF, Q4_K",
        "tiny-text-b/model-q5_k_m.gguf, GGUF, Q5_K",
        "tiny-ministral3, HUGGING_FACE, F32",
        "tiny-ministral3/model-f32.gguf, GGUF, F32",
        "tiny-ministral3/model-f16.gguf, GGUF, F16",
        "tiny-ministral3/model-bf16.gguf, GGUF, BF16",
        "tiny-ministral3/model-q8_0.gguf, GGUF, Q8_0",
        "tiny-ministral3/model-q4_0.gguf, GGUF, Q4_0",
    })
    void every_kind_of_file_opens(Path path, ModelFolder.Kind kind, DType type) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder = ModelFolder.open(VECTORS.resolve(path), arena);
            ModelConfig config = ModelConfig.read(folder);
            ModelWeights weights = ModelWeights.read(folder, config);

            assertEquals(kind, folder.kind());
            assertEquals(type, weights.layers().getFirst().gate().type());
            assertEquals(DType.F32, weights.finalNorm().type());
            assertEquals(config.layers(), weights.layers().size());
            assertTrue(folder.tekken().isPresent());
        }
    }

    @ParameterizedTest
    @CsvSource({"consolidated.safetensors", "model.safetensors", "model-f32.gguf"})
    void three_kinds_of_the_same_model_have_the_same_configuration(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder =
                    ModelFolder.open(VECTORS.resolve("tiny-text-a").resolve(file), arena);
            assertEquals(withPairs(TEXT_A, folder.kind()), ModelConfig.read(folder));
        }
    }

    @ParameterizedTest
    @CsvSource({"model.safetensors", "model-f32.gguf"})
    void yarn_and_query_scaling_are_read_and_the_magnitude_cancels(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder =
                    ModelFolder.open(VECTORS.resolve("tiny-ministral3").resolve(file), arena);
            ModelConfig config = ModelConfig.read(folder);

            assertEquals(MINISTRAL.yarn(), config.yarn());
            assertEquals(0.1, config.queryScaling().orElseThrow().beta(), 1e-8);
            assertEquals(128, config.queryScaling().orElseThrow().originalContext());
            assertEquals(2048, config.context());
        }
    }

    @Test
    void a_tied_output_is_the_embedding() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder =
                    ModelFolder.open(VECTORS.resolve("tiny-ministral3/model-q8_0.gguf"), arena);
            ModelWeights weights = ModelWeights.read(folder, ModelConfig.read(folder));
            assertEquals(weights.embedding(), weights.output());
        }
    }

    private static ModelConfig withPairs(ModelConfig config, ModelFolder.Kind kind) {
        RopePairs pairs =
                kind == ModelFolder.Kind.HUGGING_FACE
                        ? RopePairs.SPLIT_HALF
                        : RopePairs.INTERLEAVED;
        return new ModelConfig(
                config.dim(),
                config.layers(),
                config.heads(),
                config.kvHeads(),
                config.headDim(),
                config.hiddenDim(),
                config.vocab(),
                config.normEps(),
                config.ropeTheta(),
                pairs,
                config.headNorms(),
                config.yarn(),
                config.queryScaling(),
                config.window(),
                config.context());
    }
}
