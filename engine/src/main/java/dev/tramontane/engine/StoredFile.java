package dev.tramontane.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/// A file of a model in the store.
///
/// @param name within the model's folder, never a path
/// @param bytes its length
/// @param sha256 of its content, 64 hexadecimal digits
public record StoredFile(String name, long bytes, String sha256) {
    /// No separators, no wildcards, no control characters; no system gives such a name a meaning.
    private static final Pattern NAME =
            Pattern.compile(
                    "[^\\x00-\\x1f\\x7f/\\\\:*?\"<>|]{0,200}[^\\x00-\\x20\\x7f/\\\\:*?\"<>|.]");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int CHUNK_BYTES = 1 << 20;

    /// @throws IllegalArgumentException when the name could mean another place, or is no name
    public StoredFile {
        if (!isPlainName(name)) {
            throw new IllegalArgumentException(
                    "a file is named "
                            + name.replaceAll("\\p{Cntrl}", "\uFFFD")
                            + ", expected a plain name without separators");
        }
        if (bytes < 0 || !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    name + ": expected a length and a sha256 of 64 hexadecimal digits");
        }
    }

    /// Whether a name lies in the folder it is resolved against, on every system.
    public static boolean isPlainName(String name) {
        return NAME.matcher(name).matches() && !name.startsWith(".") && !ModelName.isDevice(name);
    }

    /// The file in a folder, hashed while it is read.
    ///
    /// @param read is told how many bytes each step read
    static StoredFile read(String name, Path file, LongConsumer read) throws IOException {
        MessageDigest digest = newSha256();
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                bytes += n;
                read.accept(n);
            }
        }
        return new StoredFile(name, bytes, hex(digest));
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
