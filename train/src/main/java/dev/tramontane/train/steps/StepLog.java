package dev.tramontane.train.steps;

import dev.tramontane.eval.items.LineReader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A run's steps, one JSON object a line, written as they finish.
///
/// A process that is killed may leave half a line, and lines of steps after its last checkpoint,
/// which the next process makes again. Both mend themselves: half a line is cut off when the log is
/// opened, and a step that is written replaces itself and all that follow it. So the log always
/// holds ascending steps, each once, of the run as it went in the end.
///
/// One process at a time has a log open, and so a run's folder; one thread at a time may write. It
/// holds `steps.jsonl.lock`, which nothing else opens: a process loses a file's lock as soon as it
/// closes any channel of that file.
public final class StepLog implements AutoCloseable {
    /// The log's name in a run's folder.
    public static final String NAME = "steps.jsonl";

    private final Path file;
    private final FileChannel channel;
    private final FileChannel lock;

    /// Where the line of each step begins.
    private final TreeMap<Long, Long> starts = new TreeMap<>();

    private StepLog(Path file, FileChannel channel, FileChannel lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /// Opens a log, or begins one.
    ///
    /// @throws StepLogException when another process has it, or it is no log
    public static StepLog open(Path file) throws IOException {
        FileChannel lock = locked(file);
        try {
            FileChannel channel = writing(file);
            try {
                var log = new StepLog(file, channel, lock);
                long end = scan(file, (line, from) -> log.starts.put(line.step(), from));
                channel.truncate(end).position(end);
                return log;
            } catch (IOException | RuntimeException failure) {
                channel.close();
                throw failure;
            }
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    private static FileChannel writing(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /// Held until the channel is closed, or the process ends.
    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel = writing(file.resolveSibling(file.getFileName() + ".lock"));
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null; // this very process has it
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        if (lock == null) {
            channel.close();
            throw new StepLogException(
                    file
                            + ": another run writes here, expected one at a time; wait for it, or choose another folder");
        }
        return channel;
    }

    private interface Visitor {
        void visit(StepLine line, long from);
    }

    /// @return where the last whole line ends
    private static long scan(Path file, Visitor visitor) throws IOException {
        long end = 0;
        long before = 0;
        int number = 0;
        try (var lines = new LineReader(Files.newInputStream(file))) {
            for (Optional<byte[]> next = lines.next(); next.isPresent(); next = lines.next()) {
                if (!lines.isEnded()) {
                    return end;
                }
                number++;
                StepLine line;
                try {
                    line = StepLine.read(new String(next.get(), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    throw new StepLogException(
                            "%s:%d: %s, expected what the trainer writes; delete the line, or the file"
                                    .formatted(file, number, e.getMessage()),
                            e);
                }
                if (line.step() <= before) {
                    throw new StepLogException(
                            "%s:%d: step %d follows step %d, expected ascending steps; delete the line, or the file"
                                    .formatted(file, number, line.step(), before));
                }
                before = line.step();
                visitor.visit(line, lines.from());
                end = lines.from() + next.get().length + 1;
            }
        }
        return end;
    }

    /// Adds a step. Where it is there already, it and all that follow it were of a process that is
    /// gone, and are cut off.
    public void append(StepLine line) throws IOException {
        Long from = starts.ceilingKey(line.step());
        if (from != null) {
            long cut = starts.tailMap(line.step(), true).firstEntry().getValue();
            starts.tailMap(line.step(), true).clear();
            channel.truncate(cut).position(cut);
        }
        starts.put(line.step(), channel.position());
        byte[] bytes = (line.json() + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
                channel.write(left);
            }
        } catch (IOException failure) {
            throw new IOException(file + ": " + failure.getMessage(), failure);
        }
    }

    /// The file.
    public Path file() {
        return file;
    }

    /// Reads the steps of a log that may be written meanwhile; half a line at its end is passed
    /// over.
    ///
    /// @throws StepLogException when it is no log
    public static List<StepLine> read(Path file) throws IOException {
        List<StepLine> lines = new ArrayList<>();
        scan(file, (line, _) -> lines.add(line));
        return lines;
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            channel.close();
        }
    }
}
