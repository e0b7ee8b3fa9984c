package dev.tramontane.server;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
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

    /// The next line, as soon as it is there.
    String next() {
        return Waiting.until("a line of the log", lines::poll, Objects::nonNull);
    }

    JsonNode nextJson() {
        return Json.parse(next().getBytes(StandardCharsets.UTF_8));
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }
}
