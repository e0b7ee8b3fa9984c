package dev.tramontane.wire.image;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What is read over the network on behalf of strangers.
///
/// @param privateTargets hosts with ports, such as `files.internal:8080`, that may lie in the
///   operator's own network; no others do
/// @param ports of all others
/// @param time for all of it, redirects included
/// @param bytes of a file
public record FetchRules(Set<String> privateTargets, Set<Integer> ports, Duration time, int bytes) {
    static final int MOST_REDIRECTS = 5;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /// The open Internet alone, 10 s, 5 MB.
    public static final FetchRules USUAL =
            new FetchRules(
                    Set.of(), Set.of(HTTP_PORT, HTTPS_PORT), Duration.ofSeconds(10), 5 << 20);

    public FetchRules {
        privateTargets =
                privateTargets.stream()
                        .map(target -> target.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet());
        ports = Set.copyOf(ports);
    }

    public FetchRules withPrivateTargets(Set<String> hosts) {
        return new FetchRules(hosts, ports, time, bytes);
    }

    /// Nothing but what the operator named.
    ///
    /// @param hosts with ports
    public static FetchRules only(Set<String> hosts) {
        return new FetchRules(hosts, Set.of(), USUAL.time, USUAL.bytes);
    }

    FetchRules withPorts(Set<Integer> others) {
        return new FetchRules(privateTargets, others, time, bytes);
    }

    FetchRules withTime(Duration other) {
        return new FetchRules(privateTargets, ports, other, bytes);
    }

    /// Whom to ask for what, as read once: what is checked is what is used.
    ///
    /// @param secure whether over TLS
    /// @param path with its query, in ASCII
    record Target(boolean secure, String host, int port, String path) {
        String authority() {
            return host + ":" + port;
        }

        /// As the `Host` header has it.
        String hostHeader() {
            return port == (secure ? HTTPS_PORT : HTTP_PORT) ? host : authority();
        }
    }

    /// Reads an address.
    ///
    /// @throws ImageFault when nobody may ask for it
    Target target(URI told) throws ImageFault {
        URI address = URI.create(told.toASCIIString());
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        boolean isSecure = scheme.equals("https");
        String host = address.getHost();
        if ((!isSecure && !scheme.equals("http"))
                || host == null
                || address.getRawUserInfo() != null) {
            throw forbidden();
        }
        int port = address.getPort() < 0 ? (isSecure ? HTTPS_PORT : HTTP_PORT) : address.getPort();
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        var target = new Target(isSecure, host.toLowerCase(Locale.ROOT), port, path + query);
        if (!ports.contains(port) && !privateTargets.contains(target.authority())) {
            throw forbidden();
        }
        return target;
    }

    /// The address to connect to, among those that a host has; all of them must be open.
    InetAddress check(Target target, InetAddress[] addresses) throws ImageFault {
        boolean isListed = privateTargets.contains(target.authority());
        for (InetAddress address : addresses) {
            if (!isListed && !PublicAddresses.has(address)) {
                throw forbidden();
            }
        }
        if (addresses.length == 0) {
            throw forbidden();
        }
        return addresses[0];
    }

    /// The same words for whatever is refused: they tell nothing of the network here.
    static ImageFault forbidden() {
        return new ImageFault(
                "found an address that is not opened here, expected http or https, port 80 or 443, of a public host; embed the image as a data: address");
    }
}
