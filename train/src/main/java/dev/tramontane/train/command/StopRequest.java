package dev.tramontane.train.command;

import dev.tramontane.terminal.Stdio;

import java.util.concurrent.CompletableFuture;

/// Ctrl-C, and a request to terminate: the step at hand is finished and its state saved before the
/// process ends. A process that is killed loses the steps since its last state, and no more.
final class StopRequest {
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private volatile boolean isMade;

    /// Takes over the end of this process.
    void install(Stdio io) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> await(io), "stop"));
    }

    private void await(Stdio io) {
        if (code.isDone()) {
            return;
        }
        make();
        io.err().println("\ntramontane: stopping after this step, to save its state");
        Runtime.getRuntime().halt(code.join()); // or the code would be the signal's
    }

    /// Asks the run to stop; any thread may.
    void make() {
        isMade = true;
    }

    /// Whether somebody wants the run to stop.
    boolean isMade() {
        return isMade;
    }

    /// Nothing is left to be saved, or said.
    ///
    /// @param exitCode of this process
    void finished(int exitCode) {
        code.complete(exitCode);
    }
}
