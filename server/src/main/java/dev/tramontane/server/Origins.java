package dev.tramontane.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Where there are no keys, every program of this machine may ask, and no web page may: a page
/// elsewhere can make its visitor's browser ask (it says so in `Origin`), even under a name of its
/// own that it points at this machine (it says so in `Host`). Where there are keys, every page may
/// that has one.
record Origins(ServerConfig config) {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final HeaderName ALLOW_ORIGIN =
            HeaderNames.create("Access-Control-Allow-Origin");
    private static final HeaderName EXPOSE_HEADERS =
            HeaderNames.create("Access-Control-Expose-Headers");
    private static final HeaderName WANTED_METHOD =
            HeaderNames.create("Access-Control-Request-Method");
    private static final HeaderName WANTED_HEADERS =
            HeaderNames.create("Access-Control-Request-Headers");
    private static final String METHODS = "GET, POST, DELETE, OPTIONS";
    private static final String DAY_SECONDS = "86400";
    private static final Pattern ORIGIN = Pattern.compile("[!-~]+");

    /// Names of headers, with commas between (RFC 9110, section 5.6.1).
    private static final Pattern NAMES = Pattern.compile("[\\w!#$%&'*+.^`|~, -]+");

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

    /// Where keys say who asks, pages of any origin may read what is answered: a browser adds no
    /// key by itself, and none of what it would add (`Access-Control-Allow-Credentials`) is asked
    /// for.
    void open(ServerRequest request, ServerResponse response) {
        if (config.keys().isEmpty()) {
            return;
        }
        response.header(HeaderNames.VARY, "Origin");
        told(request, HeaderNames.ORIGIN, ORIGIN)
                .ifPresent(
                        origin -> {
                            response.header(ALLOW_ORIGIN, origin);
                            response.header(EXPOSE_HEADERS, "*");
                        });
    }

    /// Whether a browser asks what a page elsewhere may send (Fetch standard, CORS-preflight).
    boolean isPreflight(ServerRequest request) {
        return !config.keys().isEmpty()
                && request.prologue().method().equals(Method.OPTIONS)
                && request.headers().contains(HeaderNames.ORIGIN)
                && request.headers().contains(WANTED_METHOD);
    }

    /// It may send all that the API takes. Headers are named one by one, since `*` is not to mean
    /// the one with the key.
    static void answerPreflight(ServerRequest request, Exchange exchange) {
        exchange.header("Access-Control-Allow-Methods", METHODS);
        told(request, WANTED_HEADERS, NAMES)
                .ifPresent(names -> exchange.header("Access-Control-Allow-Headers", names));
        exchange.header("Access-Control-Max-Age", DAY_SECONDS);
        exchange.send(Status.OK_200);
    }

    /// A header, unless it holds what must not be sent back.
    private static Optional<String> told(ServerRequest request, HeaderName header, Pattern proper) {
        return request.headers().first(header).filter(value -> proper.matcher(value).matches());
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
