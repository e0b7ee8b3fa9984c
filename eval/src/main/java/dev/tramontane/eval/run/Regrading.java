package dev.tramontane.eval.run;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.items.LineReader;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Grades the answers of a log anew where it was written with another version of the same scorer:
/// what one version called wrong another may call right, and a figure must not mix the two. No
/// model is asked again.
///
/// The log is written anew beside itself and takes its own place at the end, in one step; whatever
/// ends the process before leaves it as it was.
public final class Regrading {
    private static final String SUFFIX = ".regraded";

    /// Lines that are graded side by side; as many texts are held.
    private static final int AT_ONCE = 64;

    private final EvalPlan plan;
    private final Scorer scorer;
    private final Map<String, Item> items = new HashMap<>();
    private final AtomicInteger graded = new AtomicInteger();

    private Regrading(EvalPlan plan, Scorer scorer) {
        this.plan = plan;
        this.scorer = scorer;
        plan.items().forEach(item -> items.put(item.id(), item));
    }

    /// The version that a log was graded with, where that is another than a header's; empty where
    /// nothing is to be done, or the log is another run's.
    public static Optional<String> isDue(Path log, RunHeader header) throws IOException {
        if (!Files.exists(log)) {
            return Optional.empty();
        }
        return EvalLog.header(log)
                .filter(found -> found.differsInGradingAlone(header))
                .map(found -> found.task().scorer());
    }

    /// Grades what a log holds; returns how many answers that were.
    ///
    /// @throws LogException when another process writes the log, or it is damaged
    public static int grade(Path log, EvalPlan plan, Scorer scorer)
            throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            if (!isLocked(file)) {
                throw new LogException(
                        log + ": another process writes it, expected none; wait until it ends");
            }
            return gradeLocked(log, new Regrading(plan, scorer));
        }
    }

    private static int gradeLocked(Path log, Regrading regrading)
            throws IOException, InterruptedException {
        Path beside = log.resolveSibling(log.getFileName() + SUFFIX);
        try {
            try (InputStream in = Files.newInputStream(log);
                    OutputStream out = Files.newOutputStream(beside)) {
                regrading.copy(log, in, out);
            }
            try (FileChannel written = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(beside, log, StandardCopyOption.ATOMIC_MOVE);
            return regrading.graded.get();
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) { // by another thread of this process
            return false;
        }
    }

    private void copy(Path log, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        RunHeader header = EvalLog.header(log).orElseThrow();
        write(out, LogLines.line(header.withScorer(plan.header().task().scorer())));
        var reader = new LineReader(in);
        List<String> lines = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(processors())) {
            for (var bytes = reader.next();
                    bytes.isPresent() && reader.isEnded();
                    bytes = reader.next()) {
                String line = new String(bytes.get(), StandardCharsets.UTF_8);
                if (!LogLines.beginsRun(line)) {
                    lines.add(line);
                }
                if (lines.size() == AT_ONCE) {
                    grade(lines, threads, out);
                }
            }
            grade(lines, threads, out);
        }
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    private void grade(List<String> lines, ExecutorService threads, OutputStream out)
            throws IOException, InterruptedException {
        List<Future<String>> regraded = new ArrayList<>();
        for (String line : lines) {
            regraded.add(threads.submit(() -> LogLines.line(regraded(LogLines.attempt(line)))));
        }
        for (Future<String> each : regraded) {
            try {
                write(out, each.get());
            } catch (ExecutionException e) {
                threads.shutdownNow();
                throw new LogException(
                        "grading the log anew failed (%s), expected a grade for each answer; mend that, the log is as it was"
                                .formatted(Objects.requireNonNull(e.getCause()).getMessage()),
                        e);
            }
        }
        lines.clear();
    }

    /// An attempt with another grade; one that failed has none, before and after.
    private Attempt regraded(Attempt attempt) throws IOException {
        if (!(attempt.outcome() instanceof Attempt.Graded before)) {
            return attempt;
        }
        Item item = items.get(attempt.key().problem());
        if (item == null) {
            throw new LogException(
                    attempt.key().problem() + ": no item of this name, expected those of the log");
        }
        var response =
                new Response(
                        attempt.thinking(),
                        attempt.answer(),
                        before.truncated() && attempt.answer().isBlank());
        Grade grade =
                scorer.score(plan.benchmark().problem(item, attempt.key().sample()), response);
        graded.incrementAndGet();
        return attempt.withOutcome(new Attempt.Graded(grade, before.why(), before.truncated()));
    }

    private static void write(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
