package dev.tramontane.tokenizer;

import java.util.Arrays;

/// A growing list of ids.
final class TokenIds {
    private int[] ids;
    private int size;

    TokenIds(int capacity) {
        ids = new int[Math.max(16, capacity)];
    }

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        ids[size++] = id;
    }

    int size() {
        return size;
    }

    /// Adds what is already at `[from .. to)` once more.
    void repeat(int from, int to) {
        for (int i = from; i < to; i++) {
            add(ids[i]);
        }
    }

    int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
