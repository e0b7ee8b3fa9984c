package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.Comparator;

/// Sets of characters as sorted pairs of first and last code point.
final class Ranges {
    private static final int[][] AROUND_SURROGATES = {
        {0, Character.MIN_SURROGATE - 1}, {Character.MAX_SURROGATE + 1, Character.MAX_CODE_POINT}
    };

    private Ranges() {}

    /// Gathers characters that come in rising order.
    static final class Builder {
        private int[] pairs = new int[64];
        private int length;

        void add(int character) {
            if (length > 0 && pairs[length - 1] == character - 1) {
                pairs[length - 1] = character;
                return;
            }
            if (length == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * length);
            }
            pairs[length++] = character;
            pairs[length++] = character;
        }

        /// int[2 * ranges], the first and last of each.
        int[] pairs() {
            return Arrays.copyOf(pairs, length);
        }
    }

    /// The same set: sorted, merged, and without surrogates.
    static int[] normalized(int[] pairs) {
        if (pairs.length % 2 != 0) {
            throw new IllegalArgumentException(
                    pairs.length + " ends of ranges, expected a first and a last for each");
        }
        if (isNormalized(pairs)) {
            return pairs.clone();
        }
        int[][] sorted = new int[pairs.length / 2][];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = new int[] {pairs[2 * i], pairs[2 * i + 1]};
            if (sorted[i][0] < 0
                    || sorted[i][1] < sorted[i][0]
                    || sorted[i][1] > Character.MAX_CODE_POINT) {
                throw new IllegalArgumentException(
                        "the range U+%04X to U+%04X, expected a first and a last from 0 to U+10FFFF"
                                .formatted(sorted[i][0], sorted[i][1]));
            }
        }
        Arrays.sort(sorted, Comparator.comparingInt(range -> range[0]));
        return merged(sorted);
    }

    /// Whether nothing is to be done: most sets are one range, or come from other sets.
    private static boolean isNormalized(int[] pairs) {
        int before = -2;
        for (int i = 0; i < pairs.length; i += 2) {
            boolean apart = pairs[i] > before + 1 && pairs[i] >= 0 && pairs[i + 1] >= pairs[i];
            boolean whole =
                    pairs[i + 1] < Character.MIN_SURROGATE
                            || pairs[i] > Character.MAX_SURROGATE
                                    && pairs[i + 1] <= Character.MAX_CODE_POINT;
            if (!apart || !whole) {
                return false;
            }
            before = pairs[i + 1];
        }
        return true;
    }

    private static int[] merged(int[][] sorted) {
        int[] result = new int[4 * sorted.length];
        int length = 0;
        for (int[] part : AROUND_SURROGATES) {
            for (int[] range : sorted) {
                int first = Math.max(range[0], part[0]);
                int last = Math.min(range[1], part[1]);
                if (first > last) {
                    continue;
                }
                if (length > 0 && first <= result[length - 1] + 1) {
                    result[length - 1] = Math.max(result[length - 1], last);
                } else {
                    result[length++] = first;
                    result[length++] = last;
                }
            }
        }
        return Arrays.copyOf(result, length);
    }

    /// All other characters.
    ///
    /// @param ranges normalized
    static int[] complement(int[] ranges) {
        int[] rest = new int[ranges.length + 2];
        int length = 0;
        int next = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] > next) {
                rest[length++] = next;
                rest[length++] = ranges[i] - 1;
            }
            next = ranges[i + 1] + 1;
        }
        if (next <= Character.MAX_CODE_POINT) {
            rest[length++] = next;
            rest[length++] = Character.MAX_CODE_POINT;
        }
        return normalized(Arrays.copyOf(rest, length));
    }
}
