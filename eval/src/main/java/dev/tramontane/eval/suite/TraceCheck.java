package dev.tramontane.eval.suite;

import dev.tramontane.eval.graders.math.MathComparison;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether the sums in a worked trace are right, in any language: every equation between numbers
/// must hold.
public final class TraceCheck {
    private static final Pattern EQUATION =
            Pattern.compile(
                    "(?<![\\p{L}\\d.])[\\d(][\\d\\s+×*/().-]*(?:\\s*=[\\d\\s+×*/().-]*\\d\\)?){1,20}");
    private static final int LONGEST_CHARS = 100_000;

    private TraceCheck() {}

    /// The first equation of a text that does not hold; empty where all do, or there is none.
    public static Optional<String> firstWrong(String trace) {
        Matcher equation =
                EQUATION.matcher(trace.substring(0, Math.min(trace.length(), LONGEST_CHARS)));
        while (equation.find()) {
            String[] sides = equation.group().split("=");
            for (int i = 1; i < sides.length; i++) {
                if (!MathComparison.compare(sides[i - 1], sides[i]).equal()) {
                    return Optional.of(equation.group().strip());
                }
            }
        }
        return Optional.empty();
    }
}
