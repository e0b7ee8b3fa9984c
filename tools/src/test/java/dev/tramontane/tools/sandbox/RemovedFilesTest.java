package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this very process keeps.
@EnabledOnOs(OS.LINUX)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RemovedFilesTest {
    @TempDir Path folder;

    private RemovedFiles before;

    @BeforeEach
    void look() throws IOException {
        before = kept();
    }

    private RemovedFiles kept() throws IOException {
        return RemovedFiles.of(Path.of("/proc/self"), folder);
    }

    private RemovedFiles more(long openBytes, int mapped) {
        return new RemovedFiles(before.openBytes() + openBytes, mapped);
    }

    private Path file(String name) throws IOException {
        return Files.write(folder.resolve(name), new byte[1000]);
    }

    @Test
    void a_file_counts_from_its_removal_to_its_closing_and_once() throws IOException {
        Path file = file("f");
        try (FileChannel one = FileChannel.open(file)) {
            try (FileChannel other = FileChannel.open(file)) {
                assertEquals(more(0, 0), kept());
                Files.delete(file);
                assertEquals(more(1000, 0), kept());
                assertEquals(one.size(), other.size());
            }
            assertEquals(more(1000, 0), kept());
        }
        assertEquals(more(0, 0), kept());
    }

    @Test
    void a_file_that_is_mapped_and_not_open_counts_by_itself() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (String name : new String[] {"a", "b (deleted)", "c\nd"}) {
                Path file = file(name);
                try (FileChannel open = FileChannel.open(file)) {
                    open.map(MapMode.READ_ONLY, 0, 1, arena);
                    open.map(MapMode.READ_ONLY, 0, 2, arena);
                    Files.delete(file);
                }
            }
            assertEquals(more(0, 3), kept());
            Path open = file("open");
            try (FileChannel channel = FileChannel.open(open)) {
                channel.map(MapMode.READ_ONLY, 0, 1, arena);
                Files.delete(open);
                assertEquals(more(1000, 3), kept());
            }
            assertEquals(more(0, 4), kept());
        }
        assertEquals(more(0, 0), kept());
    }

    @Test
    void a_file_that_was_elsewhere_is_not_counted_among_the_mapped() throws IOException {
        Path elsewhere = Files.createTempFile("elsewhere", "");
        Files.write(elsewhere, new byte[1000]);
        try (Arena arena = Arena.ofConfined()) {
            try (FileChannel open = FileChannel.open(elsewhere)) {
                open.map(MapMode.READ_ONLY, 0, 1, arena);
                Files.delete(elsewhere);
            }
            assertEquals(more(0, 0), kept());
        }
    }
}
