package dev.tramontane.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The signature of a thinking in the messages API: its SHA-256. Clients drop thinking that has
/// none when they send a conversation on; nobody is held to it here.
final class ThoughtSignature {
    private final MessageDigest digest;

    ThoughtSignature() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /// A piece of the thinking.
    void add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    /// In base64. For once, at the end.
    String text() {
        return Base64.getEncoder().encodeToString(digest.digest());
    }
}
