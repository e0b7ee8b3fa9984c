package dev.tramontane.tools.sandbox;

import dev.tramontane.tools.sandbox.RunResult.Limit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Looks at a running program again and again for what no limit of the kernel bounds: all of its
/// files together, and its threads where its user has other processes. Between two looks a program
/// can exceed a limit; it does not keep what it got so.
final class RunWatch {
    private final RunFolder folder;
    private final Process driver;
    private final Program program;
    private final Limits limits;
    private List<ProcessHandle> running = List.of();
    private Optional<Limit> exceeded = Optional.empty();

    RunWatch(RunFolder folder, Process driver, Program program, Limits limits) {
        this.folder = folder;
        this.driver = driver;
        this.program = program;
        this.limits = limits;
    }

    /// The limit that ended the program.
    Optional<Limit> exceeded() {
        return exceeded;
    }

    /// Ends the program if it has too much of something.
    void look() throws IOException {
        if (exceeded.isPresent()) {
            return;
        }
        if (running.stream().noneMatch(ProcessHandle::isAlive)) {
            // searched once: a program starts no others
            running =
                    driver.descendants()
                            .filter(each -> each.children().findAny().isEmpty())
                            .toList();
        }
        long removedBytes = 0;
        for (ProcessHandle each : running) {
            Path process = Path.of("/proc", Long.toString(each.pid()));
            removedBytes += removedBytes(process.resolve("fd"));
            if (threads(process.resolve("status")) > limits.threads()) {
                exceeded = Optional.of(Limit.THREADS);
            }
        }
        if (folder.exceeds(program, limits) || removedBytes > limits.diskBytes()) {
            exceeded = Optional.of(Limit.DISK);
        }
        if (exceeded.isPresent()) {
            running.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// Bytes of files that are open and in no folder any more.
    private static long removedBytes(Path descriptors) {
        long bytes = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path each : open) {
                bytes += bytesIfRemoved(each);
            }
        } catch (IOException | DirectoryIteratorException ended) {
            return bytes;
        }
        return bytes;
    }

    /// Nought where the descriptor is closed between two looks.
    private static long bytesIfRemoved(Path descriptor) {
        try {
            return Files.getAttribute(descriptor, "unix:nlink") instanceof Integer links
                            && links == 0
                    ? Files.size(descriptor)
                    : 0;
        } catch (IOException closed) {
            return 0;
        }
    }

    private static int threads(Path status) {
        try {
            for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Threads:")) {
                    return Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
                }
            }
        } catch (IOException ended) {
            return 0;
        }
        return 0;
    }
}
