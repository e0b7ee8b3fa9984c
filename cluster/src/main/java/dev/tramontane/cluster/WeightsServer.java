package dev.tramontane.cluster;

import dev.tramontane.train.TrainableWeights;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLServerSocket;

/// The trainer's weights as versioned files, and the port that serves them.
///
/// A file is written beside its place, brought to the disk and renamed. The last few stay, so that
/// a worker in the middle of fetching one is not cut off by the next.
///
/// Who connects sends a file's name ({@link java.io.DataOutput#writeUTF}) and reads its length, a
/// `long`, and its bytes; −1 where it is not there (any more). With a key both sides prove that
/// they have it before anything is said.
final class WeightsServer implements AutoCloseable {
    /// Versions whose files stay.
    private static final int KEPT = 3;

    /// Before the next connection, so that what fails always does not take a processor.
    private static final long AFTER_FAILURE_NANOS = 20_000_000;

    private static final int MOST_WAITING = 64;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final System.Logger LOG = System.getLogger(WeightsServer.class.getName());

    private final Path folder;
    private final String host;
    private final ServerSocket server;
    private final Deque<Path> files = new ArrayDeque<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

    private WeightsServer(Path folder, String host, ServerSocket server) {
        this.folder = folder;
        this.host = host;
        this.server = server;
    }

    /// Begins to serve.
    ///
    /// @param folder for the files; made where it is not there
    /// @param port 0 for any that is free
    static WeightsServer open(Path folder, ClusterAddress address, int port) throws IOException {
        Files.createDirectories(folder);
        var server = new WeightsServer(folder, address.host(), socket(address.key()));
        server.server.bind(
                new InetSocketAddress(InetAddress.getByName(address.host()), port), MOST_WAITING);
        server.tasks.execute(server::serve);
        return server;
    }

    private static ServerSocket socket(Optional<ClusterKey> key) throws IOException {
        if (key.isEmpty()) {
            return new ServerSocket();
        }
        var socket =
                (SSLServerSocket) key.get().context().getServerSocketFactory().createServerSocket();
        socket.setNeedClientAuth(true);
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        return socket;
    }

    /// Writes a version.
    ///
    /// @return what workers are told of it
    WeightsNotice publish(TrainableWeights weights, long version) throws IOException {
        Path path = folder.resolve(WeightsFile.name(version));
        WeightsFile.write(weights, version, path);
        var notice =
                new WeightsNotice(
                        version,
                        WeightsFile.name(version),
                        Files.size(path),
                        WeightsFile.sha256(path),
                        host,
                        server.getLocalPort());
        files.remove(path);
        files.addLast(path);
        while (files.size() > KEPT) {
            Files.deleteIfExists(files.removeFirst());
        }
        return notice;
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                connections.add(connection);
                tasks.execute(() -> answer(connection));
            } catch (IOException e) { // closed, or one connection that came to nothing
                LOG.log(System.Logger.Level.DEBUG, "no connection", e);
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            connection.setSoTimeout(PATIENCE_MILLIS);
            var in = new DataInputStream(connection.getInputStream());
            var out = new DataOutputStream(connection.getOutputStream());
            String name = in.readUTF();
            // Names of ours alone: nothing else of the disk can be asked for.
            Path path = folder.resolve(WeightsFetch.checked(name));
            if (Files.isRegularFile(path)) {
                out.writeLong(Files.size(path));
                Files.copy(path, out);
            } else {
                out.writeLong(-1);
            }
            out.flush();
        } catch (IOException e) { // the other side is told by the connection's end
            LOG.log(System.Logger.Level.DEBUG, "a worker's connection failed", e);
        } finally {
            connections.remove(connection);
        }
    }

    /// Ends all connections. The files stay.
    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
        tasks.shutdownNow();
        tasks.close();
    }
}
