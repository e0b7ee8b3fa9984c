package dev.tramontane.chat;

import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;

/// What happens while a model answers.
public sealed interface ChatEvent {
    /// The request waits, or its prompt is being read. One whose answer has begun may wait again,
    /// when memory runs out, and then goes on; its answer is the same.
    ///
    /// @param queuePosition its place among those that wait, 1 for the next; 0 when it runs
    /// @param computedTokens of the prompt, with those that were found in the cache
    /// @param cachedTokens those that were
    record Progress(int queuePosition, int computedTokens, int promptTokens, int cachedTokens)
            implements ChatEvent {
        /// With nothing found in the cache.
        public Progress(int queuePosition, int computedTokens, int promptTokens) {
            this(queuePosition, computedTokens, promptTokens, 0);
        }
    }

    /// A piece of the thinking.
    record Thinking(String text) implements ChatEvent {}

    /// A piece of the answer.
    record Text(String text) implements ChatEvent {}

    /// The model asks for a tool; the whole call.
    record ToolCalled(ToolCall call) implements ChatEvent {}

    /// A token of the answer, and how likely it was: in front of the text that it made certain, and
    /// only where the request's sampling asks for log-probabilities. Tokens of the thinking are not
    /// told, those of calls and of a stop text are.
    record Scored(TokenScore score) implements ChatEvent {}

    /// Control stepped in: a spent budget, a broken circle, or the caller's wish.
    record Intervened(Intervention what) implements ChatEvent {}

    /// One of the samples of a {@link MajorityVote} is done.
    record Voted(Votes votes) implements ChatEvent {}

    /// The last event.
    record Finished(FinishReason why, Usage usage) implements ChatEvent {}
}
