package dev.tramontane.sampling;

/// Lowers the logits of tokens that came among the last ones. For a token that came `n` > 0 times,
/// with the parameters of {@link Repetition}:
///
/// ```
/// logit ← logit / repeat, or logit · repeat where it is negative     Keskar et al. 2019, eq. 3
/// logit ← logit − n · frequency − presence
/// ```
///
/// Derived from the tokens each time, so there is nothing to roll back.
final class RepetitionPenalty {
    private final int[] counts;

    RepetitionPenalty(int vocab) {
        counts = new int[vocab]; // all zero between calls
    }

    /// @param logits float[vocab]
    /// @param tokens the sequence so far, `count` of them
    void apply(float[] logits, Repetition repetition, int[] tokens, int count) {
        int first = count - Ranges.window(repetition.lastTokens(), count);
        for (int i = first; i < count; i++) {
            counts[tokens[i]]++;
        }
        for (int i = first; i < count; i++) {
            int token = tokens[i];
            if (counts[token] > 0) {
                float logit = logits[token];
                float scaled =
                        logit > 0 ? logit / repetition.repeat() : logit * repetition.repeat();
                logits[token] =
                        scaled - counts[token] * repetition.frequency() - repetition.presence();
                counts[token] = 0;
            }
        }
    }
}
