package dev.tramontane.engine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where the files of one model gather until they are all there; whoever holds it is the only one
/// who changes that model, in all processes.
///
/// ```
/// .incoming/
///   NAME.lock           held while somebody works on the model; it stays, as removing it would race
///   NAME/
///     DIGEST.part       a file that is not complete; its next bytes can be asked for
///     DIGEST            a complete file, checked and on the disk
/// ```
///
/// A file's digest is its name here, so bytes are continued only as the file they belong to.
public final class Staging implements AutoCloseable {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{40,64}");
    private static final int CHUNK_BYTES = 1 << 20;

    /// The lock lies behind the file's content, which tells who holds it and stays readable.
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path folder;
    private final Path contents;
    private final FileChannel lockFile;
    private final FileLock lock;

    private Staging(Path folder, FileChannel lockFile, FileLock lock) throws IOException {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
        this.contents = folder.resolve("contents");
        Files.createDirectories(folder);
        deleteTree(contents);
    }

    /// @param incoming the store's folder for what is not complete
    /// @throws FileSystemException when somebody else works on the model
    @SuppressWarnings("MustBeClosedChecker") // the staging closes its lock
    static Staging open(Path incoming, ModelName name) throws IOException {
        Files.createDirectories(incoming);
        Path lockPath = incoming.resolve(name.folder() + ".lock");
        FileChannel file =
                FileChannel.open(
                        lockPath,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        try {
            FileLock lock = tryLock(file);
            if (lock == null) {
                throw new FileSystemException(
                        name.text(),
                        null,
                        "being changed by process %s at this moment, expected to be left alone; wait for that process, or stop it"
                                .formatted(Files.readString(lockPath).strip()));
            }
            file.truncate(0);
            file.write(
                    ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.US_ASCII)),
                    0);
            return new Staging(incoming.resolve(name.folder()), file, lock);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException _) { // by another thread of this process
            return null;
        }
    }

    /// A file that is not complete yet, or not begun.
    public Path part(String digest) {
        return whole(digest).resolveSibling(digest + ".part");
    }

    /// A complete file; it exists once {@link #complete} has been called.
    public Path whole(String digest) {
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("no digest: " + digest);
        }
        return folder.resolve(digest);
    }

    /// Declares a part complete: its bytes are on the disk before it has its name.
    ///
    /// @param begunAs what the part was called, where its sha256 was not known yet
    public void complete(String begunAs, String sha256) throws IOException {
        force(part(begunAs));
        Files.move(part(begunAs), whole(sha256), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Copies a file in, hashing it on the way.
    ///
    /// @param copied is told how many bytes each step copied
    StoredFile copy(Path source, String name, LongConsumer copied) throws IOException {
        Path part = folder.resolve("copying.part");
        Files.deleteIfExists(part);
        MessageDigest digest = StoredFile.newSha256();
        long bytes = 0;
        try (InputStream in = Files.newInputStream(source);
                FileChannel out =
                        FileChannel.open(
                                part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, n);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                bytes += n;
                copied.accept(n);
            }
            out.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        var file = new StoredFile(name, bytes, StoredFile.hex(digest));
        Files.move(part, whole(file.sha256()), StandardCopyOption.REPLACE_EXISTING);
        return file;
    }

    /// Gives a file a second name in here, hashing it; no byte is copied.
    ///
    /// @throws FileSystemException when it lies on another file system
    StoredFile link(Path source, String name, LongConsumer read) throws IOException {
        Path part = folder.resolve("copying.part");
        Files.deleteIfExists(part);
        Files.createLink(part, source);
        StoredFile file = StoredFile.read(name, part, read);
        Files.move(part, whole(file.sha256()), StandardCopyOption.REPLACE_EXISTING);
        return file;
    }

    /// Makes the model's new content of complete files: moves them into the model's folder, lets
    /// the manifest name them, and removes the content that was there. Who reads the old files goes
    /// on reading them.
    ///
    /// @param home the model's folder, directly below the store
    StoredModel install(Path home, StoredModel draft) throws IOException {
        Path named = contents.resolve(draft.name().plain());
        Files.createDirectories(named);
        for (StoredFile file : draft.files()) {
            Path whole = whole(file.sha256());
            Path target = named.resolve(file.name());
            boolean isSharedByOther =
                    draft.files().stream()
                            .anyMatch(
                                    other ->
                                            !other.name().equals(file.name())
                                                    && other.sha256().equals(file.sha256()));
            if (isSharedByOther) {
                Files.copy(whole, target);
                force(target);
            } else {
                Files.move(whole, target);
            }
        }
        forceFolder(named);
        forceFolder(contents);
        Files.createDirectories(home);
        Path content =
                home.resolve(HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()));
        Files.move(contents, content, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(home);
        var model =
                new StoredModel(
                        draft.name(),
                        draft.source(),
                        draft.revision(),
                        draft.added(),
                        content.resolve(draft.name().plain()),
                        draft.opens(),
                        draft.files());
        Manifest.write(home, model);
        removeOldContents(home, content);
        deleteTree(folder);
        return model;
    }

    /// What an earlier content leaves, where a system keeps files that somebody reads, goes next
    /// time.
    private static void removeOldContents(Path home, Path content) throws IOException {
        try (Stream<Path> entries = Files.list(home)) {
            for (Path entry : entries.toList()) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && !entry.equals(content)) {
                    deleteTree(entry);
                }
            }
        }
    }

    /// Removes all that was gathered.
    void discard() throws IOException {
        deleteTree(folder);
        Files.createDirectories(folder);
    }

    /// Lets others work on the model; what was gathered stays for the next time.
    @Override
    public void close() throws IOException {
        try (Stream<Path> left = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
            if (left.findAny().isEmpty()) {
                Files.deleteIfExists(folder);
            }
        } finally {
            lock.close();
            lockFile.close();
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /// Brings a folder's entries to the disk, on systems where folders can be opened.
    static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            // Windows has no such thing, and keeps its own journal
        }
    }

    /// Removes a folder and what lies in it; links are removed, not followed.
    static void deleteTree(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path entry : entries.toList()) {
                    deleteTree(entry);
                }
            }
        }
        Files.deleteIfExists(folder);
    }
}
