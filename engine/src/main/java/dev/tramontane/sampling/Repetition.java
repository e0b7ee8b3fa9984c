package dev.tramontane.sampling;

/// Makes tokens that came lately less likely, each by itself. Read by {@link RepetitionPenalty}.
///
/// @param repeat divides a token's positive logit and multiplies a negative one; 1 leaves it
/// @param frequency taken from a token's logit once for each time it came
/// @param presence taken from a token's logit once if it came
/// @param lastTokens how many of the last tokens count, the prompt's included; −1 for all
public record Repetition(float repeat, float frequency, float presence, int lastTokens) {
    /// The tokens that count where nobody says otherwise.
    public static final int DEFAULT_LAST_TOKENS = 64;

    /// Changes nothing.
    public static final Repetition OFF = new Repetition(1, 0, 0, DEFAULT_LAST_TOKENS);

    public Repetition {
        Ranges.check(repeat > 0 && repeat <= 10, "repeat_penalty", repeat, "more than 0, up to 10");
        Ranges.check(frequency >= -2 && frequency <= 2, "frequency_penalty", frequency, "-2 to 2");
        Ranges.check(presence >= -2 && presence <= 2, "presence_penalty", presence, "-2 to 2");
        Ranges.check(lastTokens >= -1, "repeat_last_n", lastTokens, "-1 for all, or 0 or more");
    }

    boolean isOn() {
        return lastTokens != 0 && (repeat != 1 || frequency != 0 || presence != 0);
    }
}
