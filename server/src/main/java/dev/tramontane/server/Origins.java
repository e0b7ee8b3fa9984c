package dev.tramontane.server;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Where there are no keys, every program of this machine may ask, and no web page may: a page
/// elsewhere can make its visitor's browser ask (it says so in `Origin`), even under a name of its
/// own that it points at this machine (it says so in `Host`).
record Origins(ServerConfig config) {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /// @throws RefusedException when a page asks
    void check(ServerRequest request) {
        if (!config.keys().isEmpty()) {
            return;
        }
        String host = request.headers().first(HeaderNames.HOST).orElse("").toLowerCase(Locale.ROOT);
        if (config.host().isLoopbackAddress() && !isThisMachine(withoutPort(host))) {
            throw RefusedException.foreign(
                    "the request is for the host %s, expected localhost or 127.0.0.1; ask by that name"
                            .formatted(Printable.shortened(host)));
        }
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        if (origin.isPresent() && !isSame(origin.get(), host)) {
            throw RefusedException.foreign(
                    "a page of %s asks, expected one of this server's own; give the server keys to open it to pages elsewhere"
                            .formatted(Printable.shortened(origin.get())));
        }
    }

    private boolean isThisMachine(String name) {
        return THIS_MACHINE.contains(name) || name.equals(config.host().getHostAddress());
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d*$", "");
    }

    private static boolean isSame(String origin, String host) {
        try {
            URI page = URI.create(origin);
            return host.equals(String.valueOf(page.getAuthority()).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
