package dev.tramontane.server;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Ids that nobody guesses.
final class Ids {
    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    /// @param prefix such as `chatcmpl-`
    static String next(String prefix) {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return prefix + HexFormat.of().formatHex(bytes);
    }
}
