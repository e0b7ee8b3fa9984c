package dev.tramontane.train.grpo;

import dev.tramontane.train.TrainingBatch;

/// A completion as it was sampled.
///
/// @param prompt tokens before it
/// @param completion its tokens, the one that ends it included
/// @param logProbs of each token when it was sampled
/// @param forced which tokens a mask left no choice about; nobody sampled them, so they teach
///   nothing
/// @param truncated whether it was cut off before it ended
/// @param firstVersion of the weights that its first token was sampled from
/// @param lastVersion of those for its last
public record Trajectory(
        int[] prompt,
        int[] completion,
        float[] logProbs,
        boolean[] forced,
        boolean truncated,
        long firstVersion,
        long lastVersion) {
    public Trajectory {
        if (prompt.length == 0) {
            throw new IllegalArgumentException(
                    "a completion without a prompt; expected one token at least, as its beginning");
        }
        if (logProbs.length != completion.length || forced.length != completion.length) {
            throw new IllegalArgumentException(
                    "%d tokens with %d log-probabilities and %d marks; expected as many of each"
                            .formatted(completion.length, logProbs.length, forced.length));
        }
    }

    /// One that ended by itself, sampled from the first weights.
    public Trajectory(int[] prompt, int[] completion, float[] logProbs, boolean[] forced) {
        this(prompt, completion, logProbs, forced, false, 0, 0);
    }

    /// Tokens that were sampled.
    public int sampledTokens() {
        int sampled = 0;
        for (boolean token : forced) {
            sampled += token ? 0 : 1;
        }
        return sampled;
    }

    /// Tokens of prompt and completion.
    public int tokens() {
        return prompt.length + completion.length;
    }

    /// Prompt and completion, the sampled tokens scored.
    public TrainingBatch.Part part() {
        int[] tokens = new int[tokens()];
        boolean[] scored = new boolean[tokens.length];
        System.arraycopy(prompt, 0, tokens, 0, prompt.length);
        System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
        for (int i = 0; i < forced.length; i++) {
            scored[prompt.length + i] = !forced[i];
        }
        return new TrainingBatch.Part(tokens, scored);
    }
}
