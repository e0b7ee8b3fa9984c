package dev.tramontane.wire;

import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes the chunks of an answer as its API frames them: as server-sent events (HTML standard,
/// section 9.2), or as lines. What is added goes out together when it is flushed. For one thread.
public final class ChunkWriter {
    private final OutputStream out;
    private final Answering.Framing framing;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    /// @param out stays the caller's to close
    public ChunkWriter(OutputStream out, Answering.Framing framing) {
        this.out = out;
        this.framing = framing;
    }

    /// JSON has no line breaks of its own, so one line holds it.
    public void add(ObjectNode chunk) {
        switch (framing) {
            case UNNAMED_TO_DONE, UNNAMED -> append("data: " + chunk + "\n\n");
            case NAMED_BY_TYPE ->
                    append(
                            "event: %s\ndata: %s\n\n"
                                    .formatted(chunk.path("type").asString(""), chunk));
            case LINES -> append(chunk + "\n");
        }
    }

    /// An event that a reader can go on behind.
    public void add(long id, String name, ObjectNode data) {
        append("id: %d\nevent: %s\ndata: %s\n\n".formatted(id, name, data));
    }

    /// What no reader of events sees: it shows both sides that the connection lives. Lines have
    /// nothing like it.
    public void comment(String line) {
        switch (framing) {
            case UNNAMED_TO_DONE, UNNAMED, NAMED_BY_TYPE -> append(": " + line + "\n\n");
            case LINES -> {}
        }
    }

    /// Says that the answer is complete, where a last chunk does not.
    public void end() {
        switch (framing) {
            case UNNAMED_TO_DONE -> append("data: [DONE]\n\n");
            case UNNAMED, NAMED_BY_TYPE, LINES -> {}
        }
    }

    private void append(String text) {
        waiting.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Whether nothing was added since the last flush.
    public boolean isEmpty() {
        return waiting.size() == 0;
    }

    /// Sends what was added; without that, nothing happens: in HTTP an empty chunk is the end.
    ///
    /// @throws IOException when the reader is gone
    public void flush() throws IOException {
        if (isEmpty()) {
            return;
        }
        waiting.writeTo(out);
        waiting.reset();
        out.flush();
    }
}
