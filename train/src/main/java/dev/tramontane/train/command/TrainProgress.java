package dev.tramontane.train.command;

import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.StatusLine;
import dev.tramontane.terminal.Stdio;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How far a run is: on a terminal a line that moves, elsewhere a line now and then.
final class TrainProgress {
    /// Rates are those of these last steps.
    private static final int WINDOW = 20;

    private final Stdio io;
    private final StatusLine screen;
    private final LongSupplier nanoTime;
    private final String what;
    private final long total;
    private final int plainEvery;

    /// Times and tokens when steps ended.
    private final Deque<long[]> window = new ArrayDeque<>();

    private long tokens;

    /// @param what is done: `sft`
    /// @param total steps
    /// @param plainEvery steps between two lines where there is no terminal
    TrainProgress(Stdio io, String what, long total, int plainEvery, LongSupplier nanoTime) {
        this.io = io;
        this.what = what;
        this.total = total;
        this.plainEvery = plainEvery;
        this.nanoTime = nanoTime;
        screen = new StatusLine(io, nanoTime);
    }

    /// The next step begins; what was done until now is no step's.
    void begin() {
        window.clear();
        window.add(new long[] {nanoTime.getAsLong(), tokens});
    }

    /// A step was made.
    ///
    /// @param figures to show: `loss 0.532`
    /// @param stepTokens computed, or sampled, in it
    void step(long step, String figures, long stepTokens) {
        tokens += stepTokens;
        window.add(new long[] {nanoTime.getAsLong(), tokens});
        while (window.size() > WINDOW + 1) {
            window.removeFirst();
        }
        if (!io.errHasColour()) {
            if (step % plainEvery == 0 || step == total) {
                io.err().println(line(step, figures));
            }
        } else if (step == total) {
            screen.showNow(() -> line(step, figures));
        } else {
            screen.show(() -> line(step, figures));
        }
    }

    /// `sft step 120 of 1000 loss 0.532 1234 tokens/s 3 min 10 s left`.
    String line(long step, String figures) {
        long[] first = window.getFirst();
        long[] last = window.getLast();
        double seconds = (last[0] - first[0]) / 1e9;
        int steps = window.size() - 1;
        String line = "%s   step %d of %d   %s".formatted(what, step, total, figures);
        if (steps < 1 || seconds <= 0) {
            return line;
        }
        long left = (long) Math.ceil((total - step) * seconds / steps);
        return String.format(
                Locale.ROOT,
                "%s   %.0f tokens/s   %s left",
                line,
                (last[1] - first[1]) / seconds,
                Sizes.time(Duration.ofSeconds(left)));
    }

    /// Says something on a line of its own.
    void say(String text) {
        screen.clear();
        io.err().println(text);
    }

    /// Takes the line away.
    void clear() {
        screen.clear();
    }
}
