package dev.tramontane.server.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What is written, and the time that its reader has for it.
class GuardedWriterTest {
    private static final Duration MOST = Duration.ofHours(1);

    private final Deadline deadline = new Deadline();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final List<Integer> pieces = new ArrayList<>();

    /// A reader that uses all of the time that it has for each piece.
    private final class SteadyReader implements DataWriter {
        @Override
        public void write(BufferData buffer) {
            assertFalse(deadline.hasPassed(System.nanoTime()), "it has no time of its own");
            byte[] piece = new byte[buffer.available()];
            pieces.add(buffer.read(piece));
            written.writeBytes(piece);
            deadline.by(System.nanoTime() - 1);
        }

        @Override
        public void write(BufferData... buffers) {
            write(BufferData.create(buffers));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData buffer) {
            write(buffer);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @Test
    void what_is_large_is_written_in_pieces_that_have_a_time_each() {
        int most = GuardedWriter.PIECE_BYTES;
        var writer = new GuardedWriter(new SteadyReader(), deadline, MOST);
        byte[] large = bytes(3 * most + 1);
        writer.write(BufferData.create(large));
        assertArrayEquals(large, written.toByteArray());
        assertEquals(List.of(most, most, most, 1), pieces);
        assertFalse(deadline.hasPassed(Long.MAX_VALUE), "nothing is written any more");
    }

    @Test
    void several_buffers_are_written_in_their_order() {
        int most = GuardedWriter.PIECE_BYTES;
        var writer = new GuardedWriter(new SteadyReader(), deadline, MOST);
        byte[] all = bytes(most + 20);
        writer.writeNow(
                BufferData.create(all, 0, 10),
                BufferData.create(all, 10, most),
                BufferData.create(all, most + 10, 10));
        assertArrayEquals(all, written.toByteArray());
        assertEquals(List.of(most, 20), pieces);
    }

    @Test
    void what_is_small_is_written_as_it_is() {
        var writer = new GuardedWriter(new SteadyReader(), deadline, MOST);
        writer.write(BufferData.create(bytes(0)));
        writer.write(BufferData.create(bytes(GuardedWriter.PIECE_BYTES)));
        assertEquals(List.of(0, GuardedWriter.PIECE_BYTES), pieces);
    }
}
