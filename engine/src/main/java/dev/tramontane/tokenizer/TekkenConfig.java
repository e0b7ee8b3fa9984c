package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/// What a Tekken vocabulary says about its model besides the tokens.
///
/// @param version the instruct format, such as `v13`
/// @param image `image_patch_size`, `max_image_size` and `spatial_merge_size` as the file has them
/// @param modelSettings `model_settings_builder` of a v15 file: which settings a request may make
public record TekkenConfig(
        Optional<String> version, Optional<JsonNode> image, Optional<JsonNode> modelSettings) {
    /// Nothing is known: GGUF files of other programs do not say.
    static final TekkenConfig UNKNOWN =
            new TekkenConfig(Optional.empty(), Optional.empty(), Optional.empty());

    /// The text that {@link #parse} reads: an object with what is known.
    String json() {
        ObjectNode json = TekkenReader.Trees.MAPPER.createObjectNode();
        version.ifPresent(text -> json.put("version", text));
        image.ifPresent(section -> json.set("image", section));
        modelSettings.ifPresent(section -> json.set("model_settings_builder", section));
        return json.toString();
    }

    /// @throws ModelFormatException when the text is none of ours
    static TekkenConfig parse(String location, String json) {
        try {
            JsonNode tree = TekkenReader.Trees.MAPPER.readTree(json);
            return new TekkenConfig(
                    Optional.of(tree.path("version"))
                            .filter(JsonNode::isString)
                            .map(JsonNode::stringValue)
                            .filter(version -> version.matches("v[0-9]{1,4}")),
                    section(tree, "image"),
                    section(tree, "model_settings_builder"));
        } catch (JacksonException e) {
            throw new ModelFormatException(
                    "%s: tramontane.tekken is no JSON (%s), expected what convert wrote; convert the model again"
                            .formatted(location, e.getOriginalMessage()),
                    e);
        }
    }

    private static Optional<JsonNode> section(JsonNode tree, String name) {
        return Optional.of(tree.path(name)).filter(JsonNode::isObject);
    }
}
