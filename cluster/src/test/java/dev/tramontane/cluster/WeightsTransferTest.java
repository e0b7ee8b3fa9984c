package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.train.TrainableWeights;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class WeightsTransferTest {
    @TempDir private Path folder;
    private final Arena arena = Arena.ofShared();
    private final TrainableWeights weights = TinyPolicy.weights(arena);
    private final TrainableWeights landing = TinyPolicy.weights(arena);

    @AfterEach
    void end() {
        arena.close();
    }

    private static float[] values(TrainableWeights weights) {
        float[] values = new float[weights.values().cols()];
        weights.values().decodeRow(0, values);
        return values;
    }

    private void change(float by) {
        for (int i = 0; i < weights.count(); i++) {
            weights.values().set(0, i, weights.values().get(0, i) + by);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private WeightsServer server(Optional<ClusterKey> key) throws IOException {
        var address = new ClusterAddress("127.0.0.1", 0, key);
        return WeightsServer.open(folder.resolve("trainer"), address, 0);
    }

    private WeightsFetch fetch(Optional<ClusterKey> key) {
        return new WeightsFetch(folder.resolve("worker"), key);
    }

    private void read(WeightsFetch fetch, WeightsNotice notice) throws IOException {
        fetch.read(notice, file -> WeightsFile.read(file, notice.version(), landing));
    }

    private static String refusal(Executable what) {
        return String.valueOf(assertThrows(Exception.class, what).getMessage());
    }

    @Test
    void weights_arrive_to_the_bit_and_leave_no_file_behind() throws IOException {
        change(0.25f);
        try (WeightsServer server = server(Optional.empty())) {
            WeightsNotice notice = server.publish(weights, 7);
            read(fetch(Optional.empty()), notice);
            assertArrayEquals(values(weights), values(landing));
            assertEquals(7, notice.version());
            assertEquals(List.of(), names(folder.resolve("worker")));
        }
    }

    @Test
    void with_a_key_they_arrive_too_and_without_it_or_with_another_they_do_not()
            throws IOException, InterruptedException {
        ClusterKey key = Keys.make(folder.resolve("cluster.p12"));
        ClusterKey other = Keys.make(folder.resolve("other.p12"));
        change(0.25f);
        try (WeightsServer server = server(Optional.of(key))) {
            WeightsNotice notice = server.publish(weights, 1);
            float[] before = values(landing);
            assertThrows(IOException.class, () -> read(fetch(Optional.empty()), notice));
            assertThrows(IOException.class, () -> read(fetch(Optional.of(other)), notice));
            assertArrayEquals(before, values(landing));
            read(fetch(Optional.of(key)), notice);
            assertArrayEquals(values(weights), values(landing));
        }
    }

    @Test
    void a_shared_folder_is_read_where_it_lies() throws IOException {
        WeightsNotice notice;
        change(0.25f);
        try (WeightsServer server = server(Optional.empty())) {
            notice = server.publish(weights, 3);
        } // nobody serves it any more
        var shared = new WeightsFetch(folder.resolve("trainer"), Optional.empty());
        read(shared, notice);
        assertArrayEquals(values(weights), values(landing));
        assertEquals(List.of(notice.file()), names(folder.resolve("trainer")));
    }

    @Test
    void the_last_three_versions_stay_and_older_ones_say_that_they_are_gone() throws IOException {
        try (WeightsServer server = server(Optional.empty())) {
            WeightsNotice first = server.publish(weights, 1);
            for (int version = 2; version <= 4; version++) {
                server.publish(weights, version);
            }
            assertEquals(
                    List.of(WeightsFile.name(2), WeightsFile.name(3), WeightsFile.name(4)),
                    names(folder.resolve("trainer")));
            String message = refusal(() -> read(fetch(Optional.empty()), first));
            assertTrue(message.endsWith("newer weights have replaced it"), message);
        }
    }

    @Test
    void a_file_that_is_not_what_was_told_changes_nothing() throws IOException {
        try (WeightsServer server = server(Optional.empty())) {
            WeightsNotice notice = server.publish(weights, 1);
            float[] before = values(landing);
            change(0.25f);
            WeightsFile.write(weights, 1, folder.resolve("trainer").resolve(notice.file()));
            String message = refusal(() -> read(fetch(Optional.empty()), notice));
            assertTrue(message.contains("is not what was told (SHA-256 "), message);
            assertArrayEquals(before, values(landing));
            assertEquals(List.of(), names(folder.resolve("worker")));
        }
    }

    @Test
    void a_file_of_another_version_or_network_changes_nothing() throws IOException {
        Path file = folder.resolve("file");
        WeightsFile.write(weights, 5, file);
        assertEquals(
                file + ": holds version 5, expected 6; remove it, it is fetched anew",
                assertThrows(ModelFormatException.class, () -> WeightsFile.read(file, 6, landing))
                        .getMessage());
    }

    @Test
    void nothing_else_of_the_disk_can_be_asked_for() throws IOException {
        Files.writeString(folder.resolve("secret"), "secret");
        try (WeightsServer server = server(Optional.empty())) {
            int port = server.publish(weights, 1).port();
            for (String name : List.of("../secret", "secret", "", "weights-1.safetensors")) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    new DataOutputStream(socket.getOutputStream()).writeUTF(name);
                    var in = new DataInputStream(socket.getInputStream());
                    assertEquals(-1, in.read(), name); // the connection's end
                }
            }
            assertFalse(names(folder.resolve("trainer")).contains("secret"));
        }
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void who_dribbles_a_name_or_a_handshake_is_hung_up_on()
            throws IOException, InterruptedException {
        ClusterKey key = Keys.make(folder.resolve("cluster.p12"));
        byte[] longName = {0x7f, 0x7f};
        byte[] longRecord = {0x16, 3, 1, 0x3f, 0x3f};
        for (Optional<ClusterKey> each : List.of(Optional.<ClusterKey>empty(), Optional.of(key))) {
            var address = new ClusterAddress("127.0.0.1", 0, each);
            try (WeightsServer server =
                    WeightsServer.open(
                            folder.resolve("trainer"), address, 0, Duration.ofMillis(300))) {
                WeightsNotice notice = server.publish(weights, 1);
                try (Socket socket = connect(notice.port())) {
                    socket.getOutputStream().write(each.isEmpty() ? longName : longRecord);
                    assertTrue(isHungUpOnWhileDribbling(socket));
                }
            }
        }
    }

    /// Whether the other side ends a connection that says one byte after the other.
    private static boolean isHungUpOnWhileDribbling(Socket socket) throws IOException {
        socket.setSoTimeout(20);
        for (int said = 0; said < 1_000; said++) {
            try {
                socket.getOutputStream().write(1);
                if (socket.getInputStream().read() < 0) {
                    return true;
                }
            } catch (SocketTimeoutException _) {
                // it listens still
            } catch (SocketException e) {
                return true;
            }
        }
        return false;
    }

    @Test
    void strangers_beyond_the_most_wait_to_be_accepted() throws IOException {
        List<Socket> strangers = new ArrayList<>();
        try (WeightsServer server = server(Optional.empty())) {
            WeightsNotice notice = server.publish(weights, 1);
            for (int i = 0; i < WeightsServer.MOST_STRANGERS; i++) {
                strangers.add(connect(notice.port()));
            }
            try (Socket next = connect(notice.port())) {
                new DataOutputStream(next.getOutputStream()).writeUTF(notice.file());
                next.setSoTimeout(300);
                var in = new DataInputStream(next.getInputStream());
                assertThrows(SocketTimeoutException.class, in::readLong);
                next.setSoTimeout(30_000);
                strangers.getFirst().close();
                assertEquals(notice.bytes(), in.readLong());
            }
        } finally {
            for (Socket each : strangers) {
                each.close();
            }
        }
    }

    @Test
    void nothing_listens_beyond_the_loopback_without_a_key() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new ClusterAddress("0.0.0.0", 7460, Optional.empty()))
                        .getMessage();
        assertEquals(
                "address 0.0.0.0 is open to other machines, but there is no key; expected one, or 127.0.0.1: make a key with keytool -genkeypair and give it to all machines",
                message);
        assertEquals(7460, ClusterAddress.loopback(7460).port());
    }

    @Test
    void a_key_that_is_none_is_refused_at_once() throws IOException, InterruptedException {
        Path file = folder.resolve("cluster.p12");
        ClusterKey key = Keys.make(file);
        assertFalse(key.toString().contains(key.password()));
        assertThrows(IllegalArgumentException.class, () -> new ClusterKey(file, "wrong"));
        Path text = Files.writeString(folder.resolve("text"), "no key");
        String message = refusal(() -> new ClusterKey(text, "x"));
        assertTrue(message.endsWith("make one with keytool -genkeypair"), message);
    }
}
