package dev.tramontane.wire;

import dev.tramontane.engine.ModelFiles;
import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.Staging;
import dev.tramontane.engine.StoredFile;
import dev.tramontane.engine.StoredModel;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A place where models and data sets are published, and how they come from there into a store.
///
/// A pull may be stopped at any moment, by a signal, a broken line or a full disk: what has arrived
/// stays, the next pull of the same model asks for the rest, and until all of it is there and
/// checked the store has no such model, or the one it had before.
public final class Hub {
    private final HubOptions options;

    /// @throws IllegalArgumentException when the address or a proxy variable cannot be used
    public Hub(HubOptions options) {
        HubAddress.of(options.base());
        new EnvironmentProxies(options.environment()); // refuses what it cannot read
        this.options = options;
    }

    /// What a pull did.
    ///
    /// @param isNew whether anything had to be fetched
    public record Pulled(StoredModel model, boolean isNew) {}

    /// Fetches a model, or finds that the store has the hub's newest already.
    ///
    /// @param as the name in the store; empty for `owner/repo:QUANTISATION`
    /// @throws HubException when the hub does not give it; the message says what to do
    /// @throws FileSystemException when the disk is full, or somebody else fetches the same model
    /// @throws IllegalArgumentException when the repository has no such set of files
    public Pulled pull(
            HubReference reference, Optional<ModelName> as, ModelStore store, PullProgress progress)
            throws IOException {
        try (var requests = new HubRequests(options, progress)) {
            Listing listing = Listing.of(requests, reference, RepositoryKind.MODEL);
            ModelFiles chosen = choose(listing, reference);
            ModelName name = as.orElseGet(() -> reference.name(chosen.label()));
            List<RemoteFile> files = remoteFiles(listing, chosen.paths());
            var pull = new Pull(requests, reference.path(), listing.revision(), progress);
            return fetched(pull, reference, name, files, lastName(chosen.opens()), store);
        } catch (HubRequests.RefusedException e) {
            throw new HubException(explain(reference, RepositoryKind.MODEL, e), e);
        }
    }

    /// Fetches files of a data set, or finds that the store has the hub's newest already.
    ///
    /// @param dataset on the hub; what it wishes for is not heeded
    /// @param paths of the files, within the data set
    /// @param as the name in the store
    /// @param store of data sets, which is a store like any other
    /// @throws HubException when the hub does not give it; the message says what to do
    /// @throws FileSystemException when the disk is full, or somebody else fetches the same
    public Pulled pullDataset(
            HubReference dataset,
            List<String> paths,
            ModelName as,
            ModelStore store,
            PullProgress progress)
            throws IOException {
        try (var requests = new HubRequests(options, progress)) {
            Listing listing = Listing.of(requests, dataset, RepositoryKind.DATASET);
            List<String> missing = new ArrayList<>(paths);
            missing.removeAll(listing.files().stream().map(RemoteFile::path).toList());
            if (!missing.isEmpty()) {
                throw new HubException(
                        "%s: no file %s in the data set, expected it; give the files with --items, or another revision"
                                .formatted(dataset.path(), String.join(", ", missing)));
            }
            var pull =
                    new Pull(
                            requests,
                            RepositoryKind.DATASET.place() + dataset.path(),
                            listing.revision(),
                            progress);
            return fetched(pull, dataset, as, remoteFiles(listing, paths), "", store);
        } catch (HubRequests.RefusedException e) {
            throw new HubException(explain(dataset, RepositoryKind.DATASET, e), e);
        }
    }

    /// Brings files into a store that does not have these very ones.
    ///
    /// @param opens the file to open; empty for the folder
    private static Pulled fetched(
            Pull pull,
            HubReference reference,
            ModelName name,
            List<RemoteFile> files,
            String opens,
            ModelStore store)
            throws IOException {
        Optional<StoredModel> stored = store.find(name);
        if (stored.isPresent() && isSame(stored.get(), files, pull.revision())) {
            return new Pulled(stored.get(), false);
        }
        try (Staging staging = store.stage(name)) {
            List<StoredFile> fetched = pull.fetch(name, files, store, staging);
            String source = reference.toString();
            var revision = Optional.of(pull.revision());
            return new Pulled(store.install(staging, name, source, revision, opens, fetched), true);
        }
    }

