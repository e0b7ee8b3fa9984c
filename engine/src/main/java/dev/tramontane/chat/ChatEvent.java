package dev.tramontane.chat;

import dev.tramontane.sampling.FinishReason;

/// What happens while a model answers.
public sealed interface ChatEvent {
    /// The request waits, or its prompt is being read.
    ///
    /// @param queuePosition requests before this one; 0 when it runs
    record Progress(int queuePosition, int computedTokens, int promptTokens) implements ChatEvent {}

    /// A piece of the thinking.
    record Thinking(String text) implements ChatEvent {}

    /// A piece of the answer.
    record Text(String text) implements ChatEvent {}

    /// The model asks for a tool; the whole call.
    record ToolCalled(ToolCall call) implements ChatEvent {}

    /// Control stepped in: a spent budget, a broken circle, or the caller's wish.
    record Intervened(String why) implements ChatEvent {}

    /// The last event.
    record Finished(FinishReason why, Usage usage) implements ChatEvent {}
}
