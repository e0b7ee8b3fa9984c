package dev.tramontane.server;

import dev.tramontane.wire.ReasoningFormat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The keys that open the server.
///
/// ```
/// # SHA-256 of the key (printf %s "$KEY" | sha256sum)                owner   how thinking is told
/// 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  alice
/// 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752  ci      mistral
/// ```
///
/// A key is a long random text, so its plain hash gives nothing away; a password is no key.
///
/// @param all several may be of one owner
public record ApiKeys(List<ApiKey> all) {
    /// Nobody has a key: the server is open to whoever reaches it.
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private static final int MOST_BYTES = 1 << 20;

    public ApiKeys {
        all = List.copyOf(all);
    }

    /// Reads a file of keys.
    ///
    /// @throws IllegalArgumentException when a line is none; it says which
    public static ApiKeys read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IllegalArgumentException(
                    file
                            + ": longer than 1 MiB, expected a line for each key; is it the right file?");
        }
        List<ApiKey> keys = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).replaceFirst("#.*", "").strip();
                if (!line.isEmpty()) {
                    keys.add(read(line, file + ":" + (i + 1)));
                }
            }
        } catch (CharacterCodingException _) {
            throw new IllegalArgumentException(file + ": no UTF-8; save it as UTF-8");
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": no keys in it, expected a line for each: its hash and its owner");
        }
        return new ApiKeys(keys);
    }

    private static ApiKey read(String line, String place) {
        String[] words = line.split("\\s+");
        String hash = words[0].toLowerCase(Locale.ROOT).replaceFirst("^sha256:", "");
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    place
                            + ": begins with no SHA-256, expected 64 hexadecimal digits; make them with"
                            + " printf %s \"$KEY\" | sha256sum");
        }
        if (words.length < 2 || words.length > 3) {
            throw new IllegalArgumentException(
                    "%s: %d words, expected the hash, the owner, and how thinking is told where that is fixed"
                            .formatted(place, words.length));
        }
        Optional<ReasoningFormat> format =
                words.length == 3 ? Optional.of(format(words[2], place)) : Optional.empty();
        return new ApiKey(hash, words[1], format);
    }

    private static ReasoningFormat format(String word, String place) {
        try {
            return ReasoningFormat.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException(
                    place
                            + ": thinking told as "
                            + word
                            + ", expected separate, mistral, merged or hidden");
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /// The key with this secret. It takes as long whether there is one or not.
    Optional<ApiKey> find(String secret) {
        byte[] hash = sha256(secret.getBytes(StandardCharsets.UTF_8));
        Optional<ApiKey> found = Optional.empty();
        for (ApiKey key : all) {
            if (MessageDigest.isEqual(hash, HexFormat.of().parseHex(key.hash()))) {
                found = Optional.of(key);
            }
        }
        return found;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
