package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Byte strings with a number each, as a trie in the order of a walk: a node's children follow it,
/// and {@link #past} leads over them. A walk is a loop that never goes back.
final class ByteTrie {
    /// A string and its number; strings may come more than once.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(byte[] bytes, int value) {}

    private static final Comparator<Entry> ORDER =
            Comparator.comparing(Entry::bytes, Arrays::compareUnsigned)
                    .thenComparingInt(Entry::value);

    private final byte[] labels;
    private final int[] depths;
    private final int[] past;
    private final int[] firstValue;
    private final int[] values;
    private final int deepest;

    /// @param entries none of them empty, in any order
    ByteTrie(List<Entry> entries) {
        Entry[] sorted = entries.toArray(Entry[]::new);
        Arrays.sort(sorted, ORDER);
        int nodes = 0;
        int longest = 0;
        for (int i = 0; i < sorted.length; i++) {
            nodes += sorted[i].bytes.length - shared(sorted, i);
            longest = Math.max(longest, sorted[i].bytes.length);
        }
        labels = new byte[nodes];
        depths = new int[nodes];
        past = new int[nodes];
        firstValue = new int[nodes + 1];
        values = new int[sorted.length];
        deepest = longest;
        fill(sorted);
    }

    private void fill(Entry[] sorted) {
        int[] open = new int[deepest + 1];
        int depth = 0;
        int node = 0;
        for (int i = 0; i < sorted.length; i++) {
            byte[] bytes = sorted[i].bytes;
            for (int shared = shared(sorted, i); depth > shared; depth--) {
                past[open[depth]] = node;
            }
            while (depth < bytes.length) {
                labels[node] = bytes[depth++];
                depths[node] = depth;
                firstValue[node] = i;
                open[depth] = node++;
            }
            values[i] = sorted[i].value;
        }
        for (; depth > 0; depth--) {
            past[open[depth]] = node;
        }
        firstValue[node] = sorted.length;
    }

    /// Bytes that an entry shares with the one before it.
    private static int shared(Entry[] sorted, int i) {
        if (i == 0) {
            return 0;
        }
        int mismatch = Arrays.mismatch(sorted[i - 1].bytes, sorted[i].bytes);
        return mismatch < 0 ? sorted[i].bytes.length : mismatch;
    }

    int nodes() {
        return labels.length;
    }

    /// Length of the longest string.
    int deepest() {
        return deepest;
    }

    byte label(int node) {
        return labels[node];
    }

    /// Bytes from the root to this node, its own included.
    int depth(int node) {
        return depths[node];
    }

    /// The node after all that begin with this one.
    int past(int node) {
        return past[node];
    }

    /// Where the numbers begin of the strings that end at this node; they go on to those of the
    /// next one. Those of all strings that begin like this node go on to those of {@link #past}.
    int firstValue(int node) {
        return firstValue[node];
    }

    int value(int i) {
        return values[i];
    }

    /// About how many bytes it takes.
    long bytes() {
        return 13L * labels.length + 4L * values.length;
    }
}
