package dev.tramontane.tools.sandbox;

import dev.tramontane.tools.sandbox.RunResult.Limit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Looks at a running program again and again for what no limit of the kernel bounds: all of its
/// files together, and its threads where its user has other processes. Between two looks a program
/// can exceed a limit; it does not keep what it got so.
final class RunWatch {
    /// Removed files that a program may keep by mapping them alone. Libraries keep one for the code
    /// they write.
    private static final int MOST_MAPPED = 4;

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

    /// Makes sure that what a driver's programs will keep can be seen: they are forks of it, so
    /// what we may see of it we may see of them.
    ///
    /// @throws SandboxUnavailableException if it cannot
    static void checkSight(Process driver) {
        ProcessHandle inner =
                driver.descendants()
                        .filter(each -> each.children().findAny().isEmpty())
                        .findAny()
                        .orElse(driver.toHandle());
        Path process = Path.of("/proc", Long.toString(inner.pid()));
        try {
            Files.size(process.resolve("fd/0"));
            Files.newInputStream(process.resolve("maps")).close();
        } catch (IOException unseen) {
            throw new SandboxUnavailableException(
                    "what programs keep open cannot be seen (%s), so that nothing would bound the disk they take; run as a user without rights, or give root the capability CAP_SYS_PTRACE, which containers take away"
                            .formatted(unseen),
                    unseen);
        }
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
        boolean hasTooMuch = folder.exceeds(program, limits);
        for (ProcessHandle each : running) {
            Path process = Path.of("/proc", Long.toString(each.pid()));
            hasTooMuch |= keepsTooMuch(process);
            if (threads(process.resolve("status")) > limits.threads()) {
                exceeded = Optional.of(Limit.THREADS);
            }
        }
        if (hasTooMuch) {
            exceeded = Optional.of(Limit.DISK);
        }
        if (exceeded.isPresent()) {
            running.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private boolean keepsTooMuch(Path process) throws IOException {
        try {
            RemovedFiles kept = RemovedFiles.of(process, folder.work());
            return kept.openBytes() > limits.diskBytes() || kept.mapped() > MOST_MAPPED;
        } catch (AccessDeniedException hidden) {
            return true; // what cannot be counted is too much
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
