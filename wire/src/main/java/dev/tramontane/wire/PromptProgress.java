package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;

import tools.jackson.databind.node.ObjectNode;

import java.util.function.LongSupplier;

/// `prompt_progress` of one answer, as llama-server tells it (`total`, `cache`, `processed`,
/// `time_ms`), with the place in the queue beside.
///
/// Time runs from the answer's request on, or from when it last was told that it waits.
final class PromptProgress {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    private long start;

    PromptProgress() {
        this(System::nanoTime);
    }

    /// For tests: with a clock of their own.
    PromptProgress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    void tell(ChatEvent.Progress progress, ObjectNode chunk) {
        long now = nanoTime.getAsLong();
        start = progress.queuePosition() > 0 ? now : start;
        chunk.putObject("prompt_progress")
                .put("queue_position", progress.queuePosition())
                .put("total", progress.promptTokens())
                .put("cache", progress.cachedTokens())
                .put("processed", progress.computedTokens())
                .put("time_ms", (now - start) / NANOS_PER_MILLI);
    }
}
