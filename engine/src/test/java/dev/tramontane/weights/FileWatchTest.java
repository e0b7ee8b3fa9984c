package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.Waiting;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/// What happens to a file in use, and what is noticed of it.
@Timeout(300)
class FileWatchTest {
    @TempDir Path folder;
    private final Arena arena = Arena.ofShared();
    private Path file = Path.of("");

    @BeforeEach
    void a_file() throws IOException {
        file = folder.resolve("model.gguf");
        write(1);
    }

    @AfterEach
    void unmap() {
        arena.close();
    }

    private void write(float value) throws IOException {
        float[] values = new float[4096];
        values[4095] = value;
        new GgufWriter().add("a", Tensor.of(values, 1, 4096)).write(file);
    }

    /// Without a lease, for which a change would have to wait.
    private FileWatch watch(Placement placement) throws IOException {
        OpenFile opened = OpenFile.of(file, placement, arena);
        return FileWatch.of(List.of(opened), _ -> Optional.empty());
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    /// What is wrong; empty for nothing.
    private static String found(FileWatch watch) {
        try {
            watch.check();
            return "";
        } catch (ModelFormatException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String refusal(FileWatch watch) {
        return String.valueOf(assertThrows(ModelFormatException.class, watch::check).getMessage());
    }

    @Test
    void a_file_that_is_shortened_is_named_with_both_sizes() throws IOException {
        long size = Files.size(file);
        try (FileWatch watch = watch(Placement.MAPPED)) {
            assertDoesNotThrow(watch::check);
            assertFalse(watch.isLeased());
            truncate(file, 100);
            assertEquals(
                    "model.gguf: had "
                            + size
                            + " bytes and now has 100, expected nobody to change a model in use;"
                            + " get it again, and replace model files by renaming, or run with"
                            + " --no-mmap",
                    refusal(watch));
        }
    }

    @Test
    void a_file_that_is_written_in_place_is_noticed_by_its_time() throws IOException {
        OpenFile opened = OpenFile.of(file, Placement.MAPPED, arena);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        ModelFormatException e =
                assertThrows(
                        ModelFormatException.class,
                        () -> FileWatch.of(List.of(opened), _ -> Optional.empty()));
        assertTrue(String.valueOf(e.getMessage()).contains("was written to"), e.getMessage());
    }

    @Test
    void replacing_or_deleting_a_file_changes_nothing() throws IOException {
        GgufFile opened = GgufFile.open(file, arena);
        try (FileWatch watch = opened.watch()) {
            write(2); // renames a finished file over it
            assertDoesNotThrow(watch::check);
            Files.delete(file);
            assertDoesNotThrow(watch::check);
            assertEquals(1, opened.tensor("a").get(0, 4095));
        }
    }

    @Test
    void copied_weights_do_not_care() throws IOException {
        GgufFile opened = GgufFile.open(file, Placement.COPIED, arena);
        try (FileWatch watch = opened.watch()) {
            truncate(file, 0);
            assertDoesNotThrow(watch::check);
            assertEquals(1, opened.tensor("a").get(0, 4095));
        }
    }

    @Test
    void a_file_replaced_between_opening_and_watching_is_refused() throws IOException {
        OpenFile opened = OpenFile.of(file, Placement.MAPPED, arena);
        write(2);
        assertThrows(ModelFormatException.class, () -> FileWatch.of(List.of(opened)));
    }

    /// The lease is what leaves no time between a look and the reading after it.
    @Test
    void a_writer_waits_until_the_watch_has_looked_and_ended() throws Exception {
        GgufFile opened = GgufFile.open(file, arena);
        var writer =
                new FutureTask<>(
                        () -> {
                            truncate(file, 0);
                            return true;
                        });
        try (FileWatch watch = opened.watch()) {
            Assumptions.assumeTrue(watch.isLeased(), "this system grants no leases here");
            Thread.ofPlatform().daemon().start(writer);
            String message =
                    Waiting.until(
                            "the writer is seen", () -> found(watch), found -> !found.isEmpty());
            assertTrue(message.contains("is being opened for writing"), message);
            assertFalse(writer.isDone());
            assertEquals(1, opened.tensor("a").get(0, 4095));
        }
        assertTrue(writer.get());
        assertEquals(0, Files.size(file));
    }
}
