package dev.tramontane.eval.items;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Lines of bytes, and where each begins.
public final class LineReader implements AutoCloseable {
    private static final int LONGEST_BYTES = 1 << 30;
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int filled;
    private int at;
    private long position;
    private long from;
    private boolean ended = true;

    public LineReader(InputStream in) {
        this.in = in;
    }

    /// Where the last line begins.
    public long from() {
        return from;
    }

    /// Whether the last line had an end, as only the file's last may lack it.
    public boolean isEnded() {
        return ended;
    }

    /// The next line without its end; empty behind the last.
    public Optional<byte[]> next() throws IOException {
        from = position;
        var line = new ByteArrayOutputStream();
        while (true) {
            if (at == filled) {
                filled = Math.max(0, in.read(buffer));
                at = 0;
                if (filled == 0) {
                    ended = line.size() == 0;
                    return line.size() == 0 ? Optional.empty() : Optional.of(line.toByteArray());
                }
            }
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, at, end - at);
            position += end - at;
            at = end;
            if (end < filled) {
                at++;
                position++;
                return Optional.of(line.toByteArray());
            }
            if (line.size() > LONGEST_BYTES) {
                throw new ItemException("a line of more than 1 GiB at byte " + from);
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
