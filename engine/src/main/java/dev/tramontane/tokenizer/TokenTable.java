package dev.tramontane.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/// From bytes to the token that they spell: an open-addressing hash table over byte ranges, which
/// allocates nothing when asked.
///
/// A slot holds 32 bits of the key's hash and the id. Keys are read eight bytes at a time, so every
/// array that is looked into has {@link #PADDING} bytes more than its content. The hash is seeded
/// anew for each table: a vocabulary cannot be written so that its keys collide.
final class TokenTable {
    /// No token has these bytes.
    static final int NONE = -1;

    /// Bytes that must follow the content of every array given here; their values do not matter.
    static final int PADDING = Long.BYTES;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // 2⁶⁴ over the golden ratio
    private static final long FREE = -1;

    private final byte[] keys;
    private final int[] starts;
    private final long[] slots;
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
        int bits = Math.max(4, 33 - Integer.numberOfLeadingZeros(starts.length));
        this.slots = new long[1 << bits];
        this.shift = Long.SIZE - bits;
        Arrays.fill(slots, FREE);
    }

    /// Makes a token findable.
    ///
    /// @return the token that already has these bytes, which then stays; else {@link #NONE}
    int put(int id) {
        int from = starts[id];
        int length = starts[id + 1] - from;
        long hash = hash(keys, from, length);
        int slot = (int) (hash >>> shift);
        while (slots[slot] != FREE) {
            if (matches(slots[slot], hash, keys, from, length)) {
                return (int) slots[slot];
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = (hash << Integer.SIZE) | id;
        longest = Math.max(longest, length);
        return NONE;
    }

    /// The token spelled by `text[from .. to)`, or {@link #NONE}.
    int find(byte[] text, int from, int to) {
        int length = to - from;
        if (length > longest) {
            return NONE;
        }
        long hash = hash(text, from, length);
        int slot = (int) (hash >>> shift);
        while (slots[slot] != FREE) {
            if (matches(slots[slot], hash, text, from, length)) {
                return (int) slots[slot];
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return NONE;
    }

    private boolean matches(long slot, long hash, byte[] text, int from, int length) {
        if ((int) (slot >>> Integer.SIZE) != (int) hash) {
            return false;
        }
        int id = (int) slot;
        int key = starts[id];
        if (starts[id + 1] - key != length) {
            return false;
        }
        int at = 0;
        for (; at + Long.BYTES < length; at += Long.BYTES) {
            if ((long) LONGS.get(keys, key + at) != (long) LONGS.get(text, from + at)) {
                return false;
            }
        }
        return tail(keys, key + at, length - at) == tail(text, from + at, length - at);
    }

    private long hash(byte[] text, int from, int length) {
        long hash = seed ^ length;
        int at = from;
        int left = length;
        for (; left > Long.BYTES; left -= Long.BYTES, at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(text, at));
        }
        return mix(hash ^ tail(text, at, left));
    }

    /// The last `length` bytes of a key, 0 to 8, as a number.
    private static long tail(byte[] text, int at, int length) {
        return length == 0 ? 0 : (long) LONGS.get(text, at) << ((Long.BYTES - length) * Byte.SIZE);
    }

    /// Both halves of a 128-bit product, so that every bit of the result depends on every bit of
    /// `x`.
    private static long mix(long x) {
        return (x * MULTIPLIER) ^ Math.unsignedMultiplyHigh(x, MULTIPLIER);
    }
}
