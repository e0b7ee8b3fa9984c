package dev.tramontane.server;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// An access log that a test reads line by line, as they come. Whoever has a line finds the figures
/// and spans of its request told as well.
final class LogLines extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @Override
    public void write(int next) {
        if (next == '\n') {
            lines.add(line.toString(StandardCharsets.UTF_8));
            line.reset();
        } else {
            line.write(next);
        }
    }

    Telemetry telemetry() {
        return Telemetry.NONE.withAccessLog(new Telemetry.Log.ToStream(this));
    }

    /// The next line, as soon as it is there. JUnit's own limit ends a test in which none comes.
    String next() throws InterruptedException {
        return lines.take();
    }

    JsonNode nextJson() throws InterruptedException {
        return Json.parse(next().getBytes(StandardCharsets.UTF_8));
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }
}
