package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.Item;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// A few items of our own writing for each task, in its published form: for tests, and for a look
/// at what a run is like.
public final class DemoItems {
    private static final String FOLDER = "/dev/tramontane/eval/demo/";

    private DemoItems() {}

    /// Reads those of a task that comes along.
    ///
    /// @param languages only these; empty for all
    /// @throws TaskFileException when the task has none
    public static List<Item> of(
            Benchmark benchmark, ItemSource.Files source, List<String> languages)
            throws IOException {
        Path folder = Files.createTempDirectory("tramontane-demo");
        try {
            for (ItemSource.PublishedFile file : source.files()) {
                String stem = benchmark.name() + file.language().map(code -> "-" + code).orElse("");
                String name = stem + (file.language().isPresent() ? ".tsv" : ".jsonl");
                copy(benchmark, name, folder.resolve(name));
            }
            return withKeys(new ItemFiles(benchmark, source).load(folder, languages));
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /// With keys that do not need the files any more.
    private static List<Item> withKeys(List<Item> items) throws IOException {
        List<Item> whole = new ArrayList<>();
        for (Item item : items) {
            whole.add(
                    item.key() instanceof Item.Stored stored
                            ? new Item(item.id(), item.fields(), new Item.Fixed(stored.tests()))
                            : item);
        }
        return whole;
    }

    private static void copy(Benchmark benchmark, String name, Path to) throws IOException {
        try (InputStream in = DemoItems.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new TaskFileException(
                        benchmark.name()
                                + ": no items of our own, expected a task that comes along; leave"
                                + " --demo out");
            }
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
