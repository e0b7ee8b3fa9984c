package dev.tramontane.wire;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.Staging;
import dev.tramontane.engine.StoredFile;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The files of one model or data set, fetched one after another.
///
/// @param place of the repository on its hub: `owner/repo`, or `datasets/owner/repo`
/// @param revision at which every file is asked for, so that they belong together
record Pull(HubRequests hub, String place, String revision, PullProgress progress) {
    List<StoredFile> fetch(
            ModelName name, List<RemoteFile> files, ModelStore store, Staging staging)
            throws IOException {
        long bytes = files.stream().mapToLong(RemoteFile::bytes).sum();
        long here = 0;
        for (RemoteFile file : files) {
            here += Download.left(file, staging);
        }
        long free = store.usableBytes();
        if (free < bytes - here) {
            throw new FileSystemException(
                    store.root().toString(),
                    null,
                    "%s needs %s, and %s are free there; free some, or set TRAMONTANE_HOME to a folder on a larger disk"
                            .formatted(name, size(bytes - here), size(free)));
        }
        progress.begin(name, files.size(), bytes, here);
        List<StoredFile> fetched = new ArrayList<>();
        long before = 0;
        for (RemoteFile file : files) {
            long done = before;
            URI address =
                    hub.hub()
                            .resolve(
                                    "%s/resolve/%s/%s".formatted(place, revision, file.path()), "");
            var download =
                    new Download(
                            hub,
                            address,
                            file,
                            staging,
                            count -> progress.arrived(file.name(), done + count));
            try {
                fetched.add(download.run());
            } catch (FileSink.DiskException e) {
                throw diskFailed(name, store, e);
            }
            before += file.bytes();
        }
        return fetched;
    }

    private static FileSystemException diskFailed(
            ModelName name, ModelStore store, FileSink.DiskException failure) {
        Throwable cause = failure.getCause();
        var error =
                new FileSystemException(
                        store.root().toString(),
                        null,
                        "cannot be written (%s); free some space and run the same command again, which goes on from here, or give up with tramontane rm %s"
                                .formatted(
                                        cause == null ? "no reason given" : cause.getMessage(),
                                        name));
        error.initCause(failure);
        return error;
    }

    private static String size(long bytes) {
        return bytes < 1_000_000_000L
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
