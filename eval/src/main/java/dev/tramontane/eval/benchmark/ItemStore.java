package dev.tramontane.eval.benchmark;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.StoredFile;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.eval.items.ItemException;
import dev.tramontane.wire.Hub;
import dev.tramontane.wire.HubReference;
import dev.tramontane.wire.PullProgress;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Items that were fetched: a store of data sets, each under `owner/repo:task`.
///
/// What is interrupted goes on where it stopped; every file is held against the hub's checksum, and
/// against the task's own where it states one.
///
/// @param store below Tramontane's home
public record ItemStore(ModelStore store) {
    /// @param home of Tramontane
    public static ItemStore in(Path home) {
        return new ItemStore(ModelStore.at(home.resolve("items")));
    }

    /// The folder of a benchmark's items; empty where they have not been fetched, or were from
    /// another place or revision, or are not what the task says.
    public Optional<Path> find(Benchmark benchmark, ItemSource.Files source) throws IOException {
        if (source.dataset().isEmpty()) {
            return Optional.empty();
        }
        String dataset = source.dataset().get();
        return store.find(name(benchmark, dataset))
                .filter(stored -> stored.source().equals(reference(dataset).toString()))
                .filter(stored -> source.files().stream().allMatch(file -> isAsSaid(file, stored)))
                .map(StoredModel::path);
    }

    private static HubReference reference(String dataset) {
        return HubReference.of(HubReference.SCHEME + dataset);
    }

    /// Fetches a benchmark's items, or finds that they are here.
    ///
    /// @throws TaskFileException when the task does not say where they are
    /// @throws dev.tramontane.wire.HubException when the hub does not give them
    public Path fetch(Benchmark benchmark, ItemSource.Files source, Hub hub, PullProgress progress)
            throws IOException {
        String dataset =
                source.dataset()
                        .orElseThrow(
                                () ->
                                        new TaskFileException(
                                                benchmark.name()
                                                        + ": its items cannot be fetched, expected"
                                                        + " them beside the task file; give them with"
                                                        + " --items"));
        List<String> paths = source.files().stream().map(ItemSource.PublishedFile::path).toList();
        StoredModel stored =
                hub.pullDataset(
                                reference(dataset),
                                paths,
                                name(benchmark, dataset),
                                store,
                                progress)
                        .model();
        for (ItemSource.PublishedFile file : source.files()) {
            check(benchmark, file, stored);
        }
        return stored.path();
    }

    private static void check(
            Benchmark benchmark, ItemSource.PublishedFile file, StoredModel stored)
            throws ItemException {
        if (!isAsSaid(file, stored)) {
            throw new ItemException(
                    "%s: %s has the sha256 %s, expected %s as the task says; the data set has changed: name the revision in the task file, or its new digest"
                            .formatted(
                                    benchmark.name(),
                                    file.path(),
                                    sha256(file, stored).orElse("of no file"),
                                    file.sha256().orElseThrow()));
        }
    }

    private static boolean isAsSaid(ItemSource.PublishedFile file, StoredModel stored) {
        return file.sha256().isEmpty() || file.sha256().equals(sha256(file, stored));
    }

    private static Optional<String> sha256(ItemSource.PublishedFile file, StoredModel stored) {
        return stored.files().stream()
                .filter(each -> each.name().equals(file.name()))
                .map(StoredFile::sha256)
                .findFirst();
    }

    private static ModelName name(Benchmark benchmark, String dataset) {
        int at = dataset.indexOf('@');
        String path = at < 0 ? dataset : dataset.substring(0, at);
        return new ModelName(path + ":" + benchmark.name());
    }
}
