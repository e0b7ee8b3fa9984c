package dev.tramontane.train.grpo;

/// What a completion earns (Magistral 2025, section 2.2).
///
/// @param format for keeping the format; without it nothing else is earned
/// @param correctness for a right answer, on top
/// @param language for thinking and answering in the problem's language, on top
/// @param length taken off one that is as long as allowed: 0 or more
/// @param maxTokens the report's l_max, where sampling stops
/// @param cacheTokens the report's l_cache: the last tokens before `maxTokens`, over which the
///   deduction grows from nothing
public record RewardRules(
        double format,
        double correctness,
        double language,
        double length,
        int maxTokens,
        int cacheTokens) {
    public RewardRules {
        if (!(format >= 0 && correctness >= 0 && language >= 0 && length >= 0)
                || !Double.isFinite(format + correctness + language + length)) {
            throw new IllegalArgumentException(
                    "rewards of %s for the format, %s for being right, %s for the language and %s off for the length; expected 0 or more for each"
                            .formatted(format, correctness, language, length));
        }
        if (maxTokens < 1 || cacheTokens < 0 || cacheTokens > maxTokens) {
            throw new IllegalArgumentException(
                    "completions of at most %d tokens, the last %d of them at a cost; expected one token or more, and no more at a cost than there are"
                            .formatted(maxTokens, cacheTokens));
        }
    }

    /// The report's values for completions of so many tokens.
    public static RewardRules magistral(int maxTokens, int cacheTokens) {
        return new RewardRules(0.1, 0.9, 0.1, 0.1, maxTokens, cacheTokens);
    }

    /// The length's part, 0 or less: nothing up to `maxTokens − cacheTokens`, then falling linearly
    /// (section 2.2.3, equation 1).
    double lengthPart(int tokens) {
        int free = maxTokens - cacheTokens;
        if (tokens <= free) {
            return 0;
        }
        return -length * Math.min(1, (double) (tokens - free) / cacheTokens);
    }
}
