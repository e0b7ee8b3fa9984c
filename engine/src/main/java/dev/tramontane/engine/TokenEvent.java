package dev.tramontane.engine;

import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;

import java.util.List;

/// What happens to a generation, in order: progress while the prompt is computed, tokens, one end.
public sealed interface TokenEvent {
    /// The request waits (`queuePosition` > 0) or its prompt is being computed.
    ///
    /// @param queuePosition requests before this one; 0 when running
    /// @param computedTokens prompt tokens computed
    record Progress(int queuePosition, int computedTokens) implements TokenEvent {}

    /// A token was chosen.
    ///
    /// @param logprob its natural log-probability before any filter; NaN unless asked for
    /// @param topLogprobs the likeliest alternatives, likeliest first
    /// @param forced whether masks left this one choice
    record Sampled(int token, float logprob, List<TokenLogprob> topLogprobs, boolean forced)
            implements TokenEvent {}

    /// Control stepped in: a budget was spent, a circle was broken, or the caller asked.
    record Intervened(Intervention what) implements TokenEvent {}

    /// The last event.
    record Finished(FinishReason reason) implements TokenEvent {}

    /// A token and its natural log-probability.
    record TokenLogprob(int token, float logprob) {}
}
