package dev.tramontane.terminal;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// One line of the terminal that is drawn again as things change, a few times a second. Where there
/// is no terminal nothing is drawn.
///
/// It never breaks into a second line. What else is printed goes between {@link #clear} and the
/// next {@link #show}. One thread at a time may call.
public final class StatusLine {
    private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();

    private final Stdio io;
    private final LongSupplier nanoTime;
    private long drawnAt;
    private boolean isDrawn;

    /// @param nanoTime as `System::nanoTime`
    public StatusLine(Stdio io, LongSupplier nanoTime) {
        this.io = io;
        this.nanoTime = nanoTime;
    }

    /// Draws the line, if it is time to.
    ///
    /// @param line asked for only when it is drawn
    public void show(Supplier<String> line) {
        if (!isDrawn || nanoTime.getAsLong() - drawnAt >= REDRAW_NANOS) {
            showNow(line);
        }
    }

    /// Draws the line at once, as a last state that shall be seen.
    public void showNow(Supplier<String> line) {
        if (!io.errHasColour()) {
            return;
        }
        io.err().print("\r\033[K\033[?7l" + Screen.harmless(line.get()) + "\033[?7h");
        io.err().flush();
        isDrawn = true;
        drawnAt = nanoTime.getAsLong();
    }

    /// Takes the line away.
    public void clear() {
        if (isDrawn) {
            io.err().print("\r\033[K");
            io.err().flush();
            isDrawn = false;
        }
    }
}
