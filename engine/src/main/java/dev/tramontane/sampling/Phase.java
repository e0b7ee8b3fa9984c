package dev.tramontane.sampling;

/// Where a token stream is. Control asks; whoever knows the format tells.
public enum Phase {
    /// Inside the thinking.
    THINKING,
    /// In the answer's free text.
    ANSWER,
    /// In a fenced block of the answer.
    FENCE,
    /// In a tool call, or an answer under a grammar.
    STRUCTURED
}
