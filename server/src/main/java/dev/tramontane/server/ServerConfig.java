package dev.tramontane.server;

import dev.tramontane.server.store.StoreSettings;
import dev.tramontane.wire.ReasoningFormat;
import dev.tramontane.wire.image.RequestImages;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/// How a server serves.
///
/// @param host the address that it listens on
/// @param port 0 for any that is free
/// @param keys that open it
/// @param openToAll whether it may serve other machines without a key
/// @param format how thinking is told where neither request, nor key, nor client says
/// @param limits what one client, and all of them, may take
/// @param operator who may unload models and stop it over its own port; empty for nobody
/// @param store where the page's conversations are kept: `file:` and the path of a file, or
///   `postgresql://USER:PASSWORD@HOST/DATABASE`; empty for nowhere
/// @param images how they are read
public record ServerConfig(
        InetAddress host,
        int port,
        ApiKeys keys,
        boolean openToAll,
        ReasoningFormat format,
        Limits limits,
        Optional<Operator> operator,
        Optional<URI> store,
        RequestImages images) {
    /// Where it listens unless told otherwise.
    public static final int DEFAULT_PORT = 11500;

    /// What a client may take, and all of them together.
    ///
    /// @param bodyBytes of one request
    /// @param connections that are open at once; more wait to be accepted
    /// @param requests that are answered at once, those included that wait for the model; more are
    ///   told to come back
    /// @param keepAlive without a word of the answer for so long, a comment shows that it is alive
    /// @param grace what running answers are given when the server stops
    public record Limits(
            int bodyBytes, int connections, int requests, Duration keepAlive, Duration grace) {
        /// 32 MB, 4,096 connections, 512 requests; a comment each 10 s; 30 s of grace.
        public static final Limits STANDARD =
                new Limits(32 << 20, 4096, 512, Duration.ofSeconds(10), Duration.ofSeconds(30));

        public Limits withRequests(int most) {
            return new Limits(bodyBytes, connections, most, keepAlive, grace);
        }

        public Limits withConnections(int most) {
            return new Limits(bodyBytes, most, requests, keepAlive, grace);
        }

        public Limits withKeepAlive(Duration silence) {
            return new Limits(bodyBytes, connections, requests, silence, grace);
        }

        public Limits withBodyBytes(int most) {
            return new Limits(most, connections, requests, keepAlive, grace);
        }

        public Limits withGrace(Duration time) {
            return new Limits(bodyBytes, connections, requests, keepAlive, time);
        }
    }

    /// @throws IllegalArgumentException when there is no such port
    public ServerConfig {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException(
                    "the port is %d, expected 0 to 65535; choose another".formatted(port));
        }
    }

    /// On this machine alone, open to every program of it.
    public static ServerConfig local(int port) {
        return new ServerConfig(
                InetAddress.getLoopbackAddress(),
                port,
                ApiKeys.NONE,
                false,
                ReasoningFormat.SEPARATE,
                Limits.STANDARD,
                Optional.empty(),
                Optional.empty(),
                RequestImages.local());
    }

    /// The address of a name.
    ///
    /// @throws IllegalArgumentException when it has none
    public static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException _) {
            throw new IllegalArgumentException(
                    host
                            + ": no address of this machine, expected one such as 127.0.0.1 or 0.0.0.0");
        }
    }

    /// Refuses to serve other machines without a key.
    ///
    /// @throws IllegalArgumentException when that is so
    public void checkGuarded() {
        if (keys.isEmpty() && !host.isLoopbackAddress() && !openToAll) {
            throw new IllegalArgumentException(
                    "listening on %s without keys, expected a file of keys since other machines reach it; give one with --keys, listen on 127.0.0.1, or say --insecure-no-auth"
                            .formatted(host.getHostAddress()));
        }
    }

    public ServerConfig withHost(InetAddress address) {
        return new ServerConfig(
                address, port, keys, openToAll, format, limits, operator, store, images);
    }

    public ServerConfig withOpenToAll(boolean open) {
        return new ServerConfig(host, port, keys, open, format, limits, operator, store, images);
    }

    public ServerConfig withFormat(ReasoningFormat other) {
        return new ServerConfig(
                host, port, keys, openToAll, other, limits, operator, store, images);
    }

    public ServerConfig withKeys(ApiKeys others) {
        return new ServerConfig(
                host, port, others, openToAll, format, limits, operator, store, images);
    }

    public ServerConfig withLimits(Limits others) {
        return new ServerConfig(
                host, port, keys, openToAll, format, others, operator, store, images);
    }

    public ServerConfig withOperator(Operator one) {
        return new ServerConfig(
                host, port, keys, openToAll, format, limits, Optional.of(one), store, images);
    }

    /// With a place for the page's conversations.
    ///
    /// @throws IllegalArgumentException when it is none
    public ServerConfig withStore(URI place) {
        StoreSettings.of(place.toString());
        return new ServerConfig(
                host, port, keys, openToAll, format, limits, operator, Optional.of(place), images);
    }

    /// With other rules for what is read as an image, such as files at addresses elsewhere.
    public ServerConfig withImages(RequestImages others) {
        return new ServerConfig(
                host, port, keys, openToAll, format, limits, operator, store, others);
    }
}
