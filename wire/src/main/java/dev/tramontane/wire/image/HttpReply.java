package dev.tramontane.wire.image;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An answer to a `GET` without compression (RFC 9112), of a stranger's server: its head is short,
/// its body no longer than allowed.
final class HttpReply {
    private static final int MOST_HEAD_BYTES = 16 << 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> TYPES =
            Set.of("image/png", "image/jpeg", "image/jpg", "image/webp", "image/gif");

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private HttpReply(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /// @param most bytes of the body
    static HttpReply read(InputStream in, int most) throws IOException {
        var head = new Head(in);
        int status = status(head);
        Map<String, String> headers = headers(head);
        while (status / 100 == 1) { // more is to come (RFC 9110, section 15.2)
            status = status(head);
            headers = headers(head);
        }
        byte[] body = status == 200 ? body(in, head, headers, most) : new byte[0];
        return new HttpReply(status, headers, body);
    }

    private static int status(Head head) throws IOException {
        String[] first = head.line().split(" ", 3);
        if (first.length < 2 || !first[0].startsWith("HTTP/1.")) {
            throw new IOException("no HTTP/1.1");
        }
        return Integer.parseInt(first[1]);
    }

    private static Map<String, String> headers(Head head) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = head.line(); !line.isEmpty(); line = head.line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("a header without a name");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.putIfAbsent(name, line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static byte[] body(InputStream in, Head head, Map<String, String> headers, int most)
            throws IOException {
        if (!headers.getOrDefault("content-encoding", "identity").equals("identity")) {
            throw new IOException("compressed, which was not asked for");
        }
        if (headers.containsKey("transfer-encoding")) {
            if (!headers.get("transfer-encoding").equalsIgnoreCase("chunked")) {
                throw new IOException("an unknown framing");
            }
            return chunks(in, head, most);
        }
        if (headers.containsKey("content-length")) {
            long length = Long.parseLong(headers.get("content-length"));
            if (length < 0 || length > most) {
                throw tooLarge(most);
            }
            return exactly(in, (int) length);
        }
        byte[] all = in.readNBytes(most + 1);
        if (all.length > most) {
            throw tooLarge(most);
        }
        return all;
    }

    private static byte[] chunks(InputStream in, Head head, int most) throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            head.allow();
            String size = head.line().split(";", 2)[0].strip();
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                return body.toByteArray();
            }
            if (length < 0 || length > most - body.size()) {
                throw tooLarge(most);
            }
            body.writeBytes(exactly(in, (int) length));
            if (!head.line().isEmpty()) {
                throw new IOException("a chunk that goes on");
            }
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the answer broke off");
        }
        return bytes;
    }

    private static ImageFault tooLarge(int most) {
        return new ImageFault(
                "found an image of more than %d bytes at its address, expected that at most; shrink it"
                        .formatted(most));
    }

    /// Where else to look.
    Optional<String> redirect() {
        return REDIRECTS.contains(status)
                ? Optional.ofNullable(headers.get("location"))
                : Optional.empty();
    }

    /// The body, where it is an image's.
    byte[] file() throws IOException {
        String type = headers.getOrDefault("content-type", "").split(";", 2)[0].strip();
        if (status != 200 || !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new IOException("status " + status + ", type " + type);
        }
        return body;
    }

    /// Lines, of which there is an end.
    private static final class Head {
        private final InputStream in;
        private int left = MOST_HEAD_BYTES;

        Head(InputStream in) {
            this.in = in;
        }

        /// A chunk's line is as long as a head at most.
        void allow() {
            left = MOST_HEAD_BYTES;
        }

        String line() throws IOException {
            var line = new StringBuilder();
            while (true) {
                int next = in.read();
                left--;
                if (next < 0 || left < 0) {
                    throw new EOFException("no end of the head");
                }
                if (next == '\n') {
                    int end = line.length();
                    boolean returns = end > 0 && line.charAt(end - 1) == '\r';
                    return line.substring(0, returns ? end - 1 : end);
                }
                line.append((char) next);
            }
        }
    }
}
