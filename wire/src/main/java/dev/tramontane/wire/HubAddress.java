package dev.tramontane.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// Where a hub is, and which addresses a request to it may be sent on to.
///
/// A redirect is followed to `https`, or from `http` to `http`: never to a weaker connection than
/// the one that was asked for. Hubs keep large files on other hosts, so another host is allowed;
/// but the token is for the hub alone and goes to no other scheme, host or port. What comes from
/// there is held against the digests of the hub's own listing, so a wrong host can refuse, not
/// deceive.
///
/// @param base without a slash at its end
record HubAddress(URI base) {
    /// @throws IllegalArgumentException when the text is no address of a hub
    static HubAddress of(String text) {
        try {
            URI uri = new URI(text.replaceAll("/+$", ""));
            boolean isPlain =
                    uri.getHost() != null
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            if (isPlain && isHttp(uri)) {
                return new HubAddress(uri);
            }
        } catch (URISyntaxException _) {
            // said below
        }
        throw new IllegalArgumentException(
                text + ": no address of a hub, expected one like https://huggingface.co");
    }

    static boolean isHttp(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme())
                || "http".equalsIgnoreCase(uri.getScheme());
    }

    static boolean isThisMachine(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /// An address below the hub's.
    ///
    /// @param path as a person reads it, with `/` between its parts
    URI resolve(String path, String query) {
        var encoded = new StringBuilder(base.toString());
        for (String part : path.split("/")) {
            encoded.append('/')
                    .append(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return URI.create(query.isEmpty() ? encoded.toString() : encoded + "?" + query);
    }

    /// Whether the token may be sent to an address: to the hub itself, and not in the clear.
    boolean isTrusted(URI target) {
        boolean isHub =
                String.valueOf(target.getScheme()).equalsIgnoreCase(base.getScheme())
                        && String.valueOf(target.getHost()).equalsIgnoreCase(base.getHost())
                        && port(target) == port(base);
        return isHub
                && ("https".equalsIgnoreCase(target.getScheme())
                        || isThisMachine(base.getHost().toLowerCase(Locale.ROOT)));
    }

    boolean isHub(URI target) {
        return String.valueOf(target.getHost()).equalsIgnoreCase(base.getHost())
                && port(target) == port(base);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /// Where a redirect leads.
    ///
    /// @param location the header of that name
    /// @throws HubException when it leads to where nobody should follow
    static URI redirect(URI from, Optional<String> location) throws HubException {
        URI target = from;
        try {
            target = from.resolve(new URI(location.orElse("")));
        } catch (URISyntaxException _) {
            // refused below, since it leads nowhere
        }
        boolean weakens =
                "https".equalsIgnoreCase(from.getScheme())
                        && !"https".equalsIgnoreCase(target.getScheme());
        if (location.orElse("").isBlank()
                || target.equals(from)
                || !isHttp(target)
                || weakens
                || target.getHost() == null
                || target.getRawUserInfo() != null) {
            throw new HubException(
                    "%s: redirects to %s, which is not followed (only to https, or from http to http); check the hub's address"
                            .formatted(
                                    from.getHost(),
                                    location.map(HubAddress::printable).orElse("nowhere")));
        }
        return target;
    }

    static String printable(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "\uFFFD");
        return clean.length() > 200 ? clean.substring(0, 200) + "…" : clean;
    }
}
