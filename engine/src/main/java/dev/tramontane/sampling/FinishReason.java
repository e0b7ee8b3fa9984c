package dev.tramontane.sampling;

/// Why a generation ended.
public enum FinishReason {
    /// The model said so: an end token, or a stop string.
    STOP,
    /// `maxTokens` were generated.
    LENGTH,
    /// The context has no place left.
    CONTEXT_FULL,
    /// A circling answer was ended.
    REPETITION,
    /// The caller closed the generation.
    CANCELLED,
    /// The model asked for tools; set by the upper floor alone.
    TOOL_CALLS
}
