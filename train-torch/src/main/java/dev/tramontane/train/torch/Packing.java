package dev.tramontane.train.torch;

import dev.tramontane.train.TrainingBatch;

import java.util.Arrays;

/// How sequences that lie end to end fill a rectangle, which libtorch's attention wants: each from
/// the left, the rest of its row repeating the batch's first token. Causal attention never looks
/// right, so what stands there changes nothing, and is dropped.
///
/// @param sequences rows of the rectangle
/// @param longest its columns
/// @param isWhole whether all sequences are equally long, so that both ways of lying are one
/// @param toRectangle `long[sequences · longest]`: which token stands there
/// @param toTokens `long[tokens]`: where a token stands
/// @param positions `long[tokens]`: a token's place in its sequence
record Packing(
        int sequences,
        int longest,
        boolean isWhole,
        long[] toRectangle,
        long[] toTokens,
        long[] positions) {
    static Packing of(TrainingBatch batch) {
        int[] starts = batch.starts();
        int sequences = batch.sequences();
        int longest = 0;
        for (int i = 0; i < sequences; i++) {
            longest = Math.max(longest, starts[i + 1] - starts[i]);
        }
        int tokens = batch.tokens().length;
        long[] toRectangle = new long[Math.multiplyExact(sequences, longest)];
        long[] toTokens = new long[tokens];
        long[] positions = new long[tokens];
        for (int i = 0; i < sequences; i++) {
            int length = starts[i + 1] - starts[i];
            for (int place = 0; place < length; place++) {
                int token = starts[i] + place;
                int corner = i * longest + place;
                toRectangle[corner] = token;
                toTokens[token] = corner;
                positions[token] = place;
            }
        }
        boolean isWhole = toRectangle.length == tokens;
        return new Packing(sequences, longest, isWhole, toRectangle, toTokens, positions);
    }

    /// The tokens as libtorch counts them.
    static long[] longs(int[] tokens) {
        return Arrays.stream(tokens).asLongStream().toArray();
    }
}
