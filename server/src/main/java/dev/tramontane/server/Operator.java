package dev.tramontane.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Whoever runs the server, as it knows them over its own port.
///
/// @param token that they show; told to nobody else
/// @param stop called when they want the server to end, by the thread of their request: it must
///   return at once
public record Operator(String token, Runnable stop) {
    private static final int TOKEN_BYTES = 32;

    /// With a token that nobody guesses.
    public static Operator of(Runnable stop) {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Operator(HexFormat.of().formatHex(bytes), stop);
    }

    /// It takes as long whether it is right or not.
    boolean isKnownBy(String shown) {
        return MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }

    /// Without the token.
    @Override
    public String toString() {
        return "operator";
    }
}
