package dev.tramontane.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads server-sent events: lines of `field: value`, an empty line after each event.
///
/// WHATWG HTML, section 9.2.6. Lines end in CR, LF or both; a byte order mark at the start,
/// comments (keep-alives), `id` and `retry` are skipped, since nobody connects anew in the middle
/// of an answer. An event that the stream's end cuts off is none. Bytes that are no UTF-8 become
/// U+FFFD.
///
/// For one thread; whoever opened the stream closes it.
public final class SseReader {
    private static final int BUFFER_BYTES = 8192;

    private final InputStream in;
    private final int mostBytes;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int at;
    private int end;
    private boolean isFirstLine = true;
    private boolean skipsLineFeed;

    /// @param mostBytes of one event, its field names included; a longer one is refused
    public SseReader(InputStream in, int mostBytes) {
        this.in = in;
        this.mostBytes = mostBytes;
    }

    /// An event.
    ///
    /// @param type what `event` says; `message` where it says nothing
    /// @param data lines with `\n` between them
    public record Event(String type, String data) {}

    /// An event or a line is longer than anybody needs.
    public static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;

        TooLongException(int mostBytes) {
            super("an event of more than " + mostBytes + " bytes, expected shorter ones");
        }
    }

    /// The next event; empty at the end of the stream.
    ///
    /// @throws TooLongException when an event does not end
    /// @throws IOException when the stream breaks
    public Optional<Event> next() throws IOException {
        var data = new StringBuilder();
        String type = "";
        boolean hasData = false;
        int bytes = 0;
        while (readLine()) {
            bytes += line.size();
            if (bytes > mostBytes) {
                throw new TooLongException(mostBytes);
            }
            String text = takeLine();
            if (text.isEmpty()) {
                if (hasData) {
                    return Optional.of(
                            new Event(type.isEmpty() ? "message" : type, data.toString()));
                }
                type = "";
                bytes = 0;
                continue;
            }
            int colon = text.indexOf(':');
            String field = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (field.equals("data")) {
                data.append(hasData ? "\n" : "").append(value);
                hasData = true;
            } else if (field.equals("event")) {
                type = value;
            }
        }
        return Optional.empty();
    }

    private String takeLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        boolean hasMark = isFirstLine && text.startsWith("\uFEFF");
        isFirstLine = false;
        return hasMark ? text.substring(1) : text;
    }

    /// Reads up to the end of a line into `line`; false where the stream ends before.
    private boolean readLine() throws IOException {
        while (true) {
            int from = at;
            while (at < end) {
                byte next = buffer[at++];
                if (skipsLineFeed) {
                    skipsLineFeed = false;
                    if (next == '\n') {
                        from = at;
                        continue;
                    }
                }
                if (next == '\n' || next == '\r') {
                    skipsLineFeed = next == '\r';
                    keep(from, at - 1);
                    return true;
                }
            }
            keep(from, end);
            at = 0;
            end = in.read(buffer, 0, buffer.length);
            if (end < 0) {
                end = 0;
                line.reset();
                return false;
            }
        }
    }

    private void keep(int from, int to) throws TooLongException {
        if (line.size() + (to - from) > mostBytes) {
            throw new TooLongException(mostBytes);
        }
        line.write(buffer, from, to - from);
    }
}
