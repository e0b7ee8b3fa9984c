package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Logits of the tiny models in every file kind against those recorded from the reference
/// implementation, whose weights were widened to float32; for Qwen 3 from a float64 forward pass,
/// with which the reference implementation agrees.
class GoldenLogitsTest {
    /// What two float32 implementations may differ by on logits of size ten to forty; a float64
    /// reference of the same weights is as far away.
    private static final double LOGIT_TOLERANCE = 2e-4;

    /// The recorded runner-up must be further behind than this for the choice to bind.
    private static final double BINDING_MARGIN = 0.01;

    private static final Path VECTORS = Path.of("src/test/resources/vectors");
    private static final JsonMapper JSON = new JsonMapper();

    /// A model, the file kind, and the file with the recorded answers.
    record Golden(String model, String files) {
        boolean isGguf() {
            return files.endsWith(".gguf");
        }

        @Override
        public String toString() {
            return model + "/" + files;
        }
    }

    static Stream<Golden> all() {
        return Stream.of(
                new Golden("tiny-text-a", "hugging face"),
                new Golden("tiny-text-a", "mistral"),
                new Golden("tiny-text-a", "model-f32.gguf"),
                new Golden("tiny-text-a", "model-q8_0.gguf"),
                new Golden("tiny-text-a", "model-q4_0.gguf"),
                new Golden("tiny-text-b", "hugging face"),
                new Golden("tiny-text-b", "model-q8_0.gguf"),
                new Golden("tiny-text-b", "model-q4_0.gguf"),
                new Golden("tiny-text-b", "model-q4_k_m.gguf"),
                new Golden("tiny-text-b", "model-q5_k_m.gguf"),
                new Golden("tiny-ministral3", "hugging face"),
                new Golden("tiny-ministral3", "model-f32.gguf"),
                new Golden("tiny-ministral3", "model-f16.gguf"),
                new Golden("tiny-ministral3", "model-bf16.gguf"),
                new Golden("tiny-ministral3", "model-q8_0.gguf"),
                new Golden("tiny-ministral3", "model-q4_0.gguf"),
                new Golden("tiny-qwen3", "hugging face"),
                new Golden("tiny-qwen3", "model-f32.gguf"),
                new Golden("tiny-qwen3", "model-q8_0.gguf"),
                new Golden("tiny-qwen3-yarn", "hugging face"),
                new Golden("tiny-qwen3-yarn", "model-f32.gguf"),
                new Golden("tiny-qwen3-yarn", "model-q8_0.gguf"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void logits_are_those_of_the_reference(Golden golden, @TempDir Path folder) throws IOException {
        int compared = 0;
        try (PromptModel scalar = open(golden, folder, new ScalarKernels());
                PromptModel vector = open(golden, folder, new VectorKernels(2))) {
            for (JsonNode expected : cases(golden)) {
                compare(expected, scalar);
                compare(expected, vector);
                compared++;
            }
        }
        assertTrue(compared >= 7, "only " + compared + " prompts were compared");
    }

    /// Those with the weights as published: for them the continuations were recorded.
    static Stream<Golden> unrounded() {
        return all().filter(golden -> !golden.isGguf() || golden.files().equals("model-f32.gguf"));
    }

    @ParameterizedTest
    @MethodSource("unrounded")
    void greedy_continuations_are_those_of_the_reference(Golden golden, @TempDir Path folder)
            throws IOException {
        int chosen = 0;
        try (PromptModel model = open(golden, folder, new VectorKernels(2))) {
            for (JsonNode expected : cases(new Golden(golden.model(), "hugging face"))) {
                chosen += followGreedy(expected, model);
            }
        }
        assertTrue(chosen >= 60, "only " + chosen + " choices were binding");
    }

    private static void compare(JsonNode expected, PromptModel model) {
        int[] ids = ids(expected.get("ids"));
        float[][] logits = model.logits(ids);
        float[] last = floats(expected.get("last_logits"));
        for (int i = 0; i < last.length; i++) {
            assertEquals(last[i], logits[ids.length - 1][i], LOGIT_TOLERANCE, "last logit " + i);
        }
        float[] logSumExp = floats(expected.get("logsumexp"));
        for (int t = 0; t < ids.length; t++) {
            assertEquals(logSumExp[t], logSumExp(logits[t]), LOGIT_TOLERANCE, "position " + t);
        }
        if (expected.has("all_logits")) {
            float[] all = floats(expected.get("all_logits"));
            for (int i = 0; i < all.length; i++) {
                float found = logits[i / last.length][i % last.length];
                assertEquals(all[i], found, LOGIT_TOLERANCE, "logit " + i);
            }
        }
    }

    /// Feeds the recorded continuation and checks each choice that binds; returns how many did.
    private static int followGreedy(JsonNode expected, PromptModel model) {
        if (!expected.has("greedy")) {
            return 0;
        }
        List<Integer> tokens =
                new ArrayList<>(IntStream.of(ids(expected.get("ids"))).boxed().toList());
        int binding = 0;
        for (JsonNode step : expected.get("greedy")) {
            float[] row = model.lastLogits(tokens.stream().mapToInt(Integer::intValue).toArray());
            int token = step.get(0).intValue();
            if (step.get(2).doubleValue() > BINDING_MARGIN) {
                assertEquals(token, argmax(row), "after " + tokens);
                double logprob = row[token] - logSumExp(row);
                assertEquals(step.get(1).doubleValue(), logprob, LOGIT_TOLERANCE);
                binding++;
            }
            tokens.add(token);
        }
        return binding;
    }

    private static PromptModel open(Golden golden, Path scratch, Kernels kernels)
            throws IOException {
        Path model = VECTORS.resolve(golden.model());
        if (golden.isGguf()) {
            return new PromptModel(model.resolve(golden.files()), kernels);
        }
        List<String> files =
                golden.files().equals("mistral")
                        ? List.of("params.json", "consolidated.safetensors")
                        : List.of("config.json", "model.safetensors");
        for (String file : files) {
            if (!Files.exists(scratch.resolve(file))) {
                Files.copy(model.resolve(file), scratch.resolve(file));
            }
        }
        return new PromptModel(scratch, kernels);
    }

    private static List<JsonNode> cases(Golden golden) {
        String file = golden.isGguf() ? "expected_gguf.json" : "expected.json";
        List<JsonNode> cases = new ArrayList<>();
        for (JsonNode one :
                JSON.readTree(VECTORS.resolve(golden.model()).resolve(file)).get("cases")) {
            if (!golden.isGguf() || one.get("file").stringValue().equals(golden.files())) {
                cases.add(one);
            }
        }
        return cases;
    }

    private static int[] ids(JsonNode node) {
        return node.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static float[] floats(JsonNode node) {
        byte[] bytes = Base64.getDecoder().decode(node.get("f32le_b64").stringValue());
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static int argmax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    private static double logSumExp(float[] row) {
        double max = row[argmax(row)];
        double sum = 0;
        for (float value : row) {
            sum += Math.exp(value - max);
        }
        return max + Math.log(sum);
    }
}
