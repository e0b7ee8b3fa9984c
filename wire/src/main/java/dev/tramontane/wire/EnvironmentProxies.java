package dev.tramontane.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The proxies that `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` name, with the exceptions of
/// `NO_PROXY`, in capitals or small letters as other programs read them. This machine is never
/// reached by a proxy.
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;

    /// @throws IllegalArgumentException when a variable names no proxy that can be used
    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
        proxy("https");
        proxy("http");
    }

    @Override
    public List<Proxy> select(URI target) {
        Optional<URI> proxy =
                isDirect(target) ? Optional.empty() : proxy(String.valueOf(target.getScheme()));
        return List.of(
                proxy.map(
                                uri ->
                                        new Proxy(
                                                Proxy.Type.HTTP,
                                                InetSocketAddress.createUnresolved(
                                                        uri.getHost(), port(uri))))
                        .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException failure) {
        // the request fails and says so
    }

    /// What the proxy for a target asks to see; empty where it asks for nothing. A header, since
    /// the client's own way of asking would also answer hubs that say 401.
    Optional<String> authorization(URI target) {
        Optional<String> user =
                isDirect(target)
                        ? Optional.empty()
                        : proxy(String.valueOf(target.getScheme())).map(URI::getRawUserInfo);
        return user.map(
                text ->
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(
                                                decoded(text).getBytes(StandardCharsets.UTF_8)));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private Optional<URI> proxy(String scheme) {
        String variable = scheme + "_proxy";
        String value = value(variable).orElseGet(() -> value("all_proxy").orElse(""));
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(value.contains("://") ? value : "http://" + value);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException _) {
            // said below, without the text: it may hold a password
        }
        throw new IllegalArgumentException(
                variable.toUpperCase(Locale.ROOT)
                        + ": no proxy that can be used, expected http://host:port (SOCKS and TLS"
                        + " to the proxy are not supported); change the variable, or name the"
                        + " server's host in NO_PROXY");
    }

    private Optional<String> value(String name) {
        String upper = environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
        String value = upper.isEmpty() ? environment.getOrDefault(name, "") : upper;
        return value.isBlank() ? Optional.empty() : Optional.of(value.strip());
    }

    private static int port(URI proxy) {
        return proxy.getPort() < 0 ? 80 : proxy.getPort();
    }

    private boolean isDirect(URI target) {
        String host = String.valueOf(target.getHost()).toLowerCase(Locale.ROOT);
        if (HubAddress.isThisMachine(host)) {
            return true;
        }
        for (String entry : value("no_proxy").orElse("").split("[,\\s]+")) {
            if (!entry.isEmpty() && fits(entry.toLowerCase(Locale.ROOT), host, target.getPort())) {
                return true;
            }
        }
        return false;
    }

    /// `*`, `host`, `.domain`, each with a port or without.
    private static boolean fits(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        int colon = entry.lastIndexOf(':');
        String name = colon > 0 ? entry.substring(0, colon) : entry;
        if (colon > 0 && !entry.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        String domain = name.startsWith("*.") ? name.substring(1) : name;
        String suffix = domain.startsWith(".") ? domain : "." + domain;
        return host.equals(suffix.substring(1)) || host.endsWith(suffix);
    }
}
