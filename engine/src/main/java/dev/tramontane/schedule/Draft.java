package dev.tramontane.schedule;

import java.util.Arrays;

/// Tokens that may follow a sequence: proposed by a {@link Drafter}, computed behind the sequence's
/// last token in the same step, and kept as long as the sampler chooses the same.
///
/// Belongs to its sequence; used by one thread at a time.
final class Draft {
    /// Tokens drafted for a sequence in a step at most.
    static final int MOST = 15;

    private final int[] tokens = new int[MOST];
    private int count;
    private int allowed;
    private int wanted;

    /// Starts anew.
    ///
    /// @param most tokens that there is room for
    void allow(int most) {
        allowed = Math.min(most, MOST);
        wanted = 0;
        count = 0;
    }

    /// Tokens that there is room for.
    int allowed() {
        return allowed;
    }

    void want(int most) {
        wanted = Math.min(most, allowed);
    }

    /// Tokens that are wanted at most.
    int wanted() {
        return wanted;
    }

    /// Proposes the next token.
    void add(int token) {
        if (count == wanted) {
            throw new IllegalStateException("drafted more than the " + wanted + " wanted tokens");
        }
        tokens[count++] = token;
    }

    /// Tokens proposed.
    int count() {
        return count;
    }

    int token(int index) {
        return tokens[index];
    }

    /// Copies all tokens.
    void copyTo(int[] out, int at) {
        System.arraycopy(tokens, 0, out, at, count);
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(tokens, count));
    }
}
