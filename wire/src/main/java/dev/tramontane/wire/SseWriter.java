package dev.tramontane.wire;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Server-sent events (HTML standard, section 9.2) with JSON in them. What is added goes out
/// together when it is flushed. For one thread.
public final class SseWriter {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

    private final OutputStream out;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    /// @param out stays the caller's to close
    public SseWriter(OutputStream out) {
        this.out = out;
    }

    /// An event without a name. JSON has no line breaks of its own, so one line holds it.
    public void add(JsonNode data) {
        add(data.toString());
    }

    /// An event with a name, which its reader tells events apart by.
    public void add(String type, JsonNode data) {
        waiting.writeBytes(("event: " + type + "\n").getBytes(StandardCharsets.UTF_8));
        add(data);
    }

    /// @param line of text
    public void add(String line) {
        waiting.writeBytes(DATA);
        waiting.writeBytes(line.getBytes(StandardCharsets.UTF_8));
        waiting.writeBytes(END);
    }

    /// What no reader sees: it shows both sides that the connection lives.
    public void comment(String line) {
        waiting.writeBytes((": " + line + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Sends what was added; without that, nothing happens: in HTTP an empty chunk is the end.
    ///
    /// @throws IOException when the reader is gone
    public void flush() throws IOException {
        if (waiting.size() == 0) {
            return;
        }
        waiting.writeTo(out);
        waiting.reset();
        out.flush();
    }
}
