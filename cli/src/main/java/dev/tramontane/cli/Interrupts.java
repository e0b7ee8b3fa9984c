package dev.tramontane.cli;

import dev.tramontane.chat.ChatStream;

import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReference;

/// Ctrl-C: the first stops the answer that is being written, one without such an answer the
/// program.
final class Interrupts {
    /// The exit code of a program that Ctrl-C stopped.
    static final int EXIT_CODE = 130;

    private final AtomicReference<@Nullable ChatStream> running = new AtomicReference<>();
    private volatile boolean interrupted;
    private volatile Runnable beforeEnd = () -> {};

    /// Takes over Ctrl-C for the whole process.
    void install() {
        Signals.register("INT", this::interrupt);
    }

    /// What is to be done before Ctrl-C ends the program, which has no other end then.
    void beforeEnd(Runnable restore) {
        beforeEnd = restore;
    }

    /// From here on Ctrl-C stops this answer.
    void watch(ChatStream answer) {
        interrupted = false;
        running.set(answer);
    }

    /// The answer is over.
    void unwatch() {
        running.set(null);
    }

    /// Whether Ctrl-C stopped the last answer.
    boolean stoppedTheAnswer() {
        return interrupted;
    }

    /// What Ctrl-C does.
    void interrupt() {
        ChatStream answer = running.getAndSet(null);
        if (answer == null) {
            beforeEnd.run();
            Runtime.getRuntime().halt(EXIT_CODE);
            return;
        }
        interrupted = true;
        answer.close();
    }
}
