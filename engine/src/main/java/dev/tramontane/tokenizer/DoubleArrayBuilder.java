package dev.tramontane.tokenizer;

import java.util.Arrays;
import java.util.BitSet;

/// Makes a {@link DoubleArray} of sorted keys.
///
/// A node's children go to the first of the last blocks of 256 units where all of them find room;
/// what fits in none of those begins a new block. All 256 places of a block are tried at a time, as
/// bits.
final class DoubleArrayBuilder {
    private static final int BLOCK = 256;
    private static final int WORDS = BLOCK / Long.SIZE;

    /// Blocks in which room is looked for: more would fill the array better and take longer.
    private static final int OPEN_BLOCKS = 16;

    /// What a unit can be away from its base unless their lowest bytes are the same.
    private static final int NEAR = 1 << 21;

    /// A unit that nothing uses; no byte is its label.
    private static final int UNUSED = DoubleArray.VALUE;

    private final byte[] bytes;
    private final int[] starts;
    private final int[] order;
    private int[] units = new int[BLOCK];
    private long[] free = new long[WORDS]; // bit u: unit u is not used
    private final BitSet bases = new BitSet(); // those that nodes have
    private int blocks;

    /// @param bytes of all keys end to end
    /// @param starts where each key begins, and the last one ends
    /// @param order the numbers of keys, in the order of their unsigned bytes; they are the values
    private DoubleArrayBuilder(byte[] bytes, int[] starts, int[] order) {
        this.bytes = bytes;
        this.starts = starts;
        this.order = order;
    }

    /// @param bytes of all keys end to end
    /// @param starts int[keys + 1]
    /// @param keys the numbers of those to take, each with at least one byte and no byte 0, all
    ///   different
    static DoubleArray build(byte[] bytes, int[] starts, int[] keys) {
        int[] order =
                Arrays.stream(keys)
                        .boxed()
                        .sorted(
                                (a, b) ->
                                        Arrays.compareUnsigned(
                                                bytes,
                                                starts[a],
                                                starts[a + 1],
                                                bytes,
                                                starts[b],
                                                starts[b + 1]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        var builder = new DoubleArrayBuilder(bytes, starts, order);
        builder.addBlock();
        builder.use(0, 0);
        if (order.length > 0) {
            builder.place(0, order.length, 0, 0);
        }
        return new DoubleArray(Arrays.copyOf(builder.units, builder.blocks * BLOCK));
    }

    /// Finds room for the children of a node, and then of theirs.
    ///
    /// @param unit of the node, whose keys are `order[from .. to)`
    /// @param depth bytes that lead to it
    private void place(int from, int to, int depth, int unit) {
        boolean ends = starts[order[from] + 1] - starts[order[from]] == depth;
        int first = ends ? from + 1 : from;
        byte[] labels = labels(first, to, depth, ends);
        int base = room(labels, unit);
        bases.set(base);
        point(unit, base);
        for (byte label : labels) {
            use(base ^ (label & 0xFF), label & 0xFF);
        }
        if (ends) {
            units[unit] |= DoubleArray.ENDS;
            units[base] = DoubleArray.VALUE | order[from];
        }
        for (int begin = first, end; begin < to; begin = end) {
            byte label = at(begin, depth);
            end = begin + 1;
            while (end < to && at(end, depth) == label) {
                end++;
            }
            place(begin, end, depth + 1, base ^ (label & 0xFF));
        }
    }

    /// What follows the node, each byte once; a 0 where a key ends.
    private byte[] labels(int from, int to, int depth, boolean ends) {
        byte[] labels = new byte[BLOCK];
        int count = ends ? 1 : 0;
        for (int key = from; key < to; key++) {
            if (key == from || at(key, depth) != at(key - 1, depth)) {
                labels[count++] = at(key, depth);
            }
        }
        return Arrays.copyOf(labels, count);
    }

    private byte at(int key, int depth) {
        return bytes[starts[order[key]] + depth];
    }

    /// A base that is nobody's, so that all its children's units are free.
    private int room(byte[] labels, int unit) {
        for (int block = Math.max(0, blocks - OPEN_BLOCKS); block < blocks; block++) {
            for (int word = 0; word < WORDS; word++) {
                long fits = fits(block, word, labels, unit);
                if (fits != 0) {
                    return block * BLOCK + word * Long.SIZE + Long.numberOfTrailingZeros(fits);
                }
            }
        }
        addBlock();
        return (blocks - 1) * BLOCK + (unit & (BLOCK - 1));
    }

    /// Bit b: base `64 · word + b` of the block would do.
    private long fits(int block, int word, byte[] labels, int unit) {
        long fits = -1;
        for (int i = 0; i < labels.length && fits != 0; i++) {
            int label = labels[i] & 0xFF;
            fits &= exchanged(free[block * WORDS + (word ^ label >> 6)], label & 63);
        }
        int begin = block * BLOCK + word * Long.SIZE;
        if (((begin ^ unit) & ~(BLOCK - 1)) >= NEAR) {
            boolean here = (unit & (BLOCK - 1)) / Long.SIZE == word;
            fits &= here ? 1L << unit : 0;
        }
        for (int used = bases.nextSetBit(begin);
                used >= 0 && used < begin + Long.SIZE;
                used = bases.nextSetBit(used + 1)) {
            fits &= ~(1L << used);
        }
        return fits;
    }

    /// Each bit b where bit `b ^ with` was.
    private static long exchanged(long bits, int with) {
        long moved = bits;
        moved = (with & 1) == 0 ? moved : swap(moved, 1, 0x5555555555555555L);
        moved = (with & 2) == 0 ? moved : swap(moved, 2, 0x3333333333333333L);
        moved = (with & 4) == 0 ? moved : swap(moved, 4, 0x0F0F0F0F0F0F0F0FL);
        moved = (with & 8) == 0 ? moved : swap(moved, 8, 0x00FF00FF00FF00FFL);
        moved = (with & 16) == 0 ? moved : swap(moved, 16, 0x0000FFFF0000FFFFL);
        return (with & 32) == 0 ? moved : Long.rotateLeft(moved, 32);
    }

    private static long swap(long bits, int by, long lower) {
        return (bits & lower) << by | bits >>> by & lower;
    }

    private void point(int unit, int base) {
        int offset = unit ^ base;
        units[unit] |=
                offset < NEAR
                        ? offset << DoubleArray.OFFSET_SHIFT
                        : offset << (DoubleArray.OFFSET_SHIFT - Byte.SIZE) | DoubleArray.FAR;
    }

    private void use(int unit, int label) {
        units[unit] = label;
        free[unit / Long.SIZE] &= ~(1L << unit);
    }

    private void addBlock() {
        int end = (blocks + 1) * BLOCK;
        if (end > units.length) {
            units = Arrays.copyOf(units, 2 * units.length);
            free = Arrays.copyOf(free, units.length / Long.SIZE);
        }
        Arrays.fill(units, blocks * BLOCK, end, UNUSED);
        Arrays.fill(free, blocks * WORDS, (blocks + 1) * WORDS, -1L);
        blocks++;
    }
}
