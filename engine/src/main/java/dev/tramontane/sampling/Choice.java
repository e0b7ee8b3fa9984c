package dev.tramontane.sampling;

/// The token that comes next.
///
/// @param logprob its natural log-probability, before or behind the filters as asked ({@link
///   Logprobs}); NaN unless asked for
/// @param topTokens the likeliest tokens there, likeliest first; owned
/// @param topLogprobs theirs; owned
/// @param forced whether masks left this one choice
public record Choice(
        int token, float logprob, int[] topTokens, float[] topLogprobs, boolean forced) {}
