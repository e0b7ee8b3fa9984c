package dev.tramontane.wire;

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
}
