package dev.tramontane.cli;

import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Reads what is typed while an answer is written: `/now` and Enter runs an action, all else is
/// dropped. Nothing typed is shown, since the answer owns the screen.
final class KeyWatch implements AutoCloseable {
    private static final long POLL_MILLIS = 50;

    private final Terminal terminal;
    private final Attributes before;
    private final Thread thread;
    private volatile boolean over;

    /// @param now what `/now` does
    KeyWatch(Terminal terminal, Runnable now) {
        this.terminal = terminal;
        this.before = terminal.enterRawMode();
        this.thread = Thread.ofPlatform().name("tramontane-keys").daemon().start(() -> read(now));
    }

    private void read(Runnable now) {
        var typed = new StringBuilder();
        try {
            while (!over) {
                int key = terminal.reader().read(POLL_MILLIS);
                if (key == NonBlockingReader.EOF) {
                    return;
                }
                if (key == '\r' || key == '\n') {
                    if (typed.toString().strip().equals("/now")) {
                        now.run();
                    }
                    typed.setLength(0);
                } else if (key == 127 || key == '\b') {
                    typed.setLength(Math.max(0, typed.length() - 1));
                } else if (key >= ' ') {
                    typed.appendCodePoint(key);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stops reading and gives the terminal back as it was.
    @Override
    public void close() {
        over = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) { // the terminal cannot be given back before
                interrupted = true;
            }
        }
        terminal.setAttributes(before);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
