package dev.tramontane.eval.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Seeds and digests that are the same on every machine.
public final class Seeds {
    private Seeds() {}

    /// The seed of one attempt: 31 bits of the SHA-256 of all that tells it from others. Servers
    /// that take 32 bits take it as well.
    ///
    /// @param run the seed of the whole run
    /// @param purpose what else tells it from others, such as the thinking budget
    public static int of(long run, String problem, int sample, String purpose) {
        String text = run + "\n" + problem + "\n" + sample + "\n" + purpose;
        byte[] digest = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getInt() & Integer.MAX_VALUE;
    }

    /// The SHA-256 of a text, in hexadecimal digits.
    public static String digest(String text) {
        return digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The SHA-256 of bytes, in hexadecimal digits.
    public static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /// A fresh SHA-256.
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
