package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.terminal.Stdio;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicLong;

class MeterTest {
    private final AtomicLong nanos = new AtomicLong();

    private Meter meter() {
        Stdio io =
                Tramontane.program()
                        .terminals(new Stdio.Terminals(true, true, true))
                        .stdio(new ByteArrayOutputStream(), new ByteArrayOutputStream());
        return new Meter(io, nanos::get);
    }

    @Test
    void bytes_rate_and_time_left_are_told() {
        Meter meter = meter();
        meter.begin(10_000_000_000L, 4_000_000_000L);
        nanos.addAndGet(2_000_000_000L);
        meter.show("a.gguf", 4_200_000_000L);
        assertEquals(
                "a.gguf   4.2 GB of 10.0 GB   42 %   100.0 MB/s   58 s left",
                meter.line("a.gguf", 4_200_000_000L));
    }

    @Test
    void the_rate_is_that_of_the_last_seconds() {
        Meter meter = meter();
        meter.begin(1_000_000_000L, 0);
        for (int second = 1; second <= 20; second++) {
            nanos.addAndGet(1_000_000_000L);
            meter.show(
                    "a", second <= 10 ? second * 50_000_000L : 490_000_000L + second * 1_000_000L);
        }
        assertEquals(
                "a   510.0 MB of 1.0 GB   51 %   1.0 MB/s   8 min 10 s left",
                meter.line("a", 510_000_000L));
    }

    @Test
    void without_any_progress_there_is_no_rate() {
        Meter meter = meter();
        meter.begin(100, 0);
        assertEquals("a   0 B of 100 B   0 %", meter.line("a", 0));
    }
}
