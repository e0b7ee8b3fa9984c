package dev.tramontane.train;

/// What a forward pass says of a batch's scored tokens; buffers that the next pass overwrites.
///
/// @param logProbs float[scored]: the natural logarithm of each token's probability
/// @param entropies float[scored]: of the distribution it was chosen from, in nats
public record TokenScores(float[] logProbs, float[] entropies) {
    /// Room for batches with so many scored tokens.
    public static TokenScores forAtMost(int scored) {
        return new TokenScores(new float[scored], new float[scored]);
    }
}
