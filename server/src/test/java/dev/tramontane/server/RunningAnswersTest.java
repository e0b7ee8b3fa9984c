package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class RunningAnswersTest {
    @Test
    void what_comes_behind_the_end_of_all_ends_as_well() {
        var running = new RunningAnswers();
        var ends = new AtomicInteger();
        try (Running.Entry _ = running.enter(ends::incrementAndGet)) {
            running.cancelAll();
            assertEquals(1, ends.get());
        }
        try (Running.Entry _ = running.enter(ends::incrementAndGet)) {
            assertEquals(2, ends.get());
        }
    }
}
