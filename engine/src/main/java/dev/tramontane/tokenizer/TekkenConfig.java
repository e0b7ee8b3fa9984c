package dev.tramontane.tokenizer;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/// What a Tekken vocabulary says about its model besides the tokens.
///
/// @param version the instruct format, such as `v13`; a GGUF file does not say
/// @param image `image_patch_size`, `max_image_size` and `spatial_merge_size` as the file has them
/// @param modelSettings `model_settings_builder` of a v15 file: which settings a request may make
public record TekkenConfig(
        Optional<String> version, Optional<JsonNode> image, Optional<JsonNode> modelSettings) {
    /// Nothing is known.
    static final TekkenConfig UNKNOWN =
            new TekkenConfig(Optional.empty(), Optional.empty(), Optional.empty());
}
