package dev.tramontane.model;

import dev.tramontane.tensor.Scales;
import dev.tramontane.weights.ModelFormatException;

import tools.jackson.databind.JsonNode;

import java.util.Optional;
import java.util.Set;

/// What the configuration of safetensors says of quantised weights: FP8 E4M3 with scales, in the
/// words of those who write it, and anything else is refused by name.
///
/// Types and scales are read from the tensors themselves; here is only held that nobody asks for
/// more than multiplying the two. How activations would be rounded is passed over: ours are not.
final class Quantization {
    private static final Set<String> STRATEGIES = Set.of("tensor", "channel", "block");

    private Quantization() {}

    /// Holds `quantization` of Mistral's own `params.json`.
    static void checkFormat(String location, JsonNode block) {
        String format = block.path("qformat_weight").asString("");
        if (isThere(block) && !format.equals("fp8_e4m3")) {
            throw refusal(location, format.isEmpty() ? "quantization" : format);
        }
    }

    /// Holds `quantization_config` of `config.json`, which tools write into `params.json` as well.
    static void checkMethod(String location, JsonNode block) {
        if (!isThere(block)) {
            return;
        }
        String method = block.path("quant_method").asString("quantization_config");
        Optional<String> obstacle =
                switch (method) {
                    case "fp8" -> fp8Obstacle(block);
                    case "compressed-tensors" -> compressedObstacle(block);
                    default -> Optional.of("");
                };
        obstacle.ifPresent(
                what -> {
                    throw refusal(location, what.isEmpty() ? method : method + " with " + what);
                });
    }

    private static boolean isThere(JsonNode block) {
        return !block.isMissingNode() && !block.isNull();
    }

    private static Optional<String> fp8Obstacle(JsonNode block) {
        return other(block, "fmt", block.path("fmt").asString("").equals("e4m3"))
                .or(() -> other(block, "weight_block_size", isSquare(block, "weight_block_size")));
    }

    private static Optional<String> compressedObstacle(JsonNode block) {
        for (String other : new String[] {"transform_config", "sparsity_config"}) {
            JsonNode part = block.path(other);
            boolean harmless =
                    part.isEmpty()
                            || part.path("format").asString("").equals("dense")
                            || part.has("config_groups") && part.path("config_groups").isEmpty();
            if (isThere(part) && !harmless) {
                return Optional.of(other);
            }
        }
        JsonNode groups = block.path("config_groups");
        if (groups.isEmpty()) {
            return Optional.of("no config_groups");
        }
        for (JsonNode group : groups) {
            JsonNode weights = group.path("weights");
            String strategy = weights.path("strategy").asString("");
            boolean ours =
                    weights.path("type").asString("").equals("float")
                            && weights.path("num_bits").asInt(0) == 8
                            && weights.path("symmetric").asBoolean(true)
                            && STRATEGIES.contains(strategy)
                            && (!strategy.equals("block") || isSquare(weights, "block_structure"));
            if (isThere(weights) && !ours) {
                return Optional.of(
                        "weights of %s bits, type %s, strategy %s"
                                .formatted(
                                        weights.path("num_bits"),
                                        weights.path("type"),
                                        weights.path("strategy")));
            }
        }
        return Optional.empty();
    }

    /// A field that is there and says something other than what we know.
    private static Optional<String> other(JsonNode block, String key, boolean known) {
        return known || !isThere(block.path(key))
                ? Optional.empty()
                : Optional.of(key + " " + block.path(key));
    }

    private static boolean isSquare(JsonNode block, String key) {
        JsonNode size = block.path(key);
        return size.size() == 2
                && size.path(0).asInt(0) == Scales.SQUARE
                && size.path(1).asInt(0) == Scales.SQUARE;
    }

    private static ModelFormatException refusal(String location, String found) {
        String shown = found.length() > 120 ? found.substring(0, 120) + "…" : found;
        return new ModelFormatException(
                "%s: the weights are quantised by %s, expected F32, F16, BF16, or FP8 E4M3 with a scale for each matrix, row or 128 x 128 values; get the BF16 weights or a GGUF file of the model"
                        .formatted(location, shown));
    }
}
