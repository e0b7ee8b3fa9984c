package dev.tramontane.grammar;

import java.time.Duration;

/// What compiling one grammar may take.
///
/// @param characters of the text that it is written in
/// @param depth of brackets within brackets as it is written
/// @param rules of a grammar
/// @param states of the automaton in which a text can go on in more than one way; those on the way
///   through a fixed text are a tenth each
/// @param steps of work; the same grammar takes the same number everywhere, so that what is refused
///   does not depend on how busy the machine is
/// @param time by a monotonic clock, should a step take far longer than it does here
public record Limits(int characters, int depth, int rules, int states, long steps, Duration time) {
    /// A million characters, 32 deep, 10,000 rules, 10,000 states, the steps of about a third of a
    /// second of a core, ten seconds for machines that do something else meanwhile.
    public static final Limits STANDARD =
            new Limits(1_000_000, 32, 10_000, 10_000, 10_000_000, Duration.ofSeconds(10));

    /// The same with another time.
    public Limits within(Duration longest) {
        return new Limits(characters, depth, rules, states, steps, longest);
    }

    /// Refuses a text that is too long.
    ///
    /// @param what it is, such as `the pattern`
    void checkLength(String text, String what) {
        if (text.length() > characters) {
            throw new InvalidGrammarException(
                    what,
                    "%d characters, expected at most %d; shorten it"
                            .formatted(text.length(), characters));
        }
    }
}
