package dev.tramontane.contract;

import dev.tramontane.server.ApiKey;
import dev.tramontane.server.ApiKeys;
import dev.tramontane.server.Models;
import dev.tramontane.server.Script;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A server with a scripted model under two names, on a port that was free.
final class Serving implements AutoCloseable {
    /// What opens it, where it has a lock.
    static final String KEY = "a-long-random-key-of-the-tests";

    final Script model;
    final Server server;

    private Serving(Script model, ServerConfig config) {
        this.model = model;
        try {
            this.server =
                    Server.start(
                            config,
                            new Models(List.of(model.served("script"), model.served("other"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// For whoever asks.
    static Serving of(Script model) {
        return new Serving(model, ServerConfig.local(0));
    }

    /// For who has the key.
    static Serving locked(Script model) {
        var key = new ApiKey(sha256(KEY), "tests", Optional.empty());
        return new Serving(model, ServerConfig.local(0).withKeys(new ApiKeys(List.of(key))));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /// As OpenAI's clients want it.
    String v1() {
        return root() + "/v1";
    }

    /// As Mistral's clients want it.
    String root() {
        return "http://127.0.0.1:" + server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
