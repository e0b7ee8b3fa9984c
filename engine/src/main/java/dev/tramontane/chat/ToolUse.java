package dev.tramontane.chat;

/// How a request's tools may be used.
///
/// @param choice whether they must, may or must not be called
/// @param parallel whether several calls may come in one answer; else the first ends it
public record ToolUse(ToolChoice choice, boolean parallel) {
    /// The model decides whether and how often.
    public static final ToolUse FREE = new ToolUse(new ToolChoice.Auto(), true);

    public ToolUse withChoice(ToolChoice other) {
        return new ToolUse(other, parallel);
    }

    public ToolUse withParallel(boolean allowed) {
        return new ToolUse(choice, allowed);
    }
}
