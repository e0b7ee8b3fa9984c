package dev.tramontane.engine;

import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
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
///     manifest.json     while the model is installed: what its files are to be called
///     0f3c…/repo/       likewise: the files under their names, about to move into the model's folder
/// ```
///
/// A file's digest is its name here, so bytes are continued only as the file they belong to.
public final class Staging implements AutoCloseable {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{40,64}");
    private static final int CHUNK_BYTES = 1 << 20;

    /// The lock lies behind the file's content, which tells who holds it and stays readable.
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /// The lock files that this process has open. Systems drop a process's lock on a file when it
    /// closes any descriptor of that file, so who would be refused must not open it: what is locked
    /// is the process's, and so is this.
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path home;
    private final Path lockPath;
    private final FileChannel lockFile;
    private final FileLock lock;

    private Staging(Path folder, Path home, Path lockPath, FileChannel lockFile, FileLock lock)
            throws IOException {
        this.folder = folder;
        this.home = home;
        this.lockPath = lockPath;
        this.lockFile = lockFile;
        this.lock = lock;
        Files.createDirectories(folder);
        takeBack();
    }

    /// @param incoming the store's folder for what is not complete
    /// @param home the model's folder, directly below the store
    /// @throws FileSystemException when somebody else works on the model
    static Staging open(Path incoming, Path home, ModelName name) throws IOException {
        Files.createDirectories(incoming);
        Path lockPath = incoming.toRealPath().resolve(name.folder() + ".lock");
        if (!OPEN.add(lockPath)) {
            throw beingChanged(name, ownNumber());
        }
        try {
            return locked(incoming.resolve(name.folder()), home, lockPath, name);
        } catch (IOException | RuntimeException e) {
            OPEN.remove(lockPath);
            throw e;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the staging closes its lock
    private static Staging locked(Path folder, Path home, Path lockPath, ModelName name)
            throws IOException {
        FileChannel file =
                FileChannel.open(
                        lockPath,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        try {
            FileLock lock = file.tryLock(LOCKED_BYTE, 1, false);
            if (lock == null) {
                throw beingChanged(name, Files.readString(lockPath).strip());
            }
            file.truncate(0);
            file.write(ByteBuffer.wrap(ownNumber().getBytes(StandardCharsets.US_ASCII)), 0);
            return new Staging(folder, home, lockPath, file, lock);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static String ownNumber() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static FileSystemException beingChanged(ModelName name, String process) {
        return new FileSystemException(
                name.text(),
                null,
                "being changed by process %s at this moment, expected to be left alone; wait for that process, or stop it"
                        .formatted(process));
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
    /// on reading them. Where that fails, the files are here as before.
    ///
    /// The manifest is written here first, so that whoever comes after a process that died can tell
    /// which file was which, and a full disk is noticed before anything is moved.
    StoredModel install(StoredModel draft) throws IOException {
        String content = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path gathered = folder.resolve(content);
        Path placed = home.resolve(content);
        Manifest.write(folder, in(gathered, draft));
        try {
            gather(draft.files(), gathered, gathered.resolve(draft.name().plain()));
            Files.createDirectories(home);
            Files.move(gathered, placed, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(home);
            Files.move(
                    folder.resolve(Manifest.FILE),
                    home.resolve(Manifest.FILE),
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException failure) {
            try {
                takeBack();
            } catch (IOException | RuntimeException left) { // for who stages the model next
                failure.addSuppressed(left);
            }
            throw failure;
        }
        forceFolder(home);
        // What an old content leaves, where a system keeps files that somebody reads, goes next
        // time.
        removeFolders(home, entry -> !entry.equals(placed));
        deleteTree(folder);
        return in(placed, draft);
    }

    private static StoredModel in(Path content, StoredModel draft) {
        return new StoredModel(
                draft.name(),
                draft.source(),
                draft.revision(),
                draft.added(),
                content.resolve(draft.name().plain()),
                draft.opens(),
                draft.files());
    }

    /// Moves the complete files to where the manifest in here says that they are.
    ///
    /// @param named within the content
    private void gather(List<StoredFile> files, Path content, Path named) throws IOException {
        Files.createDirectories(named);
        for (StoredFile file : files) {
            Path whole = whole(file.sha256());
            Path target = named.resolve(file.name());
            boolean isSharedByOther =
                    files.stream()
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
        forceFolder(content);
    }

    /// Takes back an installation that did not come to its end: the manifest is here still, and the
    /// files get their digests as names again.
    private void takeBack() throws IOException {
        Path manifest = folder.resolve(Manifest.FILE);
        if (Files.exists(manifest, LinkOption.NOFOLLOW_LINKS)) {
            scatter();
        }
        removeFolders(folder, _ -> true);
        Files.deleteIfExists(manifest);
    }

    /// The reverse of {@link #gather}, wherever the installation ended.
    private void scatter() throws IOException {
        StoredModel model;
        try {
            model = Manifest.read(folder);
        } catch (ModelFormatException _) { // nothing says which file was which: they come anew
            return;
        }
        Path content = folder.relativize(model.folder()).getName(0);
        Path placed = home.resolve(content);
        if (Files.isDirectory(placed, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(placed, folder.resolve(content), StandardCopyOption.ATOMIC_MOVE);
        }
        for (StoredFile file : model.files()) {
            Path named = model.folder().resolve(file.name());
            Path whole = whole(file.sha256());
            if (Files.exists(named, LinkOption.NOFOLLOW_LINKS) && !Files.exists(whole)) {
                Files.move(named, whole);
            }
        }
    }

    private static void removeFolders(Path parent, Predicate<Path> isUnwanted) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            for (Path entry : entries.filter(isUnwanted).toList()) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
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
            try (lockFile) {
                lock.close();
            } finally {
                OPEN.remove(lockPath);
            }
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
