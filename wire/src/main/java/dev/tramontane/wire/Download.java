package dev.tramontane.wire;

import dev.tramontane.engine.Staging;
import dev.tramontane.engine.StoredFile;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One file on its way from a hub into a staging.
///
/// A large file's bytes are kept when something stops it, and the next try asks for those that are
/// missing. What is there is hashed first, so the digest at the end covers every byte, whoever
/// fetched it. A file whose digest is wrong is removed: no part of it can be trusted.
final class Download {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");
    private static final Pattern LINKED_ETAG = Pattern.compile("\"?([0-9a-f]{64})\"?");
    private static final int CHUNK_BYTES = 1 << 20;

    private final HubRequests hub;
    private final URI address;
    private final RemoteFile file;
    private final Staging staging;
    private final LongConsumer arrived;
    private final Path part;
    private final MessageDigest digest = digest("SHA-256");
    private long here;
    private Optional<String> linked = Optional.empty();
    private Optional<FileSink> sink = Optional.empty();

    /// @param arrived is told how many bytes of the file are here
    Download(HubRequests hub, URI address, RemoteFile file, Staging staging, LongConsumer arrived) {
        this.hub = hub;
        this.address = address;
        this.file = file;
        this.staging = staging;
        this.arrived = arrived;
        this.part = staging.part(partName(file, address));
    }

    /// What the bytes are kept under: their digest where it is known.
    private static String partName(RemoteFile file, URI address) {
        return file.sha256()
                .or(file::gitSha1)
                .orElseGet(() -> hex(digest("SHA-256"), address.toString()));
    }

    private static String hex(MessageDigest digest, String text) {
        return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    /// Bytes of a file that an earlier try left.
    static long left(RemoteFile file, Staging staging) throws IOException {
        if (file.sha256().isEmpty()) {
            return 0;
        }
        Path whole = staging.whole(file.sha256().get());
        Path part = staging.part(file.sha256().get());
        if (Files.exists(whole)) {
            return Files.size(whole);
        }
        return Files.exists(part) ? Math.min(Files.size(part), file.bytes()) : 0;
    }

    /// Fetches what is missing and checks the whole.
    StoredFile run() throws IOException {
        if (file.sha256().isPresent() && Files.exists(staging.whole(file.sha256().get()))) {
            arrived.accept(file.bytes());
            return new StoredFile(file.name(), file.bytes(), file.sha256().get());
        }
        if (file.sha256().isEmpty()) {
            Files.deleteIfExists(part); // small, and nothing would prove that its beginning fits
        }
        try (FileChannel channel =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS)) {
            resume(channel);
            if (here < file.bytes() || file.bytes() == 0) {
                hub.patiently(file.path(), this::bytesHere, () -> fetch(channel));
            }
        }
        return check();
    }

    /// Takes over what is there already.
    private void resume(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size > file.bytes()) {
            channel.truncate(0);
            return;
        }
        try (InputStream in = Files.newInputStream(part, LinkOption.NOFOLLOW_LINKS)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                here += n;
                arrived.accept(here);
            }
        }
        channel.position(here);
    }

    private long bytesHere() {
        return here + sink.map(FileSink::bytes).orElse(0L);
    }

    /// One request; what arrives before it breaks counts.
    private long fetch(FileChannel channel) throws IOException {
        Map<String, String> headers = here == 0 ? Map.of() : Map.of("Range", "bytes=" + here + "-");
        try {
            var answer =
                    hub.get(
                            address,
                            headers,
                            info -> take(info, channel),
                            () -> {
                                long bytes = bytesHere();
                                arrived.accept(bytes);
                                return bytes;
                            },
                            this::see);
            if (bytesHere() < file.bytes()) {
                throw new EOFException("it ended early");
            }
            return answer.body().orElseThrow();
        } catch (HubRequests.RefusedException e) {
            if (e.status() != 416 || here == 0) { // another file than the one that was begun
                throw e;
            }
            restart(channel);
            throw new IOException("the hub's file is shorter than what is here", e);
        } finally {
            sink.ifPresent(FileSink::close);
            here = bytesHere();
            sink = Optional.empty();
            arrived.accept(here);
        }
    }

    private void restart(FileChannel channel) throws IOException {
        channel.truncate(0);
        channel.position(0);
        digest.reset();
        here = 0;
    }

    /// Where the body of an answer belongs.
    private FileSink take(ResponseInfo info, FileChannel channel) {
        try {
            Optional<String> range = info.headers().firstValue("Content-Range");
            boolean continues = info.statusCode() == 206;
            Matcher told = CONTENT_RANGE.matcher(range.orElse(""));
            boolean fits =
                    told.matches()
                            && told.group(1).equals(Long.toString(here))
                            && (told.group(2).equals("*")
                                    || told.group(2).equals(Long.toString(file.bytes())));
            if (continues && !fits) {
                throw new HubException(
                        "%s: the hub sends %s, expected the bytes from %d of %d; try again later"
                                .formatted(
                                        file.path(), range.orElse("no range"), here, file.bytes()));
            }
            long missing = continues ? file.bytes() - here : file.bytes();
            long length = info.headers().firstValueAsLong("Content-Length").orElse(missing);
            if (length != missing || info.headers().firstValue("Content-Encoding").isPresent()) {
                throw new HubException(
                        "%s: the hub sends %d bytes, expected %d; check whether a proxy or login page is in between"
                                .formatted(file.path(), length, missing));
            }
            if (!continues) {
                checkIsFile(info.headers());
                restart(channel);
            }
            var taking = new FileSink(channel, digest, missing);
            sink = Optional.of(taking);
            return taking;
        } catch (IOException e) {
            return FileSink.refusing(channel, digest, e);
        }
    }

    /// What is here already of a large file goes only for an answer that says how long it is: pages
    /// that others put in between rarely do.
    private void checkIsFile(HttpHeaders headers) throws HubException {
        if (file.sha256().isPresent() && headers.firstValueAsLong("Content-Length").isEmpty()) {
            throw new HubException(
                    "%s: the hub does not say how many bytes it sends; check whether a proxy or login page is in between"
                            .formatted(file.path()));
        }
    }

    /// The hub's first answer tells a large file's digest, where its listing did not.
    private void see(HttpHeaders headers) {
        if (linked.isEmpty()) {
            Matcher etag = LINKED_ETAG.matcher(headers.firstValue("X-Linked-Etag").orElse(""));
            linked = etag.matches() ? Optional.of(etag.group(1)) : Optional.empty();
        }
    }

    private StoredFile check() throws IOException {
        String found = HexFormat.of().formatHex(digest.digest());
        Optional<String> expected = file.sha256().or(() -> linked);
        boolean isRight =
                expected.isPresent()
                        ? expected.get().equals(found)
                        : file.gitSha1().isEmpty() || file.isBlob(part);
        if (!isRight) {
            Files.delete(part);
            throw new HubException(
                    "%s: what arrived is not what the hub lists (sha256 %s, expected %s); it has been removed, pull again, and if it happens twice ask whoever runs the hub"
                            .formatted(
                                    file.path(),
                                    found,
                                    expected.orElse("git's " + file.gitSha1().orElse(""))));
        }
        staging.complete(partName(file, address), found);
        return new StoredFile(file.name(), file.bytes(), found);
    }
}
