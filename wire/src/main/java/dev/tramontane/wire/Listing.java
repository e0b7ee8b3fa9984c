package dev.tramontane.wire;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a repository holds at one commit.
///
/// @param revision the commit; the branch where the hub does not tell
record Listing(String revision, List<RemoteFile> files) {
    private static final String MAIN = "main";
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_PAGES = 200;
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"next\"");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40,64}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(32)
                                                    .build())
                                    .build())
                    .build();

    Listing {
        files = List.copyOf(files);
    }

    /// Asks a hub. One request where it tells a commit with the lengths of its files; else the
    /// tree, page by page.
    static Listing of(HubRequests hub, HubReference model, RepositoryKind kind) throws IOException {
        String revision = model.revision().orElse(MAIN);
        String api = kind.api() + model.path();
        try {
            Page page = get(hub, hub.hub().resolve(api + "/revision/" + revision, "blobs=true"));
            String commit = page.json().path("sha").asString("");
            boolean isCommit = COMMIT.matcher(commit).matches();
            List<RemoteFile> files = new ArrayList<>();
            for (JsonNode file : page.json().path("siblings")) {
                file(file, "rfilename", "blobId", "sha256").ifPresent(files::add);
            }
            boolean isComplete = files.size() == page.json().path("siblings").size();
            if (isCommit && isComplete && !files.isEmpty()) {
                return new Listing(commit, files);
            }
            return new Listing(
                    isCommit ? commit : revision, tree(hub, api, isCommit ? commit : revision));
        } catch (HubRequests.RefusedException e) {
            if (e.status() != 404 || !e.code().isEmpty()) {
                throw e;
            }
            return new Listing(revision, tree(hub, api, revision));
        }
    }

    private static List<RemoteFile> tree(HubRequests hub, String api, String revision)
            throws IOException {
        List<RemoteFile> files = new ArrayList<>();
        URI at = hub.hub().resolve(api + "/tree/" + revision, "recursive=true");
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            Page page = get(hub, at);
            for (JsonNode entry : page.json()) {
                if (!entry.path("type").asString("file").equals("directory")) {
                    file(entry, "path", "oid", "oid").ifPresent(files::add);
                }
            }
            if (page.next().isEmpty()) {
                return files;
            }
            at = page.next().get();
        }
        throw new HubException(
                api + ": a listing of more than " + MOST_PAGES + " pages; is it a hub?");
    }

    /// A file of a listing; empty where its length is not told.
    private static Optional<RemoteFile> file(
            JsonNode entry, String pathField, String blobField, String lfsField)
            throws HubException {
        JsonNode lfs = entry.path("lfs");
        JsonNode bytes = lfs.has("size") ? lfs.path("size") : entry.path("size");
        String path = entry.path(pathField).asString("");
        if (path.isEmpty() || !bytes.isIntegralNumber()) {
            return Optional.empty();
        }
        if (!bytes.canConvertToLong() || bytes.longValue() < 0) {
            throw new HubException(
                    HubAddress.printable(path)
                            + ": the hub gives it no possible length; is it a hub?");
        }
        String sha256 = lfs.path(lfsField).asString("").replaceFirst("^sha256:", "");
        String blob = lfs.isObject() ? "" : entry.path(blobField).asString("");
        return Optional.of(
                new RemoteFile(
                        path,
                        bytes.longValue(),
                        Optional.of(sha256).filter(text -> SHA256.matcher(text).matches()),
                        Optional.of(blob).filter(text -> SHA1.matcher(text).matches())));
    }

    private record Page(JsonNode json, Optional<URI> next) {}

    private static Page get(HubRequests hub, URI address) throws IOException {
        return hub.patiently(
                address.getPath(),
                () -> 0, // each try begins anew
                () -> {
                    var page = new PageSink();
                    var answer =
                            hub.get(
                                    address,
                                    Map.of("Accept", "application/json"),
                                    _ -> page,
                                    page::bytes,
                                    _ -> {});
                    try {
                        return new Page(
                                MAPPER.readTree(answer.body().orElseThrow()),
                                next(hub, answer.header("Link").orElse("")));
                    } catch (JacksonException e) {
                        throw new HubException(
                                "%s: no JSON (%s), expected a list of files; check the hub's address, and whether a proxy or login page is in between"
                                        .formatted(address, e.getOriginalMessage()),
                                e);
                    }
                });
    }

    /// A page on its way; a slow one is not silent.
    private static final class PageSink implements BodySubscriber<byte[]> {
        private final BodySubscriber<byte[]> body =
                BodySubscribers.limiting(BodySubscribers.ofByteArray(), MOST_BYTES);
        private final AtomicLong bytes = new AtomicLong();

        /// Bytes so far, for any thread.
        long bytes() {
            return bytes.get();
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            body.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            buffers.forEach(buffer -> bytes.addAndGet(buffer.remaining()));
            body.onNext(buffers);
        }

        @Override
        public void onError(Throwable failure) {
            body.onError(failure);
        }

        @Override
        public void onComplete() {
            body.onComplete();
        }
    }

    /// The next page, on the same hub.
    private static Optional<URI> next(HubRequests hub, String link) throws HubException {
        Matcher next = NEXT.matcher(link);
        if (!next.find()) {
            return Optional.empty();
        }
        try {
            URI address = hub.hub().base().resolve(new URI(next.group(1)));
            if (hub.hub().isHub(address)) {
                return Optional.of(address);
            }
        } catch (URISyntaxException _) {
            // refused below
        }
        throw new HubException(
                "the hub's listing goes on at another place; check the hub's address");
    }
}
