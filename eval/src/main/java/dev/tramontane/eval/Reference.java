package dev.tramontane.eval;

import java.util.List;
import java.util.Optional;

/// What a right answer to a problem is.
public sealed interface Reference {
    /// An answer in words or mathematics.
    ///
    /// @param accepted any of these, the first as the benchmark publishes it
    record Text(List<String> accepted) implements Reference {
        public Text {
            accepted = List.copyOf(accepted);
            if (accepted.isEmpty()) {
                throw new IllegalArgumentException("no accepted answer, expected one or more");
            }
        }
    }

    /// A text that is to be given as it is, but for the space between its words.
    record Verbatim(String text) implements Reference {}

    /// A letter among the choices as they were shown.
    ///
    /// @param letter `A` for the first
    /// @param choices the choices' texts, in the order shown
    record Choice(char letter, List<String> choices) implements Reference {
        public Choice {
            choices = List.copyOf(choices);
            if (letter < 'A' || letter >= 'A' + choices.size()) {
                throw new IllegalArgumentException(
                        "the right choice is %s, expected one of %d letters from A"
                                .formatted(letter, choices.size()));
            }
        }
    }

    /// A program that passes tests.
    ///
    /// @param function what the tests call; absent where they write to the standard input
    record Tests(Optional<String> function, List<Case> cases) implements Reference {
        public Tests {
            cases = List.copyOf(cases);
        }

        /// @param input standard input, or the arguments, a JSON value a line
        /// @param output standard output, or the result as JSON
        public record Case(String input, String output) {}
    }
}
