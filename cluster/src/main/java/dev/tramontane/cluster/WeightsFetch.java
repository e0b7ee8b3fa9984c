package dev.tramontane.cluster;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.net.ssl.SSLSocket;

/// Fetches weights from a {@link WeightsServer} into a folder.
///
/// @param folder a worker's own, or the trainer's where both share it: then nothing is fetched
/// @param key the trainer's
record WeightsFetch(Path folder, Optional<ClusterKey> key) {
    private static final Pattern NAMES = Pattern.compile("weights-\\d{12,19}\\.safetensors");
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int BUFFER_BYTES = 1 << 16;

    /// A file's name, once it is sure to be one of ours.
    static String checked(String name) throws IOException {
        if (!NAMES.matcher(name).matches()) {
            throw new IOException(
                    "file %s, expected weights-N.safetensors; run the same version of Tramontane on all machines"
                            .formatted(name));
        }
        return name;
    }

    /// What reads a file, and is done with it when it returns.
    interface Reader {
        void read(Path file) throws IOException;
    }

    /// Has the file of a notice read, whole and with the hash that was told: where it lies, or once
    /// it has been fetched, and then it is deleted.
    void read(WeightsNotice notice, Reader reader) throws IOException {
        Path shared = folder.resolve(checked(notice.file()));
        if (isRight(shared, notice)) {
            reader.read(shared);
            return;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "weights", ".part");
        try {
            receive(notice, part);
            if (!isRight(part, notice)) {
                throw new IOException(
                        "%s from %s:%d is not what was told (SHA-256 %s), expected the trainer's file; it is fetched again"
                                .formatted(
                                        notice.file(),
                                        notice.host(),
                                        notice.port(),
                                        notice.sha256()));
            }
            reader.read(part);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean isRight(Path path, WeightsNotice notice) throws IOException {
        return Files.isRegularFile(path)
                && Files.size(path) == notice.bytes()
                && WeightsFile.sha256(path).equals(notice.sha256());
    }

    private void receive(WeightsNotice notice, Path to) throws IOException {
        try (Socket socket = connect(notice);
                OutputStream file = Files.newOutputStream(to)) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeUTF(notice.file());
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            long bytes = in.readLong();
            if (bytes != notice.bytes()) {
                throw new IOException(
                        "%s at %s:%d has %d bytes, expected %d; newer weights have replaced it"
                                .formatted(
                                        notice.file(),
                                        notice.host(),
                                        notice.port(),
                                        bytes,
                                        notice.bytes()));
            }
            copy(in, file, bytes);
        }
    }

    private Socket connect(WeightsNotice notice) throws IOException {
        Socket socket =
                key.isPresent()
                        ? key.get().context().getSocketFactory().createSocket()
                        : new Socket();
        socket.setSoTimeout(PATIENCE_MILLIS);
        if (socket instanceof SSLSocket secured) {
            secured.setEnabledProtocols(new String[] {"TLSv1.3"});
        }
        socket.connect(new InetSocketAddress(notice.host(), notice.port()), PATIENCE_MILLIS);
        return socket;
    }

    private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException(
                        "%d of %d bytes came, expected all; the trainer may have ended"
                                .formatted(bytes - left, bytes));
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }
}
