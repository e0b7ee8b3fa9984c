package dev.tramontane.sampling;

/// The token that comes next.
///
/// @param logprob its natural log-probability before any filter; NaN unless asked for
/// @param topTokens the likeliest tokens before any filter, likeliest first; owned
/// @param topLogprobs theirs; owned
/// @param forced whether masks left this one choice
public record Choice(
        int token, float logprob, int[] topTokens, float[] topLogprobs, boolean forced) {}
