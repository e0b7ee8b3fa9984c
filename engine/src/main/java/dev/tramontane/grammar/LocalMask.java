package dev.tramontane.grammar;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.BitSet;

/// The tokens that may come in one state of the automaton, as far as that can be told without
/// knowing what lies on its stack (Dong et al., XGrammar, 2024, section 3.1).
///
/// Most can: they stay above the stack, or can never come. The others leave it with some of their
/// bytes to go; they are kept by those bytes, so that one look at a stack decides on all tokens
/// with the same rest.
final class LocalMask {
    /// Sets with fewer tokens are lists.
    private static final int FEW = 1024;

    private final int[] few;
    private final @Nullable BitSet many;
    private final @Nullable ByteTrie rests;

    /// @param accepted tokens that may come whatever lies below; owned by the mask
    /// @param rests what is left of tokens that leave the stack, each with its token; null for none
    LocalMask(BitSet accepted, @Nullable ByteTrie rests) {
        boolean isFew = accepted.cardinality() < FEW;
        this.few = isFew ? accepted.stream().toArray() : new int[0];
        this.many = isFew ? null : accepted;
        this.rests = rests;
    }

    /// Adds the tokens that may come whatever lies below.
    void addTo(BitSet tokens) {
        if (many == null) {
            for (int token : few) {
                tokens.set(token);
            }
        } else {
            tokens.or(many);
        }
    }

    /// What is left of tokens that leave the stack; null for none.
    @Nullable ByteTrie rests() {
        return rests;
    }

    /// About how many bytes it takes.
    long bytes() {
        long accepted = many == null ? 4L * few.length : many.size() / Byte.SIZE;
        return 64 + accepted + (rests == null ? 0 : rests.bytes());
    }

    @Override
    public String toString() {
        return many == null ? Arrays.toString(few) : many.cardinality() + " tokens";
    }
}
