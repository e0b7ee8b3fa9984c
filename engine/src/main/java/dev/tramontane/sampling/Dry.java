package dev.tramontane.sampling;

/// "Don't repeat yourself": makes tokens less likely that would continue a sequence that came
/// before, the more the longer it is. Read by {@link DryPenalty}.
///
/// @param multiplier taken from the logit at the allowed length; 0 is off
/// @param base grows the penalty with each token beyond the allowed length
/// @param allowedLength tokens of a repeated sequence before the penalty begins, at least 1
/// @param lastTokens how many of the last tokens are searched, the prompt's included; −1 for all
/// @param breakers what a repeated sequence does not reach across
public record Dry(
        float multiplier,
        float base,
        int allowedLength,
        int lastTokens,
        SequenceBreakers breakers) {
    /// Changes nothing; its other values are those that one starts from.
    public static final Dry OFF = new Dry(0, 1.75f, 2, -1, SequenceBreakers.NONE);

    public Dry {
        Ranges.check(
                multiplier >= 0 && multiplier <= 100, "dry_multiplier", multiplier, "0 to 100");
        Ranges.check(base >= 1 && base <= 100, "dry_base", base, "1 to 100");
        Ranges.check(allowedLength >= 1, "dry_allowed_length", allowedLength, "1 or more");
        Ranges.check(
                lastTokens >= -1, "dry_penalty_last_n", lastTokens, "-1 for all, or 0 or more");
    }

    boolean isOn() {
        return multiplier > 0 && lastTokens != 0;
    }
}
