package dev.tramontane.cli;

import dev.tramontane.terminal.StatusLine;
import dev.tramontane.terminal.Stdio;

import java.util.Locale;
import java.util.concurrent.CancellationException;

/// One line that says how far a long piece of writing is: bytes, rate and time left. On a terminal
/// it is drawn again several times a second; elsewhere nothing is shown.
///
/// Ctrl-C and a request to terminate stop the work between two steps: the next one throws.
final class ProgressLine {
    private final StatusLine screen;
    private final String verb;
    private long total;
    private long startNanos;
    private long endNanos;
    private volatile boolean stopped;

    /// @param verb what is done to the bytes: `quantizing`
    ProgressLine(Stdio io, String verb) {
        screen = new StatusLine(io, System::nanoTime);
        this.verb = verb;
    }

    /// From here on the work is to stop rather than the process.
    void start(long totalBytes) {
        total = totalBytes;
        startNanos = System.nanoTime();
    }

    /// Asks the work to stop; any thread may.
    void stop() {
        stopped = true;
    }

    /// Says how far it is.
    ///
    /// @throws CancellationException when it is to stop
    void at(long bytes) {
        if (stopped) {
            throw new CancellationException("stopped");
        }
        screen.show(() -> text(bytes, System.nanoTime() - startNanos));
    }

    private String text(long bytes, long nanos) {
        double seconds = Math.max(1e-3, nanos / 1e9);
        double rate = bytes / seconds;
        String left = bytes == 0 ? "" : ", " + time((total - bytes) / rate) + " left";
        return String.format(
                Locale.ROOT,
                "%s %s of %s (%d%%), %s/s%s",
                verb,
                size(bytes),
                size(total),
                total == 0 ? 100 : 100 * bytes / total,
                size((long) rate),
                left);
    }

    /// Takes the line away.
    void end() {
        endNanos = System.nanoTime();
        screen.clear();
    }

    /// How long it took.
    double seconds() {
        return Math.rint((endNanos - startNanos) / 1e6) / 1e3;
    }

    /// Bytes for people, in powers of ten as disks are sold.
    static String size(long bytes) {
        if (bytes < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    private static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 90
                ? whole + " s"
                : whole < 5400
                        ? (whole + 30) / 60 + " min"
                        : String.format(Locale.ROOT, "%.1f h", whole / 3600.0);
    }
}
