package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Only the pairs of a list are joined, those in front of the list first.
///
/// An open-addressing hash table over pairs of ids, half full, seeded anew each time: no list can
/// be written so that its pairs collide.
final class MergeList implements Joining {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // 2⁶⁴ over the golden ratio
    private static final long FREE = -1;

    /// Slot i: at 2i the pair of ids, or {@link #FREE}; at 2i + 1 its rank and what it makes.
    private final long[] slots;

    private final int shift;
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final int size;

    /// @param capacity of the list
    MergeList(int capacity) {
        size = capacity;
        int bits = Integer.SIZE + 1 - Integer.numberOfLeadingZeros(Math.max(1, capacity));
        slots = new long[2 << bits];
        shift = Long.SIZE - bits;
        Arrays.fill(slots, FREE);
    }

    /// Says that the pair at this place of the list makes a token; of a pair that is there twice,
    /// the last place counts.
    void put(int left, int right, int rank, int makes) {
        long pair = Joining.pair(left, right);
        int slot = slot(pair);
        slots[slot] = pair;
        slots[slot + 1] = Joining.pair(rank, makes);
    }

    @Override
    public long join(byte[] text, int from, int to, int left, int right) {
        if (left == TokenTable.NONE || right == TokenTable.NONE) {
            return NEVER;
        }
        int slot = slot(Joining.pair(left, right));
        return slots[slot] == FREE ? NEVER : slots[slot + 1];
    }

    @Override
    public int priorities() {
        return size;
    }

    /// A pair of the list.
    record Merge(int left, int right, int rank, int makes) {}

    /// The pairs, first things first.
    List<Merge> merges() {
        List<Merge> merges = new ArrayList<>();
        for (int slot = 0; slot < slots.length; slot += 2) {
            long pair = slots[slot];
            long result = slots[slot + 1];
            if (pair != FREE) {
                merges.add(
                        new Merge(
                                (int) (pair >>> Integer.SIZE),
                                (int) pair,
                                (int) (result >>> Integer.SIZE),
                                (int) result));
            }
        }
        merges.sort(Comparator.comparingInt(Merge::rank));
        return merges;
    }

    /// Takes the pairs one by one, first things first.
    static final class Builder {
        private final Vocabulary vocabulary;
        private final MergeList list;
        private final String location;
        private int rank;

        /// @param pairs at most this many
        /// @param location the file, for messages
        Builder(Vocabulary vocabulary, int pairs, String location) {
            this.vocabulary = vocabulary;
            this.list = new MergeList(pairs);
            this.location = location;
        }

        /// Adds the pair of two tokens. A pair that has to do with a special token is left out:
        /// encoding never makes one.
        ///
        /// @param place of the pair in the file, for messages
        void add(String place, byte[] left, byte[] right) {
            byte[] both = Arrays.copyOf(left, left.length + right.length);
            System.arraycopy(right, 0, both, left.length, right.length);
            int first = id(place, left);
            int second = id(place, right);
            int makes = id(place, both);
            if (first != TokenTable.NONE && second != TokenTable.NONE && makes != TokenTable.NONE) {
                list.put(first, second, rank, makes);
            }
            rank++;
        }

        MergeList build() {
            return list;
        }

        private int id(String place, byte[] bytes) {
            int id = vocabulary.find(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (id == TokenTable.NONE && vocabulary.special(text).isEmpty()) {
                throw new ModelFormatException(
                        "%s: %s has to do with %s, which is no token, expected one; get or convert the file again"
                                .formatted(location, place, Quoted.of(text)));
            }
            return id;
        }
    }

    private int slot(long pair) {
        long mixed = (pair ^ seed) * MULTIPLIER;
        mixed ^= Math.unsignedMultiplyHigh(pair ^ seed, MULTIPLIER);
        int slot = (int) (mixed >>> shift) << 1;
        while (slots[slot] != FREE && slots[slot] != pair) {
            slot = (slot + 2) & (slots.length - 1);
        }
        return slot;
    }
}
