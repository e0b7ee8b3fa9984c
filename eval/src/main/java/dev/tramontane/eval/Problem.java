package dev.tramontane.eval;

import dev.tramontane.chat.Message;

import java.util.List;

/// One item of a benchmark.
///
/// @param id unique within its benchmark, and the same in every run
/// @param messages what the model is asked
/// @param reference what a right answer is
public record Problem(String id, List<Message> messages, Reference reference) {
    public Problem {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a problem without an id");
        }
        messages = List.copyOf(messages);
    }
}
