package dev.tramontane.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Notices when somebody changes a mapped file of weights, so that the model is stopped with a
/// message before the process dies.
///
/// Reading a page of a mapping that the file no longer has ends the whole process when compiled
/// vector code or native code does it; Java can only look before it reads. Where the system grants
/// a {@link FileLease}, whoever wants to write waits until we have looked, so nothing is lost.
/// Elsewhere the time between a look and the end of the reading after it stays: a file that is
/// shortened within it can still end the process.
///
/// A file that is replaced by a rename is not changed: the mapping keeps the old one.
///
/// Any thread may look, until one closes the watch; nobody looks then.
public final class FileWatch implements AutoCloseable {
    /// Size and lease are looked at each time, which takes about a microsecond; time and identity,
    /// which need the path, after so long.
    private static final long LOOK_AT_PATH_NANOS = 100_000_000;

    private final List<Watched> files;
    private volatile long lookedAtPaths;

    private record Watched(OpenFile file, FileChannel channel, Optional<FileLease> lease) {}

    private FileWatch(List<Watched> files) {
        this.files = List.copyOf(files);
        this.lookedAtPaths = System.nanoTime() - LOOK_AT_PATH_NANOS;
    }

    /// For weights that lie in no file.
    public static FileWatch nothing() {
        return new FileWatch(List.of());
    }

    /// Watches those of the files that are mapped.
    ///
    /// @throws ModelFormatException when one of them is not what was opened any more
    static FileWatch of(List<OpenFile> files) throws IOException {
        return of(files, FileLease::take);
    }

    static FileWatch of(List<OpenFile> files, Function<Path, Optional<FileLease>> leases)
            throws IOException {
        List<Watched> watched = new ArrayList<>();
        try {
            for (OpenFile file : files) {
                if (file.placement() == Placement.MAPPED) {
                    // The lease first, so that what is looked at next cannot change.
                    Optional<FileLease> lease = leases.apply(file.path());
                    FileChannel channel;
                    try {
                        channel = FileChannel.open(file.path(), StandardOpenOption.READ);
                    } catch (IOException e) {
                        lease.ifPresent(FileLease::close);
                        throw e;
                    }
                    watched.add(new Watched(file, channel, lease));
                    if (!isSame(file, attributes(file))) {
                        throw changed(file, "was replaced while it was opened", "open it again");
                    }
                }
            }
            var watch = new FileWatch(watched);
            watch.check();
            return watch;
        } catch (IOException | RuntimeException e) {
            closeAll(watched);
            throw e;
        }
    }

    /// One watch of both watches' files, to be closed in their stead.
    public FileWatch and(FileWatch other) {
        List<Watched> all = new ArrayList<>(files);
        all.addAll(other.files);
        return new FileWatch(all);
    }

    /// Whether writers of every file wait for us, so that no change can come between two looks.
    public boolean isLeased() {
        return files.stream().allMatch(file -> file.lease().isPresent());
    }

    /// Looks at the files.
    ///
    /// @throws ModelFormatException when one was changed, or somebody waits to change it: its
    ///   mapping must not be read any more
    public void check() {
        boolean pathsToo = System.nanoTime() - lookedAtPaths >= LOOK_AT_PATH_NANOS;
        try {
            for (Watched watched : files) {
                check(watched);
                if (pathsToo) {
                    checkPath(watched.file());
                }
            }
        } catch (IOException e) {
            throw new ModelFormatException(
                    files.getFirst().file().location()
                            + ": cannot be looked at any more ("
                            + e
                            + "); copy the model to a local disk, or run with --no-mmap",
                    e);
        }
        if (pathsToo) {
            lookedAtPaths = System.nanoTime();
        }
    }

    private static void check(Watched watched) throws IOException {
        OpenFile file = watched.file();
        long size = watched.channel().size();
        if (size != file.bytes().byteSize()) {
            throw changed(
                    file,
                    "had %d bytes and now has %d".formatted(file.bytes().byteSize(), size),
                    "get it again");
        }
        if (watched.lease().isPresent() && !watched.lease().get().holds()) {
            throw changed(file, "is being opened for writing", "see what writes there");
        }
    }

    private static void checkPath(OpenFile file) throws IOException {
        BasicFileAttributes now;
        try {
            now = attributes(file);
        } catch (NoSuchFileException _) { // deleted or moved: the mapping keeps it
            return;
        }
        if (isSame(file, now)
                && !now.lastModifiedTime().equals(file.attributes().lastModifiedTime())) {
            throw changed(file, "was written to", "compare it with its source");
        }
    }

    private static BasicFileAttributes attributes(OpenFile file) throws IOException {
        return Files.readAttributes(file.path(), BasicFileAttributes.class);
    }

    private static boolean isSame(OpenFile file, BasicFileAttributes now) {
        return Objects.equals(now.fileKey(), file.attributes().fileKey());
    }

    private static ModelFormatException changed(OpenFile file, String how, String advice) {
        return new ModelFormatException(
                "%s: %s, expected nobody to change a model in use; %s, and replace model files by renaming, or run with --no-mmap"
                        .formatted(file.location(), how, advice));
    }

    /// Ends the watch. Writers who wait go on: nothing may be read from the mappings any more.
    @Override
    public void close() {
        closeAll(files);
    }

    private static void closeAll(List<Watched> files) {
        for (Watched watched : files) {
            watched.lease().ifPresent(FileLease::close);
            try {
                watched.channel().close();
            } catch (IOException _) { // it was only read: nothing is lost
            }
        }
    }
}
