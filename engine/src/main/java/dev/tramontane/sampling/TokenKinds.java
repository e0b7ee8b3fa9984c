package dev.tramontane.sampling;

import java.util.BitSet;

/// Kinds of tokens by their texts, by which the guard tells data and code from prose.
///
/// @param digits nothing but digits; shared, not changed, as the others
/// @param lineEnds with the end of a line in it
/// @param indents nothing but white space, and at least what stands before eight columns' first
///   word
/// @param wordless without a letter
public record TokenKinds(BitSet digits, BitSet lineEnds, BitSet indents, BitSet wordless) {
    /// What a passage that repeats looks like.
    enum Look {
        PROSE,
        /// Lines of numbers: three quarters of their tokens, and more, have no letter.
        FIGURES,
        /// Lines each of which begins far in.
        CODE,
        /// Rows of one value, such as a matrix of zeros: most of a row is one short item, four
        /// times and more.
        ROWS
    }

    /// Tokens that a line of code has at most, on the average.
    private static final int LONGEST_LINE = 64;

    /// One token in so many may be a word among figures.
    private static final int WORD_SHARE = 4;

    private static final int LONGEST_ITEM = 16;
    private static final int ITEMS = 4;

    /// A vocabulary of which nothing is known: all is prose.
    public static TokenKinds unknown() {
        return new TokenKinds(new BitSet(), new BitSet(), new BitSet(), new BitSet());
    }

    /// What the last two copies of a period look like.
    ///
    /// @param tokens int[count]
    Look look(int[] tokens, int count, int period) {
        int from = count - 2 * period;
        boolean broken = hasLineEnd(tokens, from, count);
        if ((broken || isWordless(tokens, from, count)) && isRows(tokens, from, count)) {
            return Look.ROWS;
        }
        if (isCode(tokens, from, count)) {
            return Look.CODE;
        }
        return isFigures(tokens, from, count) ? Look.FIGURES : Look.PROSE;
    }

    /// Whether tokens are lines of code or of numbers.
    boolean isData(int[] tokens, int from, int to) {
        return isCode(tokens, from, to) || isFigures(tokens, from, to);
    }

    private boolean isFigures(int[] tokens, int from, int to) {
        boolean isNumbers = false;
        int words = 0;
        for (int i = from; i < to; i++) {
            isNumbers |= digits.get(tokens[i]);
            words += wordless.get(tokens[i]) ? 0 : 1;
        }
        return isNumbers && WORD_SHARE * words <= to - from && hasLineEnd(tokens, from, to);
    }

    private boolean isCode(int[] tokens, int from, int to) {
        int lines = 0;
        boolean allIndented = true;
        for (int i = from; i + 1 < to; i++) {
            if (lineEnds.get(tokens[i]) && !lineEnds.get(tokens[i + 1])) {
                lines++;
                allIndented &= indents.get(tokens[i + 1]);
            }
        }
        boolean areShort = (long) lines * LONGEST_LINE >= to - from;
        return lines > 0 && areShort && allIndented;
    }

    private boolean hasLineEnd(int[] tokens, int from, int to) {
        for (int i = from; i < to; i++) {
            if (lineEnds.get(tokens[i])) {
                return true;
            }
        }
        return false;
    }

    private boolean isWordless(int[] tokens, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!wordless.get(tokens[i])) {
                return false;
            }
        }
        return true;
    }

    /// Whether half of each copy is one item again and again.
    ///
    /// @param from begin of two copies
    private static boolean isRows(int[] tokens, int from, int to) {
        int period = (to - from) / 2;
        for (int item = 1; item <= Math.min(LONGEST_ITEM, period / ITEMS); item++) {
            int run = 0;
            int longest = 0;
            for (int i = from + item; i < to; i++) {
                run = tokens[i] == tokens[i - item] ? run + 1 : 0;
                longest = Math.max(longest, run);
            }
            if (longest >= (ITEMS - 1) * item && 2 * (longest + item) >= period) {
                return true;
            }
        }
        return false;
    }
}
