package dev.tramontane.chat;

import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.Priority;

/// On whose behalf something is asked.
///
/// @param owner among whom the model is shared fairly, and whose computed prompts may be used
///   again; empty where all are one
/// @param priority how it stands to others
public record Client(String owner, Priority priority) {
    /// One person at a terminal, or a program that serves nobody else.
    public static final Client ANYBODY =
            new Client(GenerationRequest.NO_OWNER, Priority.INTERACTIVE);
}
