package dev.tramontane.wire;

/// How thinking is told to a client.
public enum ReasoningFormat {
    /// Beside the content, as `reasoning_content` and `reasoning`, the same text under both names.
    SEPARATE,
    /// As chunks of the content.
    MISTRAL,
    /// In the content, between `<think>` and `</think>`.
    MERGED,
    /// Not at all; only counted.
    HIDDEN
}
