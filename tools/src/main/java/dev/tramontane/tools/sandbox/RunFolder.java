package dev.tramontane.tools.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/// The folders of one warm sandbox, on disk: `given`, which programs only read, `work`, where they
/// run, and `streams`, two files that take their output.
///
/// What a program leaves is hostile: links are never followed, names never joined to longer paths
/// than the system takes, and nothing is read past its bound.
final class RunFolder implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PASSAGE =
            PosixFilePermissions.fromString("rwx--x--x");
    private static final Set<PosixFilePermission> SHOWN =
            PosixFilePermissions.fromString("rwxr-xr-x");

    private static final String PREFIX = "tramontane-sandbox-";

    /// How the names of this process's folders begin.
    private static final String OURS = PREFIX + UUID.randomUUID() + "-";

    private static final String LOCK = "lock";
    private static final String CACHE = ".cache";
    private static final Duration AGE = Duration.ofHours(1);

    /// A program does not need deeper folders, and paths stay short.
    private static final int DEEPEST = 16;

    /// What cannot be counted is too much.
    private static final Usage UNCOUNTABLE = new Usage(Long.MAX_VALUE, Integer.MAX_VALUE);

    /// @param files how many there are, folders included; counting ends soon behind the limit
    record Usage(long bytes, int files) {}

    private final Path root;
    private final OptionalInt uid;
    private final FileChannel lock;

    private RunFolder(Path root, OptionalInt uid, FileChannel lock) {
        this.root = root;
        this.uid = uid;
        this.lock = lock;
    }

    /// @param uid who owns what programs may write; absent where that is ourselves
    static RunFolder create(OptionalInt uid) throws IOException {
        Path root = Files.createTempDirectory(OURS).toRealPath();
        var folder = new RunFolder(root, uid, lock(root));
        folder.lock.lock(); // as long as this process lives
        Files.setPosixFilePermissions(root, uid.isPresent() ? PASSAGE : OWNER);
        Files.setPosixFilePermissions(Files.createDirectory(folder.given()), SHOWN);
        folder.own(Files.createDirectory(folder.work()));
        Files.setPosixFilePermissions(Files.createDirectory(folder.streams()), SHOWN);
        folder.own(Files.createFile(folder.output()));
        folder.own(Files.createFile(folder.errors()));
        return folder;
    }

    private static FileChannel lock(Path root) throws IOException {
        return FileChannel.open(
                root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /// Removes the folders of processes that were killed: ours by owner, an hour old, and not
    /// locked any more. Our own are not even looked at: whoever opens and closes a file loses all
    /// locks that his process has on it.
    static void sweep() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        FileTime latest = FileTime.from(Instant.now().minus(AGE));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path root : left) {
                if (root.getFileName().toString().startsWith(OURS)) {
                    continue;
                }
                BasicFileAttributes what = attributes(root);
                if (what.isDirectory()
                        && what.lastModifiedTime().compareTo(latest) < 0
                        && Files.getOwner(root, LinkOption.NOFOLLOW_LINKS)
                                .equals(Files.getOwner(Path.of("/proc/self")))) {
                    removeIfLeft(root);
                }
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
    }

    private static void removeIfLeft(Path root) throws IOException {
        try (FileChannel lock = lock(root);
                FileLock held = lock.tryLock()) {
            if (held != null) {
                empty(root);
                Files.delete(root);
            }
        } catch (OverlappingFileLockException swept) {
            return; // by another thread of this process
        }
    }

    Path given() {
        return root.resolve("given");
    }

    Path work() {
        return root.resolve("work");
    }

    Path streams() {
        return root.resolve("streams");
    }

    Path output() {
        return streams().resolve("out");
    }

    Path errors() {
        return streams().resolve("err");
    }

    /// Makes a file that programs can read and not write.
    Path give(String name, byte[] content) throws IOException {
        Path file = given().resolve(name);
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    /// Lays out a program, where the last one left nothing.
    void lay(Program program) throws IOException {
        empty(work());
        give("input", program.input());
        put(Program.MAIN, program.source().getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, byte[]> file : program.files().entrySet()) {
            put(file.getKey(), file.getValue());
        }
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = work().resolve(name);
        Files.write(file, content, StandardOpenOption.CREATE_NEW);
        own(file);
    }

    private void own(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            Files.setPosixFilePermissions(path, OWNER);
        }
        if (uid.isPresent()) {
            Files.setAttribute(path, "unix:gid", uid.getAsInt());
            Files.setAttribute(path, "unix:uid", uid.getAsInt());
        }
    }

    /// Whether a program has more in its folder than it may, beside what it was given.
    boolean exceeds(Program program, Limits limits) throws IOException {
        long given = program.source().length() * 3L;
        for (byte[] each : program.files().values()) {
            given += each.length;
        }
        int most = limits.files() + program.files().size() + 1;
        Usage usage = usage(most);
        return usage.files() > most || usage.bytes() > limits.diskBytes() + given;
    }

    /// What is in the working folder. It may change meanwhile.
    ///
    /// @param most files to count
    Usage usage(int most) throws IOException {
        long bytes = 0;
        int files = 0;
        Deque<Path> folders = new ArrayDeque<>(List.of(work()));
        while (!folders.isEmpty() && files <= most) {
            Path folder = folders.pop();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (++files > most) {
                        break;
                    }
                    if (entry.getNameCount() - work().getNameCount() > DEEPEST) {
                        return UNCOUNTABLE;
                    }
                    try {
                        BasicFileAttributes what = attributes(entry);
                        bytes += what.size();
                        if (what.isDirectory()) {
                            folders.push(entry);
                        }
                    } catch (NoSuchFileException _) {
                        // removed since it was listed; the others still count
                    } catch (FileSystemException unreadable) {
                        return UNCOUNTABLE; // such as a path too long
                    }
                }
            } catch (NoSuchFileException | NotDirectoryException gone) {
                files++; // the program removed it between two looks
            } catch (AccessDeniedException closed) {
                return UNCOUNTABLE;
            } catch (DirectoryIteratorException failure) {
                throw failure.getCause();
            }
        }
        return new Usage(bytes, files);
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /// How many bytes a stream has.
    static long bytes(Path stream) throws IOException {
        return attributes(stream).size();
    }

    /// The beginning of a stream.
    static byte[] beginning(Path stream, int most) throws IOException {
        return read(stream, most);
    }

    /// The regular files in the working folder that the program was not given as they are, but for
    /// what libraries keep in `.cache`.
    Map<String, byte[]> made(Program program, Limits limits) throws IOException {
        Map<String, byte[]> made = new HashMap<>();
        long left = limits.diskBytes();
        Deque<Path> folders = new ArrayDeque<>(List.of(work()));
        while (!folders.isEmpty()) {
            for (Path entry : entries(folders.pop())) {
                BasicFileAttributes what = attributes(entry);
                if (what.isDirectory() || what.isRegularFile()) {
                    Files.setPosixFilePermissions(
                            entry, OWNER); // a program may close what is its own
                }
                if (entry.equals(work().resolve(CACHE))) {
                    continue;
                }
                if (what.isDirectory()) {
                    folders.push(entry);
                } else if (what.isRegularFile() && what.size() <= left) {
                    byte[] content = read(entry, (int) what.size());
                    String name = work().relativize(entry).toString();
                    if (!isAsGiven(program, name, content)) {
                        made.put(name, content);
                        left -= content.length;
                    }
                }
            }
        }
        return made;
    }

    private static boolean isAsGiven(Program program, String name, byte[] content) {
        byte[] given = program.files().get(name);
        return name.equals(Program.MAIN) || (given != null && Arrays.equals(given, content));
    }

    private static byte[] read(Path file, int most) throws IOException {
        try (var channel =
                        Files.newByteChannel(
                                file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                InputStream in = Channels.newInputStream(channel)) {
            return in.readNBytes(most);
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        var list = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(list::add);
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        return list;
    }

    /// Removes everything in a folder. Folders in folders are moved up first, so that no path grows
    /// long however deep a program went.
    private static void empty(Path folder) throws IOException {
        int moved = 0;
        Deque<Path> rest = new ArrayDeque<>(entries(folder));
        while (!rest.isEmpty()) {
            Path entry = rest.pop();
            if (attributes(entry).isDirectory()) {
                Files.setPosixFilePermissions(entry, OWNER);
                for (Path inner : entries(entry)) {
                    if (attributes(inner).isDirectory()) {
                        Path up = folder.resolve(".tramontane-" + moved++);
                        if (Files.exists(up, LinkOption.NOFOLLOW_LINKS)) {
                            rest.push(entry); // the program chose this very name: take the next
                            break;
                        }
                        Files.setPosixFilePermissions(inner, OWNER);
                        Files.move(inner, up);
                        rest.push(up);
                    } else {
                        Files.delete(inner);
                    }
                }
                if (entries(entry).isEmpty()) {
                    Files.delete(entry);
                }
            } else {
                Files.delete(entry);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            empty(root);
            Files.delete(root);
        }
    }
}
