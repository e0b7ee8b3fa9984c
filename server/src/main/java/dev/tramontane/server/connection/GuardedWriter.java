package dev.tramontane.server.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

import java.time.Duration;
import java.util.function.Consumer;

/// Writes with a deadline for each piece: a client that does not read is waited for so long. What
/// is large is written in several, so that one that reads steadily has the time that it takes.
record GuardedWriter(DataWriter writer, Deadline deadline, Duration most) implements DataWriter {
    static final int PIECE_BYTES = 64 << 10;

    private void timed(Runnable write) {
        deadline.in(most);
        try {
            write.run();
        } finally {
            deadline.lift();
        }
    }

    private void inPieces(BufferData buffer, Consumer<BufferData> write) {
        while (buffer.available() > PIECE_BYTES) {
            byte[] piece = new byte[PIECE_BYTES];
            int bytes = buffer.read(piece);
            timed(() -> write.accept(BufferData.create(piece, 0, bytes)));
        }
        timed(() -> write.accept(buffer));
    }

    @Override
    public void write(BufferData... buffers) {
        inPieces(BufferData.create(buffers), writer::write);
    }

    @Override
    public void write(BufferData buffer) {
        inPieces(buffer, writer::write);
    }

    @Override
    public void writeNow(BufferData... buffers) {
        inPieces(BufferData.create(buffers), writer::writeNow);
    }

    @Override
    public void writeNow(BufferData buffer) {
        inPieces(buffer, writer::writeNow);
    }

    @Override
    public void flush() {
        timed(writer::flush);
    }

    @Override
    public void close() {
        timed(writer::close);
    }
}
