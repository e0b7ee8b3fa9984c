package dev.tramontane.cli;

import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.StatusLine;
import dev.tramontane.terminal.Stdio;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;

/// A line on the terminal that says how much of something is done, how fast it goes and how long it
/// will take. Where there is no terminal it says nothing.
final class Meter {
    /// The rate is that of these last seconds.
    private static final long WINDOW_NANOS = Duration.ofSeconds(8).toNanos();

    private final StatusLine screen;
    private final LongSupplier nanoTime;
    private final Deque<long[]> samples = new ArrayDeque<>();
    private long total;

    Meter(Stdio io, LongSupplier nanoTime) {
        screen = new StatusLine(io, nanoTime);
        this.nanoTime = nanoTime;
    }

    static Meter of(Stdio io) {
        return new Meter(io, System::nanoTime);
    }

    /// @param bytesDone before it begins; they do not count for the rate
    void begin(long totalBytes, long bytesDone) {
        total = totalBytes;
        samples.clear();
        samples.add(new long[] {nanoTime.getAsLong(), bytesDone});
    }

    void show(String title, long bytesDone) {
        screen.show(
                () -> {
                    long now = nanoTime.getAsLong();
                    samples.add(new long[] {now, bytesDone});
                    while (samples.size() > 2 && now - samples.getFirst()[0] > WINDOW_NANOS) {
                        samples.removeFirst();
                    }
                    return line(title, bytesDone);
                });
    }

    /// `file 4.2 GB of 14.3 GB 29 % 38.2 MB/s 4 min 25 s left`.
    String line(String title, long bytesDone) {
        String line =
                "%s   %s of %s   %d %%"
                        .formatted(
                                title,
                                Sizes.bytes(bytesDone),
                                Sizes.bytes(total),
                                total == 0 ? 100 : bytesDone * 100 / total);
        long[] first = samples.getFirst();
        long[] last = samples.getLast();
        double seconds = (last[0] - first[0]) / 1e9;
        double rate = seconds > 0 ? (last[1] - first[1]) / seconds : 0;
        if (rate < 1) {
            return line;
        }
        Duration left = Duration.ofSeconds((long) ((total - bytesDone) / rate));
        return String.format(
                Locale.ROOT,
                "%s   %s/s   %s left",
                line,
                Sizes.bytes((long) rate),
                Sizes.time(left));
    }

    /// Takes the line away.
    void clear() {
        screen.clear();
    }
}
