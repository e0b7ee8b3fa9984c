package dev.tramontane.eval;

import java.util.Optional;

/// What a grader thinks of an answer.
///
/// @param extracted what it took for the answer; absent where it found none
/// @param choice the text of the choice that a letter names: problems may show their choices in
///   another order to each sample, so that letters alone do not tell which are alike
/// @param why one line for people: what was compared with what, how, and what decided
public record Grade(
        boolean correct, Optional<String> extracted, Optional<String> choice, String why) {
    /// Of an answer that is no letter of a choice.
    public Grade(boolean correct, Optional<String> extracted, String why) {
        this(correct, extracted, Optional.empty(), why);
    }
}
