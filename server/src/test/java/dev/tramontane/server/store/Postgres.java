package dev.tramontane.server.store;

import dev.tramontane.server.Waiting;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL of the test's own, from the binaries that the machine has, in a folder that goes
/// with it.
public final class Postgres implements AutoCloseable {
    private static final Path PLACES = Path.of("/usr/lib/postgresql");
    private static final String USER = "postgres";

    private final Process process;
    private final int port;

    private Postgres(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts one; a test that needs it is skipped, and says so, where there is none.
    public static Postgres start(Path folder) throws IOException, InterruptedException {
        Optional<Path> binaries = binaries();
        Assumptions.assumeTrue(
                binaries.isPresent(),
                "SKIPPED: no PostgreSQL in " + PLACES + "; install the package postgresql");
        Path data = Files.createDirectory(folder.resolve("postgresql"));
        boolean isRoot = "root".equals(System.getProperty("user.name"));
        if (isRoot) { // whom PostgreSQL refuses
            Files.setOwner(
                    data,
                    data.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(USER));
            open(folder);
        }
        run(
                isRoot,
                binaries.get().resolve("initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync");
        int port = freePort();
        Process process =
                process(
                        isRoot,
                        binaries.get().resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "fsync=off");
        var started = new Postgres(process, port);
        Waiting.until("PostgreSQL listens", started::isThere, there -> there);
        return started;
    }

    /// Its own user must get through to the folder.
    private static void open(Path folder) throws IOException {
        Files.setPosixFilePermissions(
                folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Optional<Path> binaries() throws IOException {
        if (!Files.isDirectory(PLACES)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(PLACES)) {
            for (Path version : versions) {
                if (Files.isExecutable(version.resolve("bin/initdb"))) {
                    return Optional.of(version.resolve("bin"));
                }
            }
        }
        return Optional.empty();
    }

    private static Process process(boolean isRoot, String... command) throws IOException {
        List<String> words = new ArrayList<>();
        if (isRoot) {
            words.addAll(
                    List.of(
                            "setpriv",
                            "--reuid=" + USER,
                            "--regid=" + USER,
                            "--clear-groups",
                            "--"));
        }
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
                .directory(new java.io.File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void run(boolean isRoot, String... command)
            throws IOException, InterruptedException {
        int code = process(isRoot, command).waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, database, USER);
    }

    private boolean isThere() {
        try (Connection connection = DriverManager.getConnection(url("postgres"))) {
            return connection.isValid(1);
        } catch (SQLException _) {
            return false;
        }
    }

    /// An empty database.
    public StoreSettings fresh() throws SQLException {
        String name = "t" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return StoreSettings.of("postgresql://%s@127.0.0.1:%d/%s".formatted(USER, port, name));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) { // somebody is connected still
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
