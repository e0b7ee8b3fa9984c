package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.wire.Timings;

import java.time.Duration;

/// How long an answer takes, by the events of it.
final class Stopwatch {
    private final long start;
    private long first;
    private long end;
    private int promptTokens;
    private int cachedTokens;
    private int tokens;

    /// @param start of `System.nanoTime()`
    Stopwatch(long start) {
        this.start = start;
    }

    void take(ChatEvent event) {
        if (first == 0 && !(event instanceof ChatEvent.Progress)) {
            first = System.nanoTime();
        }
        if (event instanceof ChatEvent.Finished(var _, Usage usage)) {
            end = System.nanoTime();
            promptTokens = usage.promptTokens();
            cachedTokens = usage.cachedTokens();
            tokens += usage.completionTokens();
        }
    }

    /// @param drafts what guessing ahead came to
    Timings timings(Drafts drafts) {
        return new Timings(
                cachedTokens,
                promptTokens - cachedTokens,
                Duration.ofNanos(first - start),
                tokens,
                Duration.ofNanos(end - first),
                drafts);
    }
}
