package dev.tramontane.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;

/// A line on the terminal that says how much of something is done, how fast it goes and how long it
/// will take. Where there is no terminal it says nothing.
final class Meter {
    private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();

    /// The rate is that of these last seconds.
    private static final long WINDOW_NANOS = Duration.ofSeconds(8).toNanos();

    private final Stdio io;
    private final LongSupplier nanoTime;
    private final Deque<long[]> samples = new ArrayDeque<>();
    private long total;
    private long drawnAt;
    private boolean isDrawn;

    Meter(Stdio io, LongSupplier nanoTime) {
        this.io = io;
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
        long now = nanoTime.getAsLong();
        if (!io.errHasColour() || (isDrawn && now - drawnAt < REDRAW_NANOS)) {
            return;
        }
        samples.add(new long[] {now, bytesDone});
        while (samples.size() > 2 && now - samples.getFirst()[0] > WINDOW_NANOS) {
            samples.removeFirst();
        }
        draw(line(title, bytesDone));
        drawnAt = now;
    }

    /// `file 4.2 GB of 14.3 GB 29 % 38.2 MB/s 4 min 25 s left`.
    String line(String title, long bytesDone) {
        String line =
                "%s   %s of %s   %d %%"
                        .formatted(
                                Screen.harmless(title),
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

    private void draw(String line) {
        io.err().print("\r\033[K\033[?7l" + line + "\033[?7h");
        io.err().flush();
        isDrawn = true;
    }

    /// Takes the line away.
    void clear() {
        if (isDrawn) {
            io.err().print("\r\033[K");
            io.err().flush();
            isDrawn = false;
        }
    }
}
