package dev.tramontane.chat;

import dev.tramontane.engine.Pooling;
import dev.tramontane.weights.Metadata;

import java.util.Optional;
import java.util.OptionalInt;

/// How a model's file wants texts made into vectors.
///
/// @param pooling empty where the model was made for something else, such as a ranking
/// @param end the token that stands behind a text; empty for none
record EmbeddingFormat(Optional<Pooling> pooling, OptionalInt end) {
    static EmbeddingFormat of(Metadata metadata) {
        boolean ends = metadata.bool("tokenizer.ggml.add_eos_token").orElse(false);
        OptionalInt end =
                metadata.integer("tokenizer.ggml.eos_token_id").stream()
                        .filter(id -> ends && id >= 0 && id <= Integer.MAX_VALUE)
                        .mapToInt(Math::toIntExact)
                        .findAny();
        return new EmbeddingFormat(Pooling.of(metadata), end);
    }
}
