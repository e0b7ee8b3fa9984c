package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.tools.sandbox.RunResult.Limit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// What a program would leave if its sandbox let it: the folder is safe by itself.
@EnabledOnOs(OS.LINUX)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RunFolderTest {
    private static final Program NOTHING = Program.of("");

    private RunFolder folder;

    @BeforeEach
    void create() throws IOException {
        folder = RunFolder.create(OptionalInt.empty());
        folder.lay(NOTHING);
    }

    @AfterEach
    void remove() throws IOException {
        if (Files.exists(folder.work())) {
            folder.close();
        }
    }

    private Path root() {
        return folder.work().resolveSibling(".").normalize();
    }

    @Test
    void links_are_neither_followed_nor_told() throws IOException {
        Path outside = Files.createTempDirectory("outside");
        Path secret = Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(folder.work().resolve("file"), secret);
        Files.createSymbolicLink(folder.work().resolve("folder"), outside);
        Files.createSymbolicLink(folder.work().resolve("endless"), folder.work());
        assertEquals(Map.of(), folder.made(NOTHING, Limits.USUAL));
        assertFalse(folder.exceeds(NOTHING, Limits.USUAL));
        folder.close();
        assertTrue(Files.exists(secret), "removing a folder does not follow links out of it");
        Files.delete(secret);
        Files.delete(outside);
    }

    @Test
    void a_tree_deeper_than_a_path_may_be_is_removed() throws IOException {
        makeTree("d".repeat(200), 40);
        assertTrue(folder.exceeds(NOTHING, Limits.USUAL));
        folder.close();
        assertTrue(Files.notExists(root()));
    }

    /// Built from its leaf up, because no path may reach down so far.
    private void makeTree(String name, int depth) throws IOException {
        Path inner = Files.createDirectory(folder.given().resolve("leaf"));
        for (int i = 1; i < depth; i++) {
            Path outer = Files.createDirectory(folder.given().resolve("next"));
            Files.move(inner, outer.resolve(name));
            inner = Files.move(outer, folder.given().resolve("tree"));
        }
        Files.move(inner, folder.work().resolve(name));
    }

    @Test
    void a_tree_as_deep_as_allowed_whose_path_is_too_long_is_too_much() throws IOException {
        makeTree("d".repeat(255), 16);
        assertTrue(folder.exceeds(NOTHING, Limits.USUAL));
        RunResult result =
                Ending.killed(Duration.ZERO)
                        .result(folder, NOTHING, Limits.USUAL, Optional.of(Limit.THREADS));
        assertEquals(Optional.of(Limit.THREADS), result.endedBy());
        assertEquals(Map.of(), result.files());
        folder.close();
        assertTrue(Files.notExists(root()));
    }

    @Test
    void what_comes_and_goes_hides_nothing_that_stays() throws Exception {
        for (int i = 0; i < 100; i++) {
            Files.write(named("stays", i), new byte[1000]);
        }
        var over = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> changing =
                    threads.submit(
                            () -> {
                                comeAndGo(over);
                                return true;
                            });
            try {
                for (int look = 0; look < 500; look++) {
                    RunFolder.Usage usage = folder.usage(10_000);
                    assertTrue(usage.bytes() >= 100_000 && usage.files() < 10_000, usage::toString);
                }
            } finally {
                over.set(true);
            }
            assertTrue(changing.get());
        }
    }

    /// A file system mixes long names, however old the files are.
    private Path named(String what, int number) {
        return folder.work().resolve("%s-%d-%s".formatted(what, number, "x".repeat(150)));
    }

    private void comeAndGo(AtomicBoolean over) throws IOException {
        while (!over.get()) {
            for (int i = 0; i < 50; i++) {
                Files.createFile(named("goes", i));
            }
            for (int i = 0; i < 50; i++) {
                Files.delete(named("goes", i));
            }
        }
    }

    @Test
    void as_many_files_as_allowed_are_told_and_one_more_is_too_many() throws IOException {
        Limits two = new Limits(Limits.USUAL.time(), Limits.USUAL.elapsed(), 1 << 30, 10, 10, 2, 1);
        Files.writeString(folder.work().resolve("a"), "12345");
        Files.writeString(folder.work().resolve("b"), "67890");
        assertFalse(folder.exceeds(NOTHING, two));
        assertEquals(Set.of("a", "b"), folder.made(NOTHING, two).keySet());
        assertArrayEquals(
                "12345".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                folder.made(NOTHING, two).get("a"));
        Files.writeString(folder.work().resolve("c"), "");
        assertTrue(folder.exceeds(NOTHING, two));
        Files.delete(folder.work().resolve("c"));
        Files.writeString(folder.work().resolve("b"), "678901");
        assertTrue(folder.exceeds(NOTHING, two));
    }

    @Test
    void a_file_under_no_name_a_program_can_be_given_is_refused() {
        for (String name :
                new String[] {"", "..", "a/b", "/etc/passwd", "main.py", "a\0b", "-".repeat(200)}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> NOTHING.withFiles(Map.of(name, new byte[0])),
                    name);
        }
    }

    @Test
    void folders_of_killed_processes_are_removed_and_no_others() throws IOException {
        FileTime old = FileTime.from(Instant.now().minusSeconds(7_200));
        Path left = Files.createTempDirectory("tramontane-sandbox-");
        Files.createDirectories(left.resolve("work/a/b"));
        Files.setLastModifiedTime(left, old);
        Files.setLastModifiedTime(root(), old);
        Path young = Files.createTempDirectory("tramontane-sandbox-");
        RunFolder.sweep();
        assertTrue(Files.notExists(left));
        assertTrue(Files.exists(root()), "it is in use");
        assertTrue(Files.exists(young), "it may be about to be used");
        Files.delete(young);
    }

    @Test
    void sweeping_leaves_the_locks_of_this_process() throws IOException {
        assumeTrue(isLocked(), "skipped: the kernel does not tell who has locked what");
        Files.setLastModifiedTime(root(), FileTime.from(Instant.now().minusSeconds(7_200)));
        RunFolder.sweep();
        assertTrue(isLocked(), "or other processes would remove the folder");
    }

    /// A line is `1: POSIX ADVISORY WRITE PID MAJOR:MINOR:INODE FIRST LAST`.
    private boolean isLocked() throws IOException {
        Object inode = Files.getAttribute(root().resolve("lock"), "unix:ino");
        return Files.readString(Path.of("/proc/locks")).contains(":" + inode + " ");
    }
}
