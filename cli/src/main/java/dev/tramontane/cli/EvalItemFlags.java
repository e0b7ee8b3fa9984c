package dev.tramontane.cli;

import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.DemoItems;
import dev.tramontane.eval.benchmark.GeneratedItems;
import dev.tramontane.eval.benchmark.ItemFiles;
import dev.tramontane.eval.benchmark.ItemSource;
import dev.tramontane.eval.benchmark.ItemStore;
import dev.tramontane.eval.items.Item;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.Hub;
import dev.tramontane.wire.HubOptions;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Where a benchmark's items come from: given, fetched before, or fetched now.
final class EvalItemFlags {
    /// Problems of a demonstration at most.
    private static final int DEMO_PROBLEMS = 11;

    @Option(
            names = "--items",
            paramLabel = "FILE|DIR",
            description =
                    "The items, in the task's published form or with its columns as .jsonl, .json,"
                            + " .csv, .tsv or .parquet (default: beside a task file, else fetched"
                            + " once and kept).")
    private Optional<Path> items = Optional.empty();

    @Option(
            names = "--hub",
            paramLabel = "URL",
            description = "Where items are fetched (default: https://huggingface.co).")
    private String hub = HubOptions.PUBLIC;

    @Option(
            names = "--languages",
            split = ",",
            paramLabel = "CODE,…",
            hideParamSyntax = true,
            description = "Only these languages of a task that has several, such as en,fr,de.")
    private List<String> languages = List.of();

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N problems.")
    private Optional<Integer> limit = Optional.empty();

    @Option(
            names = "--demo",
            description =
                    "A few items of our own instead of the benchmark's: a quick look, no figure that"
                            + " compares.")
    private boolean demo;

    boolean isDemo() {
        return demo;
    }

    /// The file or folder of `--items`, where it was given.
    Optional<Path> given() {
        return items;
    }

    /// Each language that was asked for must be one of a task at least.
    ///
    /// @throws UsageException when one is not
    void checkLanguages(List<Benchmark> tasks) {
        Set<String> known = new TreeSet<>();
        tasks.forEach(task -> known.addAll(task.source().choiceOfLanguages()));
        String names = tasks.stream().map(Benchmark::name).collect(Collectors.joining(", "));
        for (String language : languages) {
            if (known.isEmpty()) {
                throw new UsageException(
                        "--languages: %s has no languages to choose from, expected a task that has; leave the flag out"
                                .formatted(names));
            }
            if (!known.contains(language)) {
                throw new UsageException(
                        "--languages: %s has no language %s, expected some of %s"
                                .formatted(names, language, String.join(", ", known)));
            }
        }
    }

    /// A benchmark's items, fetched where they are not here yet.
    ///
    /// @param task as it was named: the items of a task file lie beside it
    /// @param seed of items that are made on the spot
    List<Item> load(Benchmark benchmark, String task, long seed, CommandSpec spec, Stdio io)
            throws IOException {
        if (limit.isPresent() && limit.get() < 1) {
            throw new UsageException("--limit is " + limit.get() + ", expected 1 or more");
        }
        List<Item> all =
                switch (benchmark.source()) {
                    case ItemSource.Generated generated ->
                            GeneratedItems.of(generated, languages, seed);
                    case ItemSource.Files files -> read(benchmark, files, task, spec, io);
                };
        int most = limit.orElse(demo ? DEMO_PROBLEMS : all.size());
        return all.subList(0, Math.min(all.size(), most));
    }

    private List<Item> read(
            Benchmark benchmark, ItemSource.Files files, String task, CommandSpec spec, Stdio io)
            throws IOException {
        if (demo) {
            return DemoItems.of(benchmark, files, languages);
        }
        return new ItemFiles(benchmark, files)
                .load(where(benchmark, files, task, spec, io), languages);
    }

    private Path where(
            Benchmark benchmark, ItemSource.Files files, String task, CommandSpec spec, Stdio io)
            throws IOException {
        if (items.isPresent()) {
            return items.get();
        }
        Path beside = Path.of(task).toAbsolutePath().getParent();
        if (Files.isRegularFile(Path.of(task))
                && beside != null
                && new ItemFiles(benchmark, files).areIn(beside)) {
            return beside;
        }
        var store = ItemStore.in(EmbeddedModel.home(io.environment()));
        Optional<Path> here = store.find(benchmark, files);
        if (here.isPresent()) {
            return here.get();
        }
        Optional<String> token = HubToken.of(spec, io);
        Hub from = UsageException.check(() -> new Hub(HubOptions.of(hub, token, io.environment())));
        var shown = new PullShown(io);
        try {
            return store.fetch(benchmark, files, from, shown);
        } finally {
            shown.clear();
        }
    }
}
