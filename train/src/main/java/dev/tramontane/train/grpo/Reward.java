package dev.tramontane.train.grpo;

/// What a completion earned, by its parts.
///
/// @param format whether it kept the format; where not, nothing was graded
/// @param correct whether its answer is right
/// @param language whether problem, thoughts and answer are in one language
/// @param length what its length took off, 0 or less
/// @param total the sum, by the {@link RewardRules}
/// @param why one line for people
public record Reward(
        boolean format,
        boolean correct,
        boolean language,
        double length,
        double total,
        String why) {
    /// Of a completion out of form: nothing, whatever its length (section 2.2.1; that the length
    /// takes nothing off either is our reading).
    public static Reward outOfForm(String why) {
        return new Reward(false, false, false, 0, 0, why);
    }

    /// Of a completion in form.
    ///
    /// @param tokens its length
    public static Reward of(
            RewardRules rules, boolean correct, boolean language, int tokens, String why) {
        double length = rules.lengthPart(tokens);
        double total =
                rules.format()
                        + (correct ? rules.correctness() : 0)
                        + (language ? rules.language() : 0)
                        + length;
        return new Reward(true, correct, language, length, total, why);
    }
}
