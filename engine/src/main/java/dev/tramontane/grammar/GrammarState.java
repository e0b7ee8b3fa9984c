package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.BitSet;

/// Where a text is in a grammar: every state it may be in, each with the stacks it may have.
/// Immutable, so that going back is keeping the older one. Any thread may use it.
public final class GrammarState {
    private final StateSpace space;
    private final int[] states;
    private final Stacks[] stacks;
    private final boolean mayEnd;
    private final boolean isIncomplete;
    private final int hash;

    /// What follows each class of bytes, as far as it is known; the space's own.
    private GrammarState[] next = NOTHING_KNOWN;

    static final GrammarState[] NOTHING_KNOWN = {};

    /// @param states that read bytes, rising
    /// @param stacks of each
    /// @param isIncomplete whether some ways were left out as too many
    GrammarState(
            StateSpace space, int[] states, Stacks[] stacks, boolean mayEnd, boolean isIncomplete) {
        this.space = space;
        this.states = states;
        this.stacks = stacks;
        this.mayEnd = mayEnd;
        this.isIncomplete = isIncomplete;
        int mixed = Arrays.hashCode(states) + (mayEnd ? 1 : 0) + (isIncomplete ? 2 : 0);
        for (Stacks below : stacks) {
            mixed = 31 * mixed + System.identityHashCode(below);
        }
        this.hash = mixed;
    }

    /// Whether nothing that begins like this matches.
    public boolean isDead() {
        return states.length == 0 && !mayEnd;
    }

    /// Whether the text so far matches as a whole.
    public boolean mayEnd() {
        return mayEnd;
    }

    /// Whether it matches and nothing longer does.
    public boolean mustEnd() {
        return states.length == 0 && mayEnd;
    }

    /// The state after one more byte; a dead one, when it cannot come.
    public GrammarState after(byte b) {
        return space.after(this, b);
    }

    /// The state after more bytes; a dead one, when they cannot come.
    public GrammarState after(byte[] text) {
        return space.after(this, text);
    }

    /// The bytes that may come next.
    public BitSet nextBytes() {
        var bytes = new BitSet(256);
        for (int b = 0; b < 256; b++) {
            bytes.set(b, !after((byte) b).isDead());
        }
        return bytes;
    }

    /// Number of states a text may be in.
    int size() {
        return states.length;
    }

    int state(int i) {
        return states[i];
    }

    Stacks stacks(int i) {
        return stacks[i];
    }

    boolean isIncomplete() {
        return isIncomplete;
    }

    StateSpace space() {
        return space;
    }

    GrammarState[] next() {
        return next;
    }

    void setNext(GrammarState[] known) {
        next = known;
    }

    /// By content; the sets of stacks by identity.
    @Override
    @SuppressWarnings("ReferenceEquality") // equal sets of stacks are one object
    public boolean equals(Object other) {
        if (!(other instanceof GrammarState that)
                || hash != that.hash
                || mayEnd != that.mayEnd
                || isIncomplete != that.isIncomplete
                || !Arrays.equals(states, that.states)) {
            return false;
        }
        for (int i = 0; i < stacks.length; i++) {
            if (stacks[i] != that.stacks[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
