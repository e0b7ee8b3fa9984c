package dev.tramontane.engine;

import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;

import java.util.List;

/// What happens to a generation, in order: progress while the prompt is computed, tokens, one end.
/// Between tokens there is progress where a generation waits once more, having given its memory up
/// to others.
public sealed interface TokenEvent {
    /// The request waits (`queuePosition` > 0), perhaps for the second time, or its prompt is being
    /// computed, or it goes on after it has waited again.
    ///
    /// @param queuePosition its place among those that wait, 1 for the next; 0 when running
    /// @param computedTokens prompt tokens computed, or found in the cache; never fewer than before
    /// @param cachedTokens those of them that were found in the cache
    record Progress(int queuePosition, int computedTokens, int cachedTokens) implements TokenEvent {
        /// With nothing found in the cache.
        public Progress(int queuePosition, int computedTokens) {
            this(queuePosition, computedTokens, 0);
        }
    }

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
    ///
    /// @param repeatedTokens so many of the last tokens only repeat those before them, and are not
    ///   to be charged; 0 but where a circle was ended ({@link FinishReason#REPETITION})
    /// @param cachedTokens tokens of the prompt whose keys and values were in the cache
    record Finished(FinishReason reason, int repeatedTokens, int cachedTokens)
            implements TokenEvent {
        /// An end behind tokens that all count, and a prompt that was new.
        public Finished(FinishReason reason) {
            this(reason, 0, 0);
        }
    }

    /// A token and its natural log-probability.
    record TokenLogprob(int token, float logprob) {}
}
