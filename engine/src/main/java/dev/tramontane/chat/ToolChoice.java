package dev.tramontane.chat;

/// Whether a model must, may or must not call tools.
public sealed interface ToolChoice {
    /// The model decides.
    record Auto() implements ToolChoice {}

    /// No calls. The tools stay in the prompt where a mark can be forbidden instead, so that the
    /// prompt's beginning is the same with and without them.
    record None() implements ToolChoice {}

    /// One call at least, of any tool (`required`, or `any`).
    record Required() implements ToolChoice {}

    /// A call of this tool.
    record Named(String name) implements ToolChoice {}
}
