package dev.tramontane.engine;

import dev.tramontane.weights.Metadata;

import java.util.Optional;

/// How the hidden states of a text's tokens become one vector.
public enum Pooling {
    /// Their mean: what a model gives that was made for no vectors at all.
    MEAN,
    /// That of the first token.
    FIRST,
    /// That of the last token.
    LAST;

    /// Whether the vector of a text depends on the state at a position.
    boolean wants(int position, int tokens) {
        return switch (this) {
            case MEAN -> true;
            case FIRST -> position == 0;
            case LAST -> position == tokens - 1;
        };
    }

    /// What a model's file says: `{architecture}.pooling_type` of GGUF, where 0, which is none, and
    /// absence mean that nobody made the model for it.
    ///
    /// @return empty where the file asks for what is not known here, such as a ranking
    @SuppressWarnings("exports")
    public static Optional<Pooling> of(Metadata metadata) {
        String architecture = metadata.text("general.architecture").orElse("");
        long type = metadata.integer(architecture + ".pooling_type").orElse(0L);
        if (type == 0 || type == 1) {
            return Optional.of(MEAN);
        }
        if (type == 2) {
            return Optional.of(FIRST);
        }
        return type == 3 ? Optional.of(LAST) : Optional.empty();
    }
}
