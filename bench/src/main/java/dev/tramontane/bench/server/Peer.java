package dev.tramontane.bench.server;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A llama-server over the same model, where there is one.
record Peer(Optional<Process> process, int port) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Starts it, and waits until it answers.
    ///
    /// @param context of each stream
    static Peer start(Optional<Path> program, Path model, int streams, int context)
            throws IOException, InterruptedException {
        if (program.isEmpty()) {
            return new Peer(Optional.empty(), 0);
        }
        int port = freePort();
        List<String> command =
                List.of(
                        program.get().toString(),
                        "-m",
                        model.toString(),
                        "-np",
                        String.valueOf(streams),
                        "-c",
                        String.valueOf(streams * context),
                        "-t",
                        String.valueOf(Runtime.getRuntime().availableProcessors()),
                        "--port",
                        String.valueOf(port));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        var peer = new Peer(Optional.of(process), port);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!peer.answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                peer.close();
                throw new IOException(
                        program.get() + " does not answer; try it by hand with these: " + command);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return peer;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try {
            URI health = URI.create("http://127.0.0.1:" + port + "/health");
            return ((HttpURLConnection) health.toURL().openConnection()).getResponseCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    boolean isThere() {
        return process.isPresent();
    }

    @Override
    public void close() {
        process.ifPresent(Process::destroy);
    }
}
