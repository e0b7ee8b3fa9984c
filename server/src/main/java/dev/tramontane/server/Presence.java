package dev.tramontane.server;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A running server of this user, as other programs of theirs find it: a small file below
/// Tramontane's home, which only they can read, beside a second one that the server has locked for
/// as long as it lives. However its process ends, the lock ends with it: a file without a lock is
/// what is left of a server, and goes.
///
/// @param pid of its process
/// @param base its address, for this machine: `http://127.0.0.1:11500`
/// @param token that its operator is known by
/// @param started when it began
public record Presence(long pid, URI base, String token, Instant started) {
    private static final String FOLDER = "servers";
    private static final String TOLD = ".json";
    private static final String LOCKED = ".lock";
    private static final JsonMapper MAPPER = new JsonMapper();

    /// What a server of this process tells.
    ///
    /// @param host that it listens on; where that is every address, it is asked at this machine's
    ///   own
    public static Presence of(InetAddress host, int port, Operator operator) {
        InetAddress asked = host.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : host;
        String address = asked.getHostAddress();
        String shown = address.contains(":") ? "[" + address + "]" : address;
        return new Presence(
                ProcessHandle.current().pid(),
                URI.create("http://" + shown + ":" + port),
                operator.token(),
                Instant.now());
    }

    /// Without the token.
    @Override
    public String toString() {
        return base + ", process " + pid;
    }

    /// The server is there until this is closed, or the process ends.
    public interface Announcement extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /// Lets others find the server.
    ///
    /// @param home Tramontane's
    public Announcement announce(Path home) throws IOException {
        Path folder = home.resolve(FOLDER);
        Files.createDirectories(folder, owners(home, "rwx------"));
        String name = pid + "-" + UUID.randomUUID();
        Path lockFile = folder.resolve(name + LOCKED);
        Path told = folder.resolve(name + TOLD);
        FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.lock();
            Path part = folder.resolve(name + ".part");
            Files.createFile(part, owners(home, "rw-------"));
            Files.writeString(part, toJson().toString());
            Files.move(part, told, StandardCopyOption.ATOMIC_MOVE);
            return () -> {
                Files.deleteIfExists(told);
                lock.release();
                channel.close();
                Files.deleteIfExists(lockFile);
            };
        } catch (IOException | RuntimeException failure) {
            channel.close();
            Files.deleteIfExists(lockFile);
            throw failure;
        }
    }

    private ObjectNode toJson() {
        return Json.object()
                .put("pid", pid)
                .put("base", base.toString())
                .put("token", token)
                .put("started", started.toString());
    }

    private static FileAttribute<?>[] owners(Path home, String permissions) {
        boolean isPosix = home.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /// The servers that run, in the order in which they began. What is left of others is removed.
    ///
    /// @param home Tramontane's
    public static List<Presence> find(Path home) throws IOException {
        Path folder = home.resolve(FOLDER);
        List<Presence> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + TOLD)) {
            for (Path told : files) {
                String name = told.getFileName().toString();
                Path lockFile =
                        folder.resolve(name.substring(0, name.length() - TOLD.length()) + LOCKED);
                if (isLocked(lockFile)) {
                    read(told).ifPresent(found::add);
                } else {
                    Files.deleteIfExists(told);
                    Files.deleteIfExists(lockFile);
                }
            }
        }
        found.sort((one, other) -> one.started().compareTo(other.started()));
        return found;
    }

    private static boolean isLocked(Path lockFile) throws IOException {
        if (!Files.exists(lockFile)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException _) {
            return true; // by this very process
        }
    }

    /// Empty where the server has gone meanwhile, or it is no such file.
    private static Optional<Presence> read(Path told) throws IOException {
        try {
            JsonNode json = MAPPER.readTree(Files.readString(told));
            return Optional.of(
                    new Presence(
                            json.path("pid").asLong(),
                            URI.create(json.path("base").stringValue("")),
                            json.path("token").stringValue(""),
                            Instant.parse(json.path("started").stringValue(""))));
        } catch (NoSuchFileException
                | JacksonException
                | IllegalArgumentException
                | DateTimeException _) {
            return Optional.empty();
        }
    }
}
