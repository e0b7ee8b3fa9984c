package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.ItemShape;
import dev.tramontane.eval.items.Row;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.SuiteChoice;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Where a benchmark's items are.
public sealed interface ItemSource {
    /// The languages that may be chosen from; none where there is nothing to choose.
    default Set<String> choiceOfLanguages() {
        return switch (this) {
            case Files files ->
                    files.files().stream()
                            .flatMap(file -> file.language().stream())
                            .collect(Collectors.toCollection(TreeSet::new));
            case Generated _ ->
                    Arrays.stream(Language.values())
                            .map(Language::code)
                            .collect(Collectors.toCollection(TreeSet::new));
        };
    }

    /// Files, published as a data set of the hub, or brought by whoever runs the benchmark.
    ///
    /// @param dataset `owner/repo` or `owner/repo@revision`; absent where nothing can be fetched
    /// @param gated whether the hub gives it only to those who accepted terms
    /// @param columns names of a table's columns where it has no heading
    /// @param keep rows that all of these let pass are the items
    record Files(
            Optional<String> dataset,
            boolean gated,
            List<PublishedFile> files,
            List<String> columns,
            ItemShape shape,
            List<Keep> keep)
            implements ItemSource {
        public Files {
            files = List.copyOf(files);
            columns = List.copyOf(columns);
            keep = List.copyOf(keep);
        }
    }

    /// Problems that are made on the spot.
    ///
    /// @param problems how many, over all languages
    record Generated(int problems, SuiteChoice choice) implements ItemSource {}

    /// A file within a data set.
    ///
    /// @param language of its items; absent where that does not matter
    /// @param sha256 that it must have; absent where the hub's word is enough
    record PublishedFile(String path, Optional<String> language, Optional<String> sha256) {
        /// The name without folders.
        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /// Which rows are items, by one column's text; an absent value is the empty text.
    ///
    /// @param is what it must be
    /// @param from what it must not come before, as ISO dates do
    /// @param until what it must come before
    record Keep(String column, Optional<String> is, Optional<String> from, Optional<String> until) {
        boolean lets(Row row) {
            String value = row.optional(column).orElse("");
            return is.map(value::equals).orElse(true)
                    && from.map(least -> value.compareTo(least) >= 0).orElse(true)
                    && until.map(most -> value.compareTo(most) < 0).orElse(true);
        }
    }
}
