package dev.tramontane.wire.image;

import java.net.URI;
import java.util.Base64;

/// Files inside addresses: `data:[type][;base64],…` (RFC 2397). The type is not looked at, since
/// files say themselves what they are.
public final class DataUrl {
    private static final String SCHEME = "data";
    private static final String BASE64 = ";base64";

    private DataUrl() {}

    /// A file as an address, such as conversations keep.
    public static URI of(byte[] file) {
        return URI.create("data:;base64," + Base64.getEncoder().encodeToString(file));
    }

    static boolean matches(URI address) {
        return SCHEME.equalsIgnoreCase(address.getScheme());
    }

    /// @param most bytes of the file, which is not decoded where it has more
    static byte[] file(URI address, int most) throws ImageFault {
        String rest = address.getSchemeSpecificPart(); // with %2B and the like as they are meant
        int comma = rest.indexOf(',');
        int length = BASE64.length();
        if (comma < 0 || !rest.regionMatches(true, comma - length, BASE64, 0, length)) {
            throw new ImageFault(
                    "found a data: address without base64, expected data:image/png;base64,…; encode the file");
        }
        String code = rest.substring(comma + 1);
        long bytes = code.length() * 3L / 4;
        if (bytes > most + 3L) {
            throw new ImageFault(
                    "found an image of about %d bytes, expected %d at most; shrink it"
                            .formatted(bytes, most));
        }
        try {
            boolean isForUrls = code.indexOf('-') >= 0 || code.indexOf('_') >= 0;
            Base64.Decoder decoder = isForUrls ? Base64.getUrlDecoder() : Base64.getDecoder();
            return decoder.decode(code);
        } catch (IllegalArgumentException _) {
            throw new ImageFault(
                    "found a data: address whose base64 is broken, expected a whole one; encode the file anew");
        }
    }
}
