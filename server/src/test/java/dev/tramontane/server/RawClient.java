package dev.tramontane.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/// A client that sends what it likes, and goes when it likes.
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = (int) Waiting.LONGEST.toMillis(); // or it hangs

    private final Socket socket;

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    static RawClient of(Http http) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), http.server.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new RawClient(socket);
    }

    /// One that takes a little at a time, and only when it reads.
    static RawClient slow(Http http) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096); // before it is connected, or it counts for nothing
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), http.server.port()));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new RawClient(socket);
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.getOutputStream().flush();
    }

    void post(String path, String body) throws IOException {
        send(
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(path, body.getBytes(UTF_8).length, body));
    }

    /// What comes up to a text, or up to the end.
    String readUntil(String text) throws IOException {
        var read = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!read.toString(UTF_8).contains(text)) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            read.write(next);
        }
        return read.toString(UTF_8);
    }

    /// All that comes until the server ends the connection.
    String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    /// Goes without a word, and without reading what is there.
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
