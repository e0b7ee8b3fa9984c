package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// What becomes of a program whose model's file somebody changes while it answers. In a process of
/// its own, because the wrong answer is a dead one.
///
/// Every process is ended after some minutes, whatever happens: then what waits for it goes on.
class ChangedFileTest {
    /// Local file systems whose files their owner can lease.
    private static final Set<String> LEASED = Set.of("ext2/ext3", "ext4", "xfs", "btrfs", "tmpfs");

    private static final int LONGEST_MINUTES = 3;

    @TempDir Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path model = Path.of("");

    @BeforeEach
    void a_model() throws IOException {
        model = Files.copy(Path.of(Tramontane.TINY), folder.resolve("model.gguf"));
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    /// A program that has begun an answer which does not end by itself.
    private Process answering(String... flags) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                                "-XX:-CreateCoredumpOnCrash",
                                "-cp",
                                Tramontane.classPath(),
                                "dev.tramontane.cli.Main"));
        command.addAll(
                List.of("run", "-m", model.toString(), "--context=60000", "--max-tokens=50000"));
        command.addAll(List.of("--threads=1", "--temperature=1", "--seed=3"));
        command.addAll(List.of(flags));
        command.add("hello");
        var builder =
                new ProcessBuilder(command)
                        .redirectInput(Files.createFile(folder.resolve("in")).toFile())
                        .redirectError(folder.resolve("err").toFile());
        builder.environment().put("TRAMONTANE_HOME", folder.toString());
        Process program = builder.start();
        started.add(program);
        CompletableFuture.delayedExecutor(LONGEST_MINUTES, TimeUnit.MINUTES)
                .execute(program::destroyForcibly);
        if (program.getInputStream().read() < 0) {
            String said = said();
            Assumptions.assumeFalse(
                    said.contains("kernels ASSEMBLED: "),
                    "skipped: no machine code for this processor");
            throw new AssertionError("no answer: " + said);
        }
        return program;
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    /// Reads what else it prints, and gives its exit code.
    private static int end(Process program) throws IOException, InterruptedException {
        program.getInputStream().transferTo(OutputStream.nullOutputStream());
        return program.waitFor();
    }

    /// More comes than was waiting to be read.
    private static void assertGoesOn(Process program) throws IOException {
        InputStream out = program.getInputStream();
        out.skipNBytes(out.available());
        assertEquals(100, out.readNBytes(100).length);
        program.destroy();
    }

    private void shorten(long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(model, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    private void assertTold(int code, String how) throws IOException {
        String said = said();
        assertEquals(1, code, said);
        assertTrue(said.contains("tramontane: model.gguf: "), said);
        assertTrue(said.contains(how + ", expected nobody to change a model in use"), said);
        assertFalse(Files.exists(folder.resolve("crash.log")));
    }

    /// The lease makes whoever shortens the file wait until nothing reads it any more.
    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector", "assembled"})
    void a_model_shortened_while_it_answers_is_a_message_and_no_crash(String kernels)
            throws Exception {
        String type = Files.getFileStore(folder).type();
        Assumptions.assumeTrue(LEASED.contains(type), "skipped: nobody can lease files on " + type);
        Process program = answering("--kernels=" + kernels);
        shorten(1000);
        assertTold(end(program), "is being opened for writing");
    }

    /// A file that is open for writing already cannot be leased. Then the look before each layer is
    /// all there is: shortened between two looks it is a message, and within a layer the end of the
    /// process.
    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector", "assembled"})
    void without_a_lease_a_shortened_model_is_a_message_or_a_crash_but_no_answer(String kernels)
            throws Exception {
        try (FileChannel channel = FileChannel.open(model, StandardOpenOption.WRITE)) {
            Process program = answering("--kernels=" + kernels);
            channel.truncate(1000);
            int code = end(program);
            Path crash = folder.resolve("crash.log");
            if (Files.exists(crash)) {
                assertTrue(Files.readString(crash).contains("SIGBUS"));
                assertNotEquals(0, code);
            } else {
                assertTold(code, "and now has 1000");
            }
        }
    }

    @Test
    void a_model_replaced_while_it_answers_goes_on_answering() throws Exception {
        Path other = Files.write(folder.resolve("other"), new byte[10]);
        Process program = answering("--kernels=scalar");
        Files.move(other, model, StandardCopyOption.ATOMIC_MOVE);
        assertGoesOn(program);
        assertFalse(said().contains("tramontane: "), said());
    }

    @Test
    void a_copied_model_does_not_care() throws Exception {
        Process program = answering("--kernels=scalar", "--no-mmap");
        shorten(0);
        assertGoesOn(program);
    }
}
