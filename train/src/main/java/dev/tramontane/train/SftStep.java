package dev.tramontane.train;

/// What one supervised step says about itself.
///
/// @param step its number; the first is 1
/// @param rate learning rate
/// @param loss mean negative log-probability of the learned tokens, in nats, before the step
/// @param entropy mean, in nats, of the distributions they were held against
/// @param gradientNorm before clipping
/// @param tokens computed
/// @param learnedTokens of these
/// @param examples taken from the data so far, this step's included
public record SftStep(
        long step,
        double rate,
        double loss,
        double entropy,
        double gradientNorm,
        int tokens,
        int learnedTokens,
        long examples) {}
