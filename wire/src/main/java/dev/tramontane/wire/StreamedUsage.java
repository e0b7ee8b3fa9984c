package dev.tramontane.wire;

/// Where a streamed answer tells what it took.
public enum StreamedUsage {
    /// In the chunk that ends the last choice, as Mistral has it: who wants none passes it over.
    IN_LAST_CHUNK,
    /// In a chunk of its own without choices, as OpenAI has it where it is asked
    /// (`stream_options.include_usage`).
    IN_OWN_CHUNK,
    /// Nowhere, as OpenAI has it where it is not asked: for clients that take a chunk with usage
    /// for one without choices.
    UNTOLD
}
