package dev.tramontane.cli;

import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/// Reads what is typed while an answer is written, line by line. Nothing typed is shown, since the
/// answer owns the screen.
final class KeyWatch implements AutoCloseable {
    private static final long POLL_MILLIS = 50;

    private final Terminal terminal;
    private final Attributes before;
    private final Interrupts interrupts;
    private final Thread thread;
    private volatile boolean over;

    /// @param interrupts give the terminal back too, where Ctrl-C ends the program
    /// @param typed takes each line, on the watch's thread
    KeyWatch(Terminal terminal, Interrupts interrupts, Consumer<String> typed) {
        this.terminal = terminal;
        this.interrupts = interrupts;
        this.before = terminal.enterRawMode();
        interrupts.beforeEnd(() -> terminal.setAttributes(before));
        this.thread = Thread.ofPlatform().name("tramontane-keys").daemon().start(() -> read(typed));
    }

    private void read(Consumer<String> typed) {
        var line = new StringBuilder();
        try {
            while (!over) {
                int key = terminal.reader().read(POLL_MILLIS);
                if (key == NonBlockingReader.EOF) {
                    return;
                }
                if (key == '\r' || key == '\n') {
                    typed.accept(line.toString().strip());
                    line.setLength(0);
                } else if (key == 127 || key == '\b') {
                    line.setLength(Math.max(0, line.length() - 1));
                } else if (key >= ' ') {
                    line.appendCodePoint(key);
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
        interrupts.beforeEnd(() -> {});
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
