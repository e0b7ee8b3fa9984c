package dev.tramontane.wire;

import dev.tramontane.engine.Drafts;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;

/// How long an answer took: reading the prompt is what happened before the first token, waiting
/// included; generating is the rest.
///
/// @param cachedTokens of the prompt that had been computed before
/// @param computedTokens of the prompt that were computed now
/// @param tokens generated
/// @param drafts what guessing ahead came to
public record Timings(
        int cachedTokens,
        int computedTokens,
        Duration prompt,
        int tokens,
        Duration generating,
        Drafts drafts) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// In llama-server's words. The first token comes with the prompt: its time is not generating.
    public ObjectNode toJson() {
        double promptMillis = prompt.toNanos() / NANOS_PER_MILLI;
        double tokenMillis = generating.toNanos() / NANOS_PER_MILLI;
        int steps = Math.max(0, tokens - 1);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("cache_n", cachedTokens)
                .put("prompt_n", computedTokens)
                .put("prompt_ms", promptMillis)
                .put("prompt_per_token_ms", each(computedTokens, promptMillis))
                .put("prompt_per_second", perSecond(computedTokens, promptMillis))
                .put("predicted_n", tokens)
                .put("predicted_ms", tokenMillis)
                .put("predicted_per_token_ms", each(steps, tokenMillis))
                .put("predicted_per_second", perSecond(steps, tokenMillis));
        if (drafts.tokens() > 0) {
            json.put("draft_n", drafts.tokens()).put("draft_n_accepted", drafts.accepted());
        }
        return json;
    }

    private static double each(int count, double millis) {
        return count == 0 ? 0 : millis / count;
    }

    private static double perSecond(int count, double millis) {
        return millis <= 0 ? 0 : count * 1000 / millis;
    }
}
