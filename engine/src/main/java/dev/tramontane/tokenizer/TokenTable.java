package dev.tramontane.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/// From bytes to the token that they spell: an open-addressing hash table over byte ranges, which
/// allocates nothing when asked.
///
/// Most questions are about pairs that are no token, and most tokens have at most eight bytes: such
/// keys lie in the slots themselves, so that an answer costs one cache line. Keys are read eight
/// bytes at a time; therefore every array that is looked into has {@link #PADDING} bytes more than
/// its content. The hash is seeded anew for each table: no vocabulary can be written so that its
/// keys collide.
final class TokenTable {
    /// No token has these bytes.
    static final int NONE = -1;

    /// Bytes that must follow the content of every array given here; their values do not matter.
    static final int PADDING = Long.BYTES;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // 2⁶⁴ over the golden ratio
    private static final long FREE = 0;

    private final byte[] keys;
    private final int[] starts;

    /// Slot i: at 2i the key itself or, when longer than eight bytes, its hash; at 2i + 1 its
    /// length (upper half) and the id, or {@link #FREE}.
    private final long[] slots;

    /// The tokens of two bytes by their value, with which every merge begins.
    private final int[] pairs = new int[1 << (2 * Byte.SIZE)];

    private final int shift;
    private final long seed = ThreadLocalRandom.current().nextLong();
    private int longest;

    /// An empty table over the bytes of a vocabulary.
    ///
    /// @param keys the tokens' bytes end to end, then the padding; shared
    /// @param starts int[vocab + 1], where each token's bytes begin; shared
    TokenTable(byte[] keys, int[] starts) {
        this.keys = keys;
        this.starts = starts;
        int bits = Integer.SIZE + 1 - Integer.numberOfLeadingZeros(starts.length - 1); // half full
        this.slots = new long[2 << bits];
        this.shift = Long.SIZE - bits;
        Arrays.fill(pairs, NONE);
    }

    /// Makes a token findable, unless it has no bytes.
    ///
    /// @return the token that already has these bytes, which then stays; else {@link #NONE}
    int put(int id) {
        int from = starts[id];
        int to = starts[id + 1];
        if (from == to) {
            return NONE;
        }
        long hash = hash(keys, from, to);
        int slot = slot(keys, from, to - from, hash);
        if (slots[slot + 1] != FREE) {
            return (int) slots[slot + 1];
        }
        slots[slot] = to - from > Long.BYTES ? hash : last(keys, from, to - from);
        slots[slot + 1] = ((long) (to - from) << Integer.SIZE) | id;
        longest = Math.max(longest, to - from);
        if (to - from == 2) {
            pairs[pair(keys, from)] = id;
        }
        return NONE;
    }

    /// The token spelled by `text[from .. to)`, at least one byte, or {@link #NONE}.
    int find(byte[] text, int from, int to) {
        if (to - from == 2) {
            return pairs[pair(text, from)];
        }
        return to - from > longest ? NONE : find(text, from, to, hash(text, from, to));
    }

    /// The same where the hash of the bytes is known.
    int find(byte[] text, int from, int to, long hash) {
        long found = slots[slot(text, from, to - from, hash) + 1];
        return found == FREE ? NONE : (int) found;
    }

    /// The hash of `text[from .. to)`; its upper bits are the better ones.
    long hash(byte[] text, int from, int to) {
        long hash = seed ^ (to - from);
        int at = from;
        for (; to - at > Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(text, at));
        }
        return mix(hash ^ last(text, at, to - at));
    }

    /// Index of the slot where a key is, or of the free one where it would be.
    private int slot(byte[] text, int from, int length, long hash) {
        long key = length > Long.BYTES ? hash : last(text, from, length);
        int slot = (int) (hash >>> shift) << 1;
        while (true) {
            long found = slots[slot + 1];
            if (found == FREE
                    || (slots[slot] == key
                            && found >>> Integer.SIZE == length
                            && (length <= Long.BYTES
                                    || matches((int) found, text, from, length)))) {
                return slot;
            }
            slot = (slot + 2) & (slots.length - 1);
        }
    }

    private boolean matches(int id, byte[] text, int from, int length) {
        int key = starts[id];
        int at = 0;
        for (; length - at > Long.BYTES; at += Long.BYTES) {
            if ((long) LONGS.get(keys, key + at) != (long) LONGS.get(text, from + at)) {
                return false;
            }
        }
        return last(keys, key + at, length - at) == last(text, from + at, length - at);
    }

    /// The last bytes of a key, one to eight, as a number.
    private static long last(byte[] text, int at, int length) {
        return (long) LONGS.get(text, at) << ((Long.BYTES - length) * Byte.SIZE);
    }

    private static int pair(byte[] text, int at) {
        return ((text[at] & 0xFF) << Byte.SIZE) | (text[at + 1] & 0xFF);
    }

    /// Both halves of a 128-bit product: every bit of the result depends on every bit of `x`.
    private static long mix(long x) {
        return (x * MULTIPLIER) ^ Math.unsignedMultiplyHigh(x, MULTIPLIER);
    }
}
