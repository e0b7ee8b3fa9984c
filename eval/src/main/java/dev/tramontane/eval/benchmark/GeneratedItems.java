package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.Item;

import java.util.List;

/// Items that are made on the spot.
public final class GeneratedItems {
    private GeneratedItems() {}

    /// @param languages only these; empty for all
    /// @param seed decides which
    /// @throws TaskFileException when this build has no generator
    public static List<Item> of(ItemSource.Generated source, List<String> languages, long seed) {
        throw new TaskFileException(
                "nano-suite: this build has no generator of %d problems (seed %d, languages %s); choose another task"
                        .formatted(source.problems(), seed, languages));
    }
}
