package dev.tramontane.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/// A file of a repository, as its hub lists it.
///
/// @param path within the repository, with `/` between its parts
/// @param sha256 of a large file's content
/// @param gitSha1 of a small file as git's blob
record RemoteFile(String path, long bytes, Optional<String> sha256, Optional<String> gitSha1) {
    /// The name without folders.
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// Whether a file here has the content that the hub lists by git's SHA-1: that of `blob
    /// LENGTH\\0` and the content.
    boolean isBlob(Path here) throws IOException {
        MessageDigest git = Download.digest("SHA-1");
        git.update(("blob " + bytes + "\0").getBytes(StandardCharsets.US_ASCII));
        try (InputStream in = Files.newInputStream(here, LinkOption.NOFOLLOW_LINKS)) {
            new DigestInputStream(in, git).transferTo(OutputStream.nullOutputStream());
        }
        return gitSha1.equals(Optional.of(HexFormat.of().formatHex(git.digest())));
    }
}
