package dev.tramontane.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Where a server of models is.
///
/// @param root what `/chat/completions` and `/models` are appended to, without a slash at its end
record UpstreamAddress(URI root) {
    private static final String CHAT = "/chat/completions";

    /// @throws IllegalArgumentException when the text is no address of a server
    static UpstreamAddress of(String text) {
        try {
            String trimmed = text.strip().replaceAll("/+$", "");
            trimmed =
                    trimmed.endsWith(CHAT)
                            ? trimmed.substring(0, trimmed.length() - CHAT.length())
                            : trimmed;
            URI uri = new URI(trimmed);
            boolean isPlain =
                    uri.getHost() != null
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            if (isPlain && HubAddress.isHttp(uri)) {
                boolean hasPath = !String.valueOf(uri.getRawPath()).isEmpty();
                return new UpstreamAddress(hasPath ? uri : URI.create(trimmed + "/v1"));
            }
        } catch (URISyntaxException _) {
            // said below
        }
        throw new IllegalArgumentException(
                HubAddress.printable(text)
                        + ": no address of a server, expected one like http://127.0.0.1:11500 or"
                        + " https://host/v1, without a user, query or fragment");
    }

    String host() {
        return root.getHost().toLowerCase(Locale.ROOT);
    }

    URI chat() {
        return URI.create(root + CHAT);
    }

    /// Where a running answer is told to end its thinking.
    URI control() {
        return URI.create(root + CHAT + "/control");
    }

    URI models() {
        return URI.create(root + "/models");
    }
}
