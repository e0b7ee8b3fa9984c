package dev.tramontane.train.steps;

import dev.tramontane.train.SftStep;
import dev.tramontane.train.grpo.GrpoStep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/// What a run's folder keeps of its steps: the log, and every so often the page of its curves.
///
/// One thread at a time may call.
public final class RunLog implements AutoCloseable {
    private final Path folder;
    private final StepLog log;
    private final int curvesEvery;
    private final LongSupplier nanoTime;
    private long begun;

    private RunLog(Path folder, StepLog log, int curvesEvery, LongSupplier nanoTime) {
        this.folder = folder;
        this.log = log;
        this.curvesEvery = curvesEvery;
        this.nanoTime = nanoTime;
        begun = nanoTime.getAsLong();
    }

    /// Opens a folder's log, or begins one.
    ///
    /// @param curvesEvery steps between two pages
    /// @throws StepLogException when another process has it, or it is no log
    @SuppressWarnings("MustBeClosedChecker") // closed with this
    public static RunLog open(Path folder, int curvesEvery, LongSupplier nanoTime)
            throws IOException {
        if (curvesEvery < 1) {
            throw new IllegalArgumentException(
                    "curves every %d steps, expected 1 or more".formatted(curvesEvery));
        }
        Files.createDirectories(folder);
        StepLog log = StepLog.open(folder.resolve(StepLog.NAME));
        return new RunLog(folder, log, curvesEvery, nanoTime);
    }

    /// From here on the next step is made.
    public void begin() {
        begun = nanoTime.getAsLong();
    }

    /// Adds a supervised step that has just been made.
    ///
    /// @return seconds since the step before it, or since {@link #begin}
    public double add(SftStep step) {
        double seconds = seconds();
        add(
                new StepLine(step.step())
                        .with("loss", step.loss())
                        .with("entropy", step.entropy())
                        .with("norm", step.gradientNorm())
                        .with("rate", step.rate())
                        .with("tokens", step.tokens())
                        .with("learned", step.learnedTokens())
                        .with("examples", (double) step.examples())
                        .with("seconds", seconds));
        return seconds;
    }

    private double seconds() {
        long now = nanoTime.getAsLong();
        double seconds = (now - begun) / 1e9;
        begun = now;
        return seconds;
    }

    /// Adds a step of reinforcement learning.
    public void add(GrpoStep step) {
        double drawn = step.groups().drawn();
        GrpoStep.Speed speed = step.speed();
        add(
                new StepLine(step.step())
                        .with("reward", step.rewards().total())
                        .with("accuracy", step.rewards().accuracy())
                        .with("reward_format", step.rewards().format())
                        .with("reward_length", step.rewards().length())
                        .with("reward_language", step.rewards().language())
                        .with("length_mean", step.lengths().mean())
                        .with("length_longest", step.lengths().longest())
                        .with("truncated", step.lengths().truncated())
                        .with("groups_drawn", drawn)
                        .with("groups_kept", step.groups().keptShare())
                        .with("groups_solved", step.groups().solved() / drawn)
                        .with("groups_failed", step.groups().failed() / drawn)
                        .with("sampling_entropy", step.policy().entropy())
                        .with("staleness", step.policy().staleness())
                        .with("most_stale", (double) step.policy().mostStale())
                        .with("loss", step.update().loss())
                        .with("entropy", step.update().entropy())
                        .with("clipped_up", step.update().clippedUp())
                        .with("clipped_down", step.update().clippedDown())
                        .with("norm", step.update().gradientNorm())
                        .with("gap_mean", step.update().meanGap())
                        .with("gap_largest", step.update().largestGap())
                        .with("rate", step.rate())
                        .with("examples", (double) step.problems())
                        .with("sampled", (double) speed.sampledTokens())
                        .with("learned", (double) speed.learnedTokens())
                        .with("sampled_per_second", speed.sampledPerSecond())
                        .with("learned_per_second", speed.learnedPerSecond())
                        .with("waiting", speed.waiting().toNanos() / 1e9)
                        .with("learning", speed.learning().toNanos() / 1e9));
    }

    /// Adds a step of any kind.
    public void add(StepLine line) {
        try {
            log.append(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (line.step() % curvesEvery == 0) {
            drawMeanwhile();
        }
    }

    /// No run ends for want of a page: it is drawn anew later, and at the end, where a failure is
    /// told.
    private void drawMeanwhile() {
        try {
            draw();
        } catch (IOException _) {
            return;
        }
    }

    private void draw() throws IOException {
        RunCurves.draw(List.of(folder), folder.resolve(RunCurves.NAME));
    }

    /// Draws the curves once more.
    @Override
    public void close() throws IOException {
        try (log) {
            draw();
        }
    }
}
