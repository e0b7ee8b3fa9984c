package dev.tramontane.train;

/// A sequence to learn from.
///
/// @param tokens of prompt and answer, laid one after the other
/// @param learned which tokens the model is to say by itself; never the first
public record Example(int[] tokens, boolean[] learned) {
    public Example {
        if (tokens.length != learned.length) {
            throw new IllegalArgumentException(
                    "%d marks for %d tokens; expected one for each"
                            .formatted(learned.length, tokens.length));
        }
        if (learned.length > 0 && learned[0]) {
            throw new IllegalArgumentException(
                    "an example's first token is to be learned, but nothing precedes it; begin it with a token of its prompt");
        }
    }

    TrainingBatch.Part part() {
        return new TrainingBatch.Part(tokens, learned);
    }

    /// Tokens that are to be learned.
    int learnedTokens() {
        int count = 0;
        for (boolean token : learned) {
            count += token ? 1 : 0;
        }
        return count;
    }
}
