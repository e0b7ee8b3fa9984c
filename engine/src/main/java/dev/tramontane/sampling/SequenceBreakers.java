package dev.tramontane.sampling;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Token sequences at which a repetition is taken to end: line breaks, quotes, names of speakers.
///
/// A breaker is a token, or one followed by others: a text may begin inside one token and go on in
/// the next. Immutable, and shared by sequences.
public final class SequenceBreakers {
    /// Nothing breaks a sequence.
    public static final SequenceBreakers NONE = new SequenceBreakers(List.of());

    private final Map<Integer, int[][]> tails = new HashMap<>();

    /// @param breakers ids in order, each at least one
    public SequenceBreakers(List<int[]> breakers) {
        for (int[] breaker : breakers) {
            if (breaker.length == 0) {
                throw new IllegalArgumentException("a breaker without tokens breaks nothing");
            }
            int[] tail = Arrays.copyOfRange(breaker, 1, breaker.length);
            tails.merge(breaker[0], new int[][] {tail}, SequenceBreakers::both);
        }
    }

    private static int[][] both(int[][] some, int[][] others) {
        int[][] all = Arrays.copyOf(some, some.length + others.length);
        System.arraycopy(others, 0, all, some.length, others.length);
        return all;
    }

    /// Whether the token by itself is a breaker.
    boolean isBreaker(int token) {
        return lengthAt(new int[] {token}, 0, 1) > 0;
    }

    /// Tokens of the longest breaker that begins at an index; 0 where none does.
    ///
    /// @param tokens the sequence
    /// @param end where it ends
    int lengthAt(int[] tokens, int at, int end) {
        int longest = 0;
        for (int[] tail : tails.getOrDefault(tokens[at], NO_TAILS)) {
            boolean matches =
                    at + 1 + tail.length <= end
                            && Arrays.equals(
                                    tokens, at + 1, at + 1 + tail.length, tail, 0, tail.length);
            longest = matches ? Math.max(longest, 1 + tail.length) : longest;
        }
        return longest;
    }

    private static final int[][] NO_TAILS = {};

    /// Number of different first tokens.
    public int size() {
        return tails.size();
    }
}
