package dev.tramontane.server.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

import java.time.Duration;

/// Writes with a deadline for each piece: a client that does not read is waited for so long.
record GuardedWriter(DataWriter writer, Deadline deadline, Duration most) implements DataWriter {
    private void timed(Runnable write) {
        deadline.in(most);
        try {
            write.run();
        } finally {
            deadline.lift();
        }
    }

    @Override
    public void write(BufferData... buffers) {
        timed(() -> writer.write(buffers));
    }

    @Override
    public void write(BufferData buffer) {
        timed(() -> writer.write(buffer));
    }

    @Override
    public void writeNow(BufferData... buffers) {
        timed(() -> writer.writeNow(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        timed(() -> writer.writeNow(buffer));
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
