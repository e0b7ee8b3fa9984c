package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.chat.ChatEvent;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.concurrent.atomic.AtomicLong;

/// The time that is told with the reading of a prompt.
class PromptProgressTest {
    private final AtomicLong nanos = new AtomicLong();
    private final PromptProgress progress = new PromptProgress(nanos::get);

    private String told(int place, int computed, int cached) {
        ObjectNode chunk = JsonNodeFactory.instance.objectNode();
        progress.tell(new ChatEvent.Progress(place, computed, 90, cached), chunk);
        return chunk.path("prompt_progress").toString();
    }

    @Test
    void time_runs_from_the_request_or_from_when_it_last_waited() {
        nanos.addAndGet(5_000_000);
        assertEquals(
                "{\"queue_position\":2,\"total\":90,\"cache\":0,\"processed\":0,\"time_ms\":0}",
                told(2, 0, 0));
        nanos.addAndGet(7_900_000);
        assertEquals(
                "{\"queue_position\":0,\"total\":90,\"cache\":32,\"processed\":32,\"time_ms\":7}",
                told(0, 32, 32));
        nanos.addAndGet(100_000);
        assertEquals(
                "{\"queue_position\":0,\"total\":90,\"cache\":32,\"processed\":90,\"time_ms\":8}",
                told(0, 90, 32));
    }
}
