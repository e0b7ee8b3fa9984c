package dev.tramontane.cli;

import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.EvalRunner;
import dev.tramontane.eval.stats.Interval;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.StatusLine;
import dev.tramontane.terminal.Stdio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// A line that says how far a run is: attempts, accuracy so far, tokens a second, time left. On a
/// terminal it is drawn again as attempts finish; elsewhere only troubles are told.
final class EvalProgress implements EvalRunner.Watcher {
    private final Stdio io;
    private final StatusLine screen;
    private final String task;
    private final int total;
    private final LongSupplier nanoTime;
    private final long begun;

    /// By problem: right attempts and graded ones.
    private final Map<String, int[]> problems = new HashMap<>();

    private int done;
    private int doneHere;
    private int failed;
    private int truncated;
    private long tokens;

    /// @param before what an earlier process has done
    EvalProgress(Stdio io, String task, int total, List<Attempt> before, LongSupplier nanoTime) {
        this.io = io;
        screen = new StatusLine(io, nanoTime);
        this.task = task;
        this.total = total;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        before.stream().filter(Attempt::isGraded).forEach(this::count);
    }

    private void count(Attempt attempt) {
        done++;
        truncated += attempt.isTruncated() ? 1 : 0;
        int[] counts = problems.computeIfAbsent(attempt.key().problem(), _ -> new int[2]);
        counts[0] += attempt.isCorrect() ? 1 : 0;
        counts[1]++;
    }

    @Override
    public synchronized void finished(Attempt attempt) {
        doneHere++;
        tokens += attempt.spent().generatedTokens();
        switch (attempt.outcome()) {
            case Attempt.Graded _ -> count(attempt);
            case Attempt.Failed(String error) -> {
                failed++;
                clear();
                io.err()
                        .println(
                                Screen.harmless(
                                        "%s, sample %d: %s"
                                                .formatted(
                                                        attempt.key().problem(),
                                                        attempt.key().sample(),
                                                        error)));
            }
        }
        draw();
    }

    @Override
    public synchronized void waiting(String why, Duration pause) {
        if (pause.compareTo(Duration.ofSeconds(2)) >= 0) {
            clear();
            io.err()
                    .println(
                            Screen.harmless(why)
                                    + "; trying again in "
                                    + Sizes.time(pause.plusMillis(500)));
        }
    }

    private void draw() {
        if (done < total) {
            screen.show(this::line);
        } else {
            screen.showNow(this::line);
        }
    }

    /// `aime-2024 37 of 480 62.2 % ± 8.1 3 cut off 412 tokens/s 1 h 12 min left`.
    String line() {
        List<String> parts = new ArrayList<>();
        parts.add(task);
        parts.add("%d of %d".formatted(done, total));
        if (!problems.isEmpty()) {
            double[] means =
                    problems.values().stream()
                            .mapToDouble(counts -> (double) counts[0] / counts[1])
                            .toArray();
            parts.add(
                    String.format(
                            Locale.ROOT,
                            "%.1f %% ± %.1f",
                            100 * Interval.mean(means),
                            196 * Interval.standardError(means)));
        }
        if (truncated > 0) {
            parts.add(truncated + " cut off");
        }
        if (failed > 0) {
            parts.add(failed + " failed");
        }
        double seconds = (nanoTime.getAsLong() - begun) / 1e9;
        if (seconds > 0 && doneHere > 0) {
            parts.add(String.format(Locale.ROOT, "%.0f tokens/s", tokens / seconds));
            long left = (long) Math.ceil((total - done) * seconds / doneHere);
            parts.add(Sizes.time(Duration.ofSeconds(left)) + " left");
        }
        return String.join("   ", parts);
    }

    /// Takes the line away.
    synchronized void clear() {
        screen.clear();
    }
}