    private static ModelFiles choose(Listing listing, HubReference reference) {
        try {
            return ModelFiles.choose(
                    listing.files().stream().map(RemoteFile::path).toList(), reference.wish());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    HubReference.SCHEME + reference.path() + ": " + e.getMessage(), e);
        }
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// The chosen files; names that could mean another place are refused before any is fetched.
    private static List<RemoteFile> remoteFiles(Listing listing, List<String> paths)
            throws HubException {
        Map<String, RemoteFile> byPath =
                listing.files().stream()
                        .collect(
                                Collectors.toMap(
                                        RemoteFile::path, Function.identity(), (a, _) -> a));
        Map<String, RemoteFile> byName = new LinkedHashMap<>();
        for (String path : paths) {
            RemoteFile file = byPath.get(path);
            if (file == null || !StoredFile.isPlainName(file.name()) || path.contains("..")) {
                throw new HubException(
                        HubAddress.printable(path)
                                + ": the hub lists a file of this name, expected a plain name; do"
                                + " not use this repository");
            }
            if (byName.put(file.name(), file) != null) {
                throw new HubException(
                        file.name()
                                + ": two files of this name belong to the model, expected one; name"
                                + " a single file after the colon");
            }
        }
        return List.copyOf(byName.values());
    }

    /// Whether the store has these very files.
    private static boolean isSame(StoredModel model, List<RemoteFile> files, String revision)
            throws IOException {
        if (model.files().size() != files.size()) {
            return false;
        }
        Map<String, StoredFile> byName =
                model.files().stream()
                        .collect(Collectors.toMap(StoredFile::name, Function.identity()));
        for (RemoteFile file : files) {
            StoredFile stored = byName.get(file.name());
            if (stored == null || !isSame(model, stored, file, revision)) {
                return false;
            }
        }
        return true;
    }

    /// By the digest that the hub lists; where it lists none, by the revision.
    private static boolean isSame(
            StoredModel model, StoredFile stored, RemoteFile file, String revision)
            throws IOException {
        if (stored.bytes() != file.bytes()) {
            return false;
        }
        if (file.sha256().isPresent()) {
            return file.sha256().get().equals(stored.sha256());
        }
        return file.gitSha1().isPresent()
                ? file.isBlob(model.folder().resolve(stored.name()))
                : model.revision().equals(Optional.of(revision));
    }

    /// Says what a refusal means for whoever wants this model.
    private String explain(
            HubReference reference, RepositoryKind kind, HubRequests.RefusedException refused) {
        HubAddress hub = HubAddress.of(options.base());
        String page = hub.resolve(kind.place() + reference.path(), "").toString();
        boolean isUnknown = refused.code().equals("RepoNotFound");
        if (refused.code().equals("RevisionNotFound")) {
            return "%s: no such revision at %s; leave it out, or choose one that the page lists"
                    .formatted(reference, page);
        }
        if (refused.status() == 404 || (isUnknown && options.token().isPresent())) {
            return "%s: %s has no such repository or file; check the spelling"
                    .formatted(reference, hub.base());
        }
        if (refused.status() != 401 && refused.status() != 403) {
            return "%s, expected the %s; check the hub's address, and whether a proxy or login page is in between"
                    .formatted(refused.getMessage(), kind.word());
        }
        if (options.token().isEmpty()) {
            return "%s: %s gives it only to those it knows, if it exists at all; check the spelling, accept the %s's terms at %s, and set HF_TOKEN to a token of your account (%s)"
                    .formatted(
                            reference,
                            hub.base(),
                            kind.word(),
                            page,
                            hub.resolve("settings/tokens", ""));
        }
        String sent =
                hub.isTrusted(hub.base())
                        ? "your token does not open it"
                        : "your token was not sent, as this address is not encrypted";
        return "%s: %s gives it only to those it has admitted, and %s; accept the %s's terms at %s with the account of the token, or use another token"
                .formatted(reference, hub.base(), sent, kind.word(), page);
    }
}
