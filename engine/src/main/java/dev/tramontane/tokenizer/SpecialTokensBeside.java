package dev.tramontane.tokenizer;

import dev.tramontane.weights.JsonFile;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the files beside a `tokenizer.json` say about special tokens: `tokenizer_config.json`, else
/// `special_tokens_map.json`, and `generation_config.json`. All of them may be absent.
///
/// @param addBos whether a text begins with a special token, where a file says so
/// @param roles by spelling
/// @param stopTokens ids that end an answer
record SpecialTokensBeside(
        Optional<Boolean> addBos, Map<SpecialToken, String> roles, Set<Integer> stopTokens) {
    private static final Map<SpecialToken, String> KEYS =
            Map.of(
                    SpecialToken.UNKNOWN, "unk_token",
                    SpecialToken.BOS, "bos_token",
                    SpecialToken.EOS, "eos_token",
                    SpecialToken.PAD, "pad_token");

    static SpecialTokensBeside read(Path tokenizerJson) throws IOException {
        Optional<JsonNode> config = sibling(tokenizerJson, "tokenizer_config.json");
        Optional<JsonNode> map = sibling(tokenizerJson, "special_tokens_map.json");
        Optional<JsonNode> generation = sibling(tokenizerJson, "generation_config.json");
        Map<SpecialToken, String> roles = new EnumMap<>(SpecialToken.class);
        KEYS.forEach(
                (role, key) ->
                        config.flatMap(file -> spelling(file.path(key)))
                                .or(() -> map.flatMap(file -> spelling(file.path(key))))
                                .ifPresent(spelling -> roles.put(role, spelling)));
        Set<Integer> stops = new HashSet<>();
        generation.ifPresent(file -> addIds(file.path("eos_token_id"), stops));
        return new SpecialTokensBeside(
                config.map(file -> file.path("add_bos_token"))
                        .filter(JsonNode::isBoolean)
                        .map(JsonNode::booleanValue),
                roles,
                stops);
    }

    private static Optional<JsonNode> sibling(Path file, String name) throws IOException {
        Path sibling = file.resolveSibling(name);
        return Files.isRegularFile(sibling)
                ? Optional.of(JsonFile.read(sibling))
                : Optional.empty();
    }

    /// A token is its spelling, or an object that has it.
    private static Optional<String> spelling(JsonNode token) {
        JsonNode spelling = token.isObject() ? token.path("content") : token;
        return spelling.isString() ? Optional.of(spelling.stringValue()) : Optional.empty();
    }

    private static void addIds(JsonNode ids, Set<Integer> stops) {
        if (ids.isArray()) {
            ids.forEach(id -> addIds(id, stops));
        } else if (ids.isIntegralNumber() && ids.canConvertToInt() && ids.intValue() >= 0) {
            stops.add(ids.intValue());
        }
    }
}
