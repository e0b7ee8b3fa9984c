package dev.tramontane.server.conversation;

import java.util.Locale;

/// What became of an answer.
public enum AnswerState {
    /// It is being written.
    RUNNING,
    DONE,
    /// Somebody stopped it.
    STOPPED,
    /// It could not be written, or not to its end.
    FAILED,
    /// The server ended while it was written.
    INTERRUPTED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @param word of {@link #word}
    static AnswerState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
