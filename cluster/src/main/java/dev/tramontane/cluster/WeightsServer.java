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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLServerSocket;

/// The trainer's weights as versioned files, and the port that serves them.
///
/// A file is written beside its place, brought to the disk and renamed. The last few stay, so that
/// a worker in the middle of fetching one is not cut off by the next.
///
/// Who connects sends a file's name ({@link java.io.DataOutput#writeUTF}) and reads its length, a
/// `long`, and its bytes; −1 where it is not there (any more). With a key both sides prove that
/// they have it before anything is said. Only so many connections that have not asked yet are open
/// at a time, and none of them for long, whatever dribbles in; others wait to be accepted.
final class WeightsServer implements AutoCloseable {
    /// Versions whose files stay.
    private static final int KEPT = 3;

    /// Before the next connection, so that what fails always does not take a processor.
    private static final long AFTER_FAILURE_NANOS = 20_000_000;

    private static final int MOST_WAITING = 64;

    /// Connections at a time that have not asked for a file yet.
    static final int MOST_STRANGERS = 64;

    /// From a connection's beginning to its file's name; less than a worker's own patience, which
    /// may have to wait for strangers.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(WeightsServer.class.getName());

    private final Path folder;
    private final String host;
    private final ServerSocket server;
    private final Duration patience;
    private final Semaphore strangers = new Semaphore(MOST_STRANGERS);
    private final Deque<Path> files = new ArrayDeque<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

    private WeightsServer(Path folder, String host, ServerSocket server, Duration patience) {
        this.folder = folder;
        this.host = host;
        this.server = server;
        this.patience = patience;
    }

    /// Begins to serve.
    ///
    /// @param folder for the files; made where it is not there
    /// @param port 0 for any that is free
    static WeightsServer open(Path folder, ClusterAddress address, int port) throws IOException {
        return open(folder, address, port, PATIENCE);
    }

    /// The same with a patience of one's own.
    static WeightsServer open(Path folder, ClusterAddress address, int port, Duration patience)
            throws IOException {
        Files.createDirectories(folder);
        var here = new InetSocketAddress(InetAddress.getByName(address.host()), port);
        ServerSocket socket = socket(address.key());
        try {
            socket.bind(here, MOST_WAITING);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        var server = new WeightsServer(folder, address.host(), socket, patience);
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
                strangers.acquire();
                begin(server.accept());
            } catch (InterruptedException e) { // closed
                return;
            } catch (IOException e) { // closed, or one connection that came to nothing
                strangers.release();
                LOG.log(System.Logger.Level.DEBUG, "no connection", e);
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            }
        }
    }

    private void begin(Socket connection) {
        connections.add(connection);
        var asked = new CountDownLatch(1);
        try {
            tasks.execute(() -> hangUpUnless(asked, connection));
            tasks.execute(() -> answer(connection, asked));
        } catch (RejectedExecutionException e) { // accepted while this closes
            hangUp(connection);
        }
    }

    private void hangUpUnless(CountDownLatch asked, Socket connection) {
        try {
            if (!asked.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                hangUp(connection);
            }
        } catch (InterruptedException e) {
            hangUp(connection);
        }
    }

    private static void hangUp(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) { // nobody is there to be told
            LOG.log(System.Logger.Level.DEBUG, "a worker's connection failed", e);
        }
    }

    private void answer(Socket connection, CountDownLatch asked) {
        try (connection) {
            String name = name(connection, asked);
            var out = new DataOutputStream(connection.getOutputStream());
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

    /// What a connection asks for, behind a handshake where there is a key.
    private String name(Socket connection, CountDownLatch asked) throws IOException {
        try {
            return new DataInputStream(connection.getInputStream()).readUTF();
        } finally {
            asked.countDown();
            strangers.release();
        }
    }

    /// Ends all connections. The files stay.
    @Override
    public void close() throws IOException {
        server.close();
        connections.forEach(WeightsServer::hangUp);
        tasks.shutdownNow();
        tasks.close();
    }
}
