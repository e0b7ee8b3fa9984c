package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.engine.Vision;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.RgbImage;
import dev.tramontane.wire.image.RequestImages;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

class ImageRoomTest {
    private static final int KILOBYTES = 100;

    /// 30 KB of pixels, and 37 KB in four tokens of 28 x 28 pixels for the encoder.
    private static final RgbImage IMAGE = new RgbImage(1000, 10, new byte[30_000]);

    private final ImageRoom room = new ImageRoom(RequestImages.local(), KILOBYTES << 10);

    private static final ServedModel.Nature SEEING =
            new ServedModel.Nature(
                    "Seeing",
                    4096,
                    Script.SAMPLING,
                    true,
                    true,
                    true,
                    false,
                    Optional.of(
                            new Vision(
                                    new ImageGrid(14, 112, 2),
                                    1,
                                    new Vision.Work(1, 1, 1, 1, 1, 1))));

    private static ChatRequest about(int images) {
        List<Chunk> content = Collections.nCopies(images, new Chunk.ImageChunk(IMAGE));
        return ChatRequest.of(List.of(new Message.UserMessage(content)));
    }

    /// Something that lasts until it is ended.
    private static final class Lasting implements Use {
        private final List<Runnable> ends = new ArrayList<>();

        @Override
        public void whenGone(Runnable gone) {}

        @Override
        public void atEnd(Runnable what) {
            ends.add(what);
        }

        void end() {
            ends.forEach(Runnable::run);
        }
    }

    @Test
    void images_take_memory_until_they_are_answered() {
        var first = new Lasting();
        room.decoded(about(1), List.of(), SEEING, first);
        int taken = KILOBYTES - room.freeKilobytes();
        assertEquals((30_000 + 4 * 28 * 28 * 3 * 4) / 1024 + 1, taken);
        first.end();
        assertEquals(KILOBYTES, room.freeKilobytes());
    }

    @Test
    void who_finds_no_room_is_told_to_come_back_and_leaves_nothing_behind() {
        var first = new Lasting();
        var second = new Lasting();
        room.decoded(about(1), List.of(), SEEING, first);
        assertThrows(
                RefusedException.class, () -> room.decoded(about(2), List.of(), SEEING, second));
        second.end();
        room.decodedLatest(about(0), SEEING, second);
        first.end();
        assertEquals(KILOBYTES, room.freeKilobytes());
    }

    @Test
    void images_of_a_growing_conversation_are_counted_too() {
        var one = new Lasting();
        room.decodedLatest(about(1), SEEING, one);
        assertThrows(
                RefusedException.class, () -> room.decodedLatest(about(1), SEEING, new Lasting()));
        one.end();
        assertEquals(KILOBYTES, room.freeKilobytes());
    }
}
