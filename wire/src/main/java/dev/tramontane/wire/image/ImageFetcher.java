package dev.tramontane.wire.image;

import dev.tramontane.engine.EngineOverloadedException;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Reads files at addresses that strangers name, so that nobody reaches what only this machine can.
///
/// The host is resolved once, all its addresses must be public, and the connection goes to the one
/// that was checked: a name that means another machine a moment later changes nothing. Each
/// redirect is checked anew. Nothing of this process is sent along, neither cookies nor
/// credentials, and no proxy is asked. HTTP's own client cannot be told which address to take,
/// which is why HTTP/1.1 is spoken here.
public final class ImageFetcher {
    private static final int AT_ONCE = 16;
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final FetchRules rules;
    private final Resolver resolver;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /// What tells the addresses of a host.
    interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    public ImageFetcher(FetchRules rules) {
        this(rules, InetAddress::getAllByName);
    }

    ImageFetcher(FetchRules rules, Resolver resolver) {
        this.rules = rules;
        this.resolver = resolver;
    }

    /// The file at an address.
    ///
    /// @throws EngineOverloadedException when too many are being read
    byte[] fetch(URI address) throws ImageFault {
        if (!places.tryAcquire()) {
            throw new EngineOverloadedException(
                    "%d images are being fetched already, expected fewer at once; try again"
                            .formatted(AT_ONCE),
                    RETRY);
        }
        long end = System.nanoTime() + rules.time().toNanos();
        try {
            URI asked = address;
            for (int redirects = 0; redirects <= FetchRules.MOST_REDIRECTS; redirects++) {
                FetchRules.Target target = rules.target(asked);
                HttpReply reply = ask(target, end);
                Optional<String> elsewhere = reply.redirect();
                if (elsewhere.isEmpty()) {
                    return reply.file();
                }
                URI next = asked.resolve(URI.create(elsewhere.get()));
                if (target.secure() && !"https".equalsIgnoreCase(next.getScheme())) {
                    throw FetchRules.forbidden();
                }
                asked = next;
            }
            throw unreachable();
        } catch (ImageFault fault) {
            throw fault;
        } catch (IOException | IllegalArgumentException _) {
            throw unreachable(); // neither why nor from where is told to who asked
        } finally {
            places.release();
        }
    }

    private HttpReply ask(FetchRules.Target target, long end) throws IOException {
        InetAddress checked = rules.check(target, addresses(unbracketed(target.host()), end));
        try (var socket = new Socket(Proxy.NO_PROXY);
                var _ = new Deadline(socket, end)) {
            socket.connect(new InetSocketAddress(checked, target.port()));
            if (!target.secure()) {
                return exchange(target, socket);
            }
            var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            try (var secure =
                    (SSLSocket)
                            factory.createSocket(
                                    socket, unbracketed(target.host()), target.port(), true)) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
                secure.startHandshake();
                return exchange(target, secure);
            }
        }
    }

    /// A host's addresses, waited for no longer than allowed: a resolver cannot be told when to
    /// stop.
    private InetAddress[] addresses(String host, long end) throws IOException {
        var found = new CompletableFuture<InetAddress[]>();
        Thread.ofVirtual()
                .name("tramontane-resolver")
                .start(
                        () -> {
                            try {
                                found.complete(resolver.addresses(host));
                            } catch (IOException | RuntimeException failure) {
                                found.completeExceptionally(failure);
                            }
                        });
        try {
            return found.get(leftMillis(end), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IOException("no address in time", failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private HttpReply exchange(FetchRules.Target target, Socket socket) throws IOException {
        String request =
                "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: image/*\r\nAccept-Encoding: identity\r\nUser-Agent: tramontane\r\nConnection: close\r\n\r\n"
                        .formatted(target.path(), target.hostHeader());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return HttpReply.read(new BufferedInputStream(socket.getInputStream()), rules.bytes());
    }

    /// The brackets of an IPv6 address are the URL's, not its own.
    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static ImageFault unreachable() {
        return new ImageFault(
                "found an address that gave no PNG, JPEG, WebP or GIF in time, expected one; embed the image as a data: address");
    }

    private static long leftMillis(long endNanos) throws IOException {
        long left = (endNanos - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new IOException("the time is over");
        }
        return left;
    }

    /// Closes a socket when its time is over, whatever waits on it: connecting, a handshake, or a
    /// server that sends a byte now and then.
    private static final class Deadline implements AutoCloseable {
        private final Thread watch;

        Deadline(Socket socket, long endNanos) {
            watch =
                    Thread.ofVirtual()
                            .name("tramontane-image-deadline")
                            .start(() -> closeAt(endNanos, socket));
        }

        private static void closeAt(long endNanos, Socket socket) {
            try {
                Thread.sleep(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime())));
                socket.close();
            } catch (InterruptedException _) { // answered in time
            } catch (IOException _) { // nothing is left to close
            }
        }

        @Override
        public void close() {
            watch.interrupt();
        }
    }
}
