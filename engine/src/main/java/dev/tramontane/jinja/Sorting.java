package dev.tramontane.jinja;

import java.util.List;
import java.util.function.Function;

/// Python's `sorted`: stable, equal items in their order even when reversed, and only `<` asked.
final class Sorting {
    private Sorting() {}

    /// Sorts in place.
    static <T> void sort(
            List<T> items, Function<T, Value> key, boolean reverse, Operators operators) {
        record Keyed<T>(T item, Value key) {}
        List<Keyed<T>> keyed =
                new java.util.ArrayList<>(
                        items.stream().map(item -> new Keyed<>(item, key.apply(item))).toList());
        try {
            keyed.sort(
                    (a, b) -> {
                        Value left = reverse ? b.key() : a.key();
                        Value right = reverse ? a.key() : b.key();
                        return operators.less(left, right)
                                ? -1
                                : operators.less(right, left) ? 1 : 0;
                    });
        } catch (IllegalArgumentException _) { // not a number among the keys: no order
            throw new Fault("keys without an order", "keys that can be compared");
        }
        for (int i = 0; i < items.size(); i++) {
            items.set(i, keyed.get(i).item());
        }
    }
}
