package dev.tramontane.eval.run;

import dev.tramontane.eval.items.LineReader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A run's log: a line for its header, a line for each attempt, appended the moment it is known. A
/// run that was given more samples has another header further down; the last counts.
///
/// Each line is one write, so whatever kills the process leaves whole lines and at most the
/// beginning of one more. That beginning is cut off when the run goes on; its attempt is made
/// again, no other is. A lock keeps a second process away.
///
/// Safe for any number of threads.
public final class EvalLog implements AutoCloseable {
    /// The version of the log's form.
    public static final int VERSION = 1;

    private final Path path;
    private final FileChannel file;
    private final Map<Attempt.Key, Attempt> attempts = new LinkedHashMap<>();

    private EvalLog(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /// Begins a log.
    ///
    /// @throws FileAlreadyExistsException when there is a file of that name
    public static EvalLog create(Path path, RunHeader header) throws IOException {
        checkAbsent(path);
        return open(path, header);
    }

    /// Goes on with a log, or begins it where there is none.
    ///
    /// @throws LogException when the log is that of another run, damaged, or in use
    @SuppressWarnings("MustBeClosedChecker") // the log closes its file
    public static EvalLog open(Path path, RunHeader header) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (tryLock(file) == null) {
                throw new LogException(
                        path + ": another process writes it, expected none; wait until it ends");
            }
            var log = new EvalLog(path, file);
            log.takeOver(header);
            return log;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException _) { // by another thread of this process
            return null;
        }
    }

    /// Refuses what {@link #open} would refuse of a log that is there once {@link Regrading} has
    /// been done where it is due, and changes nothing.
    ///
    /// @throws LogException when the log is that of another run, or damaged
    public static void check(Path path, RunHeader header) throws IOException {
        if (Files.exists(path)) {
            try (InputStream in = Files.newInputStream(path)) {
                Optional<RunHeader> run = lines(path, in, false).run();
                if (run.isPresent() && !run.get().differsInGradingAlone(header)) {
                    refuseOther(path, run.get(), header);
                }
            }
        }
    }

    /// The header that counts; empty where a log was stopped before it began.
    static Optional<RunHeader> header(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return lines(path, in, false).run();
        }
    }

    /// Refuses what {@link #create} would refuse.
    ///
    /// @throws FileAlreadyExistsException when there is a file of that name
    public static void checkAbsent(Path path) throws IOException {
        if (Files.exists(path)) {
            throw new FileAlreadyExistsException(
                    path.toString(),
                    null,
                    "a run is there already; go on with it by --resume, or give another --report");
        }
    }

    /// Reads what is there; when it is this run's, cuts off what a kill left of the last line.
    private void takeOver(RunHeader header) throws IOException {
        file.position(0);
        Lines lines = lines(path, Channels.newInputStream(file), false);
        if (lines.run().isPresent()) {
            refuseOther(path, lines.run().get(), header);
        }
        file.truncate(lines.wholeBytes());
        file.position(lines.wholeBytes());
        if (lines.run().isEmpty()) {
            append(LogLines.line(header));
            file.force(true);
            return;
        }
        int samples = header.settings().samples();
        if (lines.run().get().settings().samples() < samples) {
            append(LogLines.line(lines.run().get().withSamples(samples)));
        }
        lines.attempts().forEach(attempt -> attempts.put(attempt.key(), attempt));
    }

    private static void refuseOther(Path path, RunHeader found, RunHeader header)
            throws LogException {
        Map<String, String> differences = found.differences(header);
        if (!differences.isEmpty()) {
            throw new LogException(
                    "%s: the log of another run (%s); repeat what it was begun with, or give another --report"
                            .formatted(
                                    path,
                                    differences.entrySet().stream()
                                            .map(each -> each.getKey() + ": " + each.getValue())
                                            .collect(Collectors.joining("; "))));
        }
    }

    /// What a log holds.
    ///
    /// @param wholeBytes up to the end of the last whole line
    private record Lines(Optional<RunHeader> run, List<Attempt> attempts, long wholeBytes) {}

    /// Whether a file begins as a log does, if only with a piece of its header.
    public static boolean isLog(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] beginning = in.readNBytes(LogLines.RUN.length());
            return beginning.length > 0
                    && LogLines.beginsRun(new String(beginning, StandardCharsets.UTF_8));
        }
    }

    static Run read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new NoSuchFileException(
                    path.toString(), null, "no log there, expected one that `eval` wrote");
        }
        try (InputStream in = Files.newInputStream(path)) {
            Lines lines = lines(path, in, true);
            RunHeader header =
                    lines.run()
                            .orElseThrow(
                                    () ->
                                            new LogException(
                                                    path
                                                            + ": no run in it, expected the log of"
                                                            + " one; was it stopped before it"
                                                            + " began?"));
            return new Run(header, lines.attempts());
        }
    }

    /// @param keepTexts whether attempts keep what the model said
    @SuppressWarnings("MustBeClosedChecker") // the stream is the caller's
    private static Lines lines(Path path, InputStream in, boolean keepTexts) throws IOException {
        Optional<RunHeader> header = Optional.empty();
        List<Attempt> attempts = new ArrayList<>();
        var reader = new LineReader(in);
        int number = 0;
        for (var bytes = reader.next(); bytes.isPresent(); bytes = reader.next()) {
            String line = new String(bytes.get(), StandardCharsets.UTF_8);
            number++;
            if (!reader.isEnded()) {
                if (number == 1 && !LogLines.beginsRun(line)) {
                    throw new LogException(
                            "%s: its only line is none of a log, expected a run's header; give another --report"
                                    .formatted(path));
                }
                break;
            }
            try {
                if (number == 1 || LogLines.beginsRun(line)) {
                    header = Optional.of(LogLines.header(line));
                } else {
                    Attempt attempt = LogLines.attempt(line);
                    attempts.add(keepTexts ? attempt : attempt.withoutTexts());
                }
            } catch (LogLines.WrongLineException e) {
                throw new LogException(
                        "%s:%d: damaged (%s), expected a line that `eval` wrote; remove the line, or begin a new run"
                                .formatted(path, number, e.getMessage()),
                        e);
            }
        }
        return new Lines(header, attempts, reader.from());
    }

    /// The attempts that need not be made again: those with an outcome.
    public synchronized Set<Attempt.Key> done() {
        return attempts.values().stream()
                .filter(Attempt::isGraded)
                .map(Attempt::key)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// All attempts so far, the last of each key, without what the model said.
    public synchronized List<Attempt> attempts() {
        return List.copyOf(attempts.values());
    }

    /// Writes an attempt down. When this returns, no end of the process can lose it.
    public synchronized void append(Attempt attempt) throws IOException {
        append(LogLines.line(attempt));
        attempts.put(attempt.key(), attempt.withoutTexts());
    }

    private void append(String line) throws IOException {
        long before = file.position();
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            if (file.isOpen()) {
                file.truncate(before); // a full disk must not leave half a line before others
            }
            throw e;
        }
    }

    /// Brings everything to the disk.
    @Override
    public synchronized void close() throws IOException {
        if (file.isOpen()) {
            file.force(true);
            file.close();
        }
    }
}
