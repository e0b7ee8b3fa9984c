package dev.tramontane.eval.suite;

import java.util.List;

/// A conversation to learn from.
///
/// @param id the same for every run with the same seed
/// @param turns one or more; the last is what is to be learned
public record Conversation(String id, Language language, List<Turn> turns) {
    public Conversation {
        turns = List.copyOf(turns);
        if (turns.isEmpty()) {
            throw new IllegalArgumentException(id + ": no turns, expected one or more");
        }
    }

    /// What is said, and what is answered.
    ///
    /// @param thought before the answer, in the same language
    public record Turn(String said, String thought, String answer) {}

    /// The turn that is to be learned.
    public Turn last() {
        return turns.getLast();
    }
}
