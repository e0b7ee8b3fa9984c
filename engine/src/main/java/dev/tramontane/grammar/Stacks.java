package dev.tramontane.grammar;

import java.util.Arrays;

/// A set of stacks, shared and immutable: what lies on top, and for each of that the set of stacks
/// below it. {@link StateSpace} makes equal sets one object, so they are compared by identity.
///
/// A symbol is the state to go on in when a unit has ended, or a counted unit with the number of
/// times it has come before.
final class Stacks {
    private static final long COUNTED = 1L << 31;

    /// The empty stack alone.
    static final Stacks EMPTY = new Stacks(true, new long[0], new Stacks[0]);

    private final boolean hasEmpty;
    private final long[] tops;
    private final Stacks[] below;
    private final int hash;

    /// @param hasEmpty whether the empty stack is one of them
    /// @param tops symbols, rising
    /// @param below the sets of stacks below each
    Stacks(boolean hasEmpty, long[] tops, Stacks[] below) {
        this.hasEmpty = hasEmpty;
        this.tops = tops;
        this.below = below;
        int mixed = Arrays.hashCode(tops) + (hasEmpty ? 1 : 0);
        for (Stacks rest : below) {
            mixed = 31 * mixed + System.identityHashCode(rest);
        }
        this.hash = mixed;
    }

    /// The symbol of a state to go on in.
    static long returnTo(int state) {
        return state;
    }

    /// The symbol of a counted unit that has come so many times.
    static long counted(int unit, int times) {
        return (long) times << 32 | COUNTED | unit;
    }

    static boolean isCounted(long symbol) {
        return (symbol & COUNTED) != 0;
    }

    /// The state that a symbol returns to.
    static int state(long symbol) {
        return (int) symbol;
    }

    /// The unit of a counted symbol.
    static int unit(long symbol) {
        return (int) (symbol & ~COUNTED);
    }

    /// How many times it has come.
    static int times(long symbol) {
        return (int) (symbol >> 32);
    }

    boolean hasEmpty() {
        return hasEmpty;
    }

    /// How many different symbols are on top.
    int size() {
        return tops.length;
    }

    long top(int i) {
        return tops[i];
    }

    Stacks below(int i) {
        return below[i];
    }

    /// Whether both hold the same symbols over the same objects.
    @SuppressWarnings("ReferenceEquality") // equal sets are one object
    boolean isSame(Stacks other) {
        if (hash != other.hash || hasEmpty != other.hasEmpty || !Arrays.equals(tops, other.tops)) {
            return false;
        }
        for (int i = 0; i < below.length; i++) {
            if (below[i] != other.below[i]) {
                return false;
            }
        }
        return true;
    }

    /// By content; the sets below by identity.
    @Override
    public boolean equals(Object other) {
        return other instanceof Stacks stacks && isSame(stacks);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
