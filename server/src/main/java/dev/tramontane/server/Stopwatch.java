package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;

import tools.jackson.databind.node.ObjectNode;

/// How long an answer took, in llama-server's words: reading the prompt is what happened before the
/// first token, waiting included; predicting is the rest.
final class Stopwatch {
    private static final double NANOS_PER_MILLI = 1e6;

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

    ObjectNode timings() {
        double promptMillis = (first - start) / NANOS_PER_MILLI;
        double tokenMillis = (end - first) / NANOS_PER_MILLI;
        int computed = promptTokens - cachedTokens;
        return Json.object()
                .put("cache_n", cachedTokens)
                .put("prompt_n", computed)
                .put("prompt_ms", promptMillis)
                .put("prompt_per_second", perSecond(computed, promptMillis))
                .put("predicted_n", tokens)
                .put("predicted_ms", tokenMillis)
                .put("predicted_per_second", perSecond(tokens, tokenMillis));
    }

    private static double perSecond(int count, double millis) {
        return millis <= 0 ? 0 : count * 1000 / millis;
    }
}
