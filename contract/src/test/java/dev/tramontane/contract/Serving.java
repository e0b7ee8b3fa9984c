package dev.tramontane.contract;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.server.ApiKey;
import dev.tramontane.server.ApiKeys;
import dev.tramontane.server.Models;
import dev.tramontane.server.Offer;
import dev.tramontane.server.Script;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A server with a scripted model under two names, on a port that was free.
public final class Serving implements AutoCloseable {
    /// What opens it, where it has a lock.
    public static final String KEY = "a-long-random-key-of-the-tests";

    private static final Path VECTORS = Path.of("../engine/src/test/resources/vectors");

    /// What answers, and what it was asked.
    public final Script model;

    private final Optional<LocalModel> tiny;
    private final Server server;
    private final Optional<NotingProxy> proxy;

    private Serving(Scene scene, Optional<NotingProxy.Notes> notes) {
        this.model = script(scene);
        try {
            this.tiny = tiny(scene);
            List<Offer> offers = new ArrayList<>();
            offers.add(model.served("script", aliases(scene)));
            offers.add(model.served("other"));
            List<String> names = scene == Scene.SEEING ? Models.USUAL_NAMES : List.of();
            tiny.ifPresent(local -> offers.add(ServedModel.of("tiny", names, 1, local)));
            this.server = Server.start(config(scene), new Models(offers));
            this.proxy =
                    notes.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new NotingProxy(server.port(), notes.get()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] aliases(Scene scene) {
        return scene == Scene.ARTICLES ? Models.USUAL_NAMES.toArray(String[]::new) : new String[0];
    }

    private static Script script(Scene scene) {
        return switch (scene) {
            case KNOWING, LOCKED, ARTICLES, VECTORS, SEEING -> Knowing.model();
            case BUSY -> Knowing.busyFor(1);
            case BUSIER -> Knowing.busyFor(2);
            case BREAKING -> Knowing.breaking();
        };
    }

    private static ServerConfig config(Scene scene) {
        var key = new ApiKey(sha256(KEY), "tests", Optional.empty());
        ServerConfig open = ServerConfig.local(0);
        return scene == Scene.LOCKED ? open.withKeys(new ApiKeys(List.of(key))) : open;
    }

    private static Optional<LocalModel> tiny(Scene scene) {
        return switch (scene) {
            case KNOWING, LOCKED, BUSY, BUSIER, BREAKING, ARTICLES -> Optional.empty();
            case VECTORS -> Optional.of(tiny());
            case SEEING -> Optional.of(tiny("tiny-vision"));
        };
    }

    /// A model of random weights.
    static LocalModel tiny() {
        return tiny("tiny-text-a");
    }

    private static LocalModel tiny(String name) {
        EngineOptions small =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(4);
        try {
            return LocalModel.open(VECTORS.resolve(name), small);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A server that nobody listens to.
    public static Serving of(Scene scene) {
        return new Serving(scene, Optional.empty());
    }

    /// A server behind a proxy.
    ///
    /// @param notes takes each exchange, before its answer goes to the client
    static Serving noted(Scene scene, NotingProxy.Notes notes) {
        return new Serving(scene, Optional.of(notes));
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
    public String v1() {
        return root() + "/v1";
    }

    /// As Mistral's clients want it.
    public String root() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return proxy.map(NotingProxy::port).orElseGet(server::port);
    }

    @Override
    public void close() {
        proxy.ifPresent(NotingProxy::close);
        server.close();
        tiny.ifPresent(LocalModel::close);
    }
}
