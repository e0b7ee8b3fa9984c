package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.items.ItemException;
import dev.tramontane.eval.items.ItemMaker;
import dev.tramontane.eval.items.Rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A benchmark's items on this machine: the published files, or others that hold the same columns.
///
/// In a folder a file is found under its path in the data set, under its bare name, or under the
/// name of the task (`gpqa-diamond.csv`, `mgsm-fr.tsv`), with any ending that can be read.
public final class ItemFiles {
    private static final List<String> ENDINGS = List.of("jsonl", "json", "csv", "tsv", "parquet");

    private final Benchmark benchmark;
    private final ItemSource.Files source;

    public ItemFiles(Benchmark benchmark, ItemSource.Files source) {
        this.benchmark = benchmark;
        this.source = source;
    }

    /// Whether all files are in a folder.
    public boolean areIn(Path folder) {
        return source.files().stream().allMatch(file -> find(folder, file).isPresent());
    }

    /// Reads the items.
    ///
    /// @param where a folder, or the file where there is but one
    /// @param languages only these, of a task that has several; empty for all
    /// @throws dev.tramontane.eval.items.ItemException when a file is not as the task says
    public List<Item> load(Path where, List<String> languages) throws IOException {
        List<Item> items = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Set<Path> seen = new HashSet<>();
        for (ItemSource.PublishedFile file : source.files()) {
            if (languages.isEmpty() || file.language().map(languages::contains).orElse(true)) {
                Path path = path(where, file);
                if (seen.add(path)) {
                    read(file, path, items, ids);
                }
            }
        }
        if (items.isEmpty()) {
            throw new NoSuchFileException(
                    where.toString(),
                    null,
                    "no item of %s%s, expected some; check the file and the task's `keep`"
                            .formatted(
                                    benchmark.name(),
                                    languages.isEmpty()
                                            ? ""
                                            : " in " + String.join(", ", languages)));
        }
        return items;
    }

    private void read(ItemSource.PublishedFile file, Path path, List<Item> items, Set<String> ids)
            throws IOException {
        Map<String, String> extra =
                file.language().map(language -> Map.of(Item.LANGUAGE, language)).orElse(Map.of());
        var maker = new ItemMaker(source.shape(), extra);
        int[] kept = {0};
        Rows.read(
                path,
                columns(path),
                row -> {
                    if (source.keep().stream().allMatch(rule -> rule.lets(row))) {
                        Item item = maker.item(row, ++kept[0]);
                        if (!ids.add(item.id())) {
                            throw new ItemException(
                                    "%s: a second item %s, expected every id once"
                                            .formatted(row.place(), item.id()));
                        }
                        items.add(item);
                    }
                });
    }

    /// The task's column names are those of its own kind of table.
    private List<String> columns(Path path) {
        String name = path.toString();
        return name.endsWith(".csv") || name.endsWith(".tsv") ? source.columns() : List.of();
    }

    private Path path(Path where, ItemSource.PublishedFile file) throws IOException {
        if (Files.isRegularFile(where)) {
            if (source.files().size() > 1 && file.language().isPresent()) {
                throw new NoSuchFileException(
                        where.toString(),
                        null,
                        "one file, expected the folder of %d files, one a language"
                                .formatted(source.files().size()));
            }
            return where;
        }
        return find(where, file)
                .orElseThrow(
                        () ->
                                new NoSuchFileException(
                                        where.toString(),
                                        null,
                                        "no %s there, expected it for %s; fetch it, or say with --items where it is"
                                                .formatted(file.path(), benchmark.name())));
    }

    private Optional<Path> find(Path folder, ItemSource.PublishedFile file) {
        String stem = benchmark.name() + file.language().map(code -> "-" + code).orElse("");
        List<Path> candidates = new ArrayList<>();
        candidates.add(folder.resolve(file.path()));
        candidates.add(folder.resolve(file.name()));
        int dot = file.name().lastIndexOf('.');
        String bare = dot < 0 ? file.name() : file.name().substring(0, dot);
        for (String ending : ENDINGS) {
            candidates.add(folder.resolve(bare + "." + ending));
            candidates.add(folder.resolve(stem + "." + ending));
        }
        return candidates.stream().filter(Files::isRegularFile).findFirst();
    }
}
