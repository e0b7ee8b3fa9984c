package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import java.util.Arrays;

/// A growing list of byte strings, kept end to end: what a vocabulary is while it is read.
final class ByteStrings {
    /// Far beyond the largest vocabularies, which have 2¹⁸ tokens.
    private static final int MOST_STRINGS = 1 << 22;

    private static final int MOST_BYTES = 1 << 28;

    private final String location;
    private byte[] bytes = new byte[1 << 12];
    private int[] starts = new int[1 << 10]; // one more than there are strings is in use
    private int size;

    /// @param location the file, for messages
    ByteStrings(String location) {
        this.location = location;
    }

    int size() {
        return size;
    }

    void add(byte[] source, int from, int to) {
        if (size == MOST_STRINGS || to - from > MOST_BYTES - starts[size]) {
            throw new ModelFormatException(
                    location
                            + ": the vocabulary has more than "
                            + MOST_STRINGS
                            + " tokens or "
                            + MOST_BYTES
                            + " bytes, expected less; get or convert the file again");
        }
        int end = starts[size] + to - from;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
        }
        System.arraycopy(source, from, bytes, starts[size], to - from);
        size++;
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, 2 * size);
        }
        starts[size] = end;
    }

    /// Adds the first strings of another list.
    void addFirst(int strings, ByteStrings others) {
        for (int i = 0; i < strings; i++) {
            add(others.bytes, others.starts[i], others.starts[i + 1]);
        }
    }

    /// All bytes end to end, then `padding` zeros.
    byte[] bytes(int padding) {
        return Arrays.copyOf(bytes, starts[size] + padding);
    }

    /// int[size + 1], where each string begins and the last one ends.
    int[] starts() {
        return Arrays.copyOf(starts, size + 1);
    }
}
