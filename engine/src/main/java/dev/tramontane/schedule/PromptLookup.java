package dev.tramontane.schedule;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Guesses that a sequence goes on as it did where its last tokens came before, in the prompt or in
/// what was generated (prompt lookup decoding, Saxena 2023). Right where text is edited, quoted or
/// moved; finds nothing where it is new.
///
/// An index of pairs of tokens finds where a text may be copied from. While the copy goes well it
/// is followed without a search. Each token costs a constant time and 12 to 20 bytes.
public final class PromptLookup implements Drafter {
    /// Places that a search looks at, the latest first.
    private static final int MOST_CANDIDATES = 16;

    /// Tokens that a search compares.
    private static final int LONGEST_COMPARED = 32;

    /// A copy this long is followed without looking for a better one.
    private static final int SURE = 8;

    /// Tokens of a copy that may differ before it is given up: an edit changes a word and goes on.
    private static final int MOST_MISSES = 2;

    private final Map<Sequence, Index> indices = new LinkedHashMap<>();

    @Override
    public int evidence(Sequence sequence) {
        Index index = indices.computeIfAbsent(sequence, _ -> new Index());
        index.update(sequence.tokens(), sequence.nextPosition());
        return index.source < 0 ? NOTHING : index.matched;
    }

    /// Copies from where {@link #evidence} found the last tokens, on into the copy itself where
    /// that is near the end.
    @Override
    public void propose(List<Sequence> sequences) {
        for (Sequence sequence : sequences) {
            Index index = indices.get(sequence);
            if (index != null && index.source >= 0) {
                copy(sequence, index.source);
            }
        }
    }

    private static void copy(Sequence sequence, int source) {
        Draft draft = sequence.draft();
        int count = sequence.nextPosition();
        for (int i = source; draft.count() < draft.wanted(); i++) {
            draft.add(i < count ? sequence.tokens()[i] : draft.token(i - count));
        }
    }

    @Override
    public void forget(Sequence sequence) {
        indices.remove(sequence);
    }

    /// Where each pair of a sequence's tokens came, and what is being copied.
    private static final class Index {
        /// By a pair's hash, the last place of a pair with it: the index of its second token, and 1
        /// more so that 0 is none.
        private int[] heads = new int[256];

        /// By place, the one before it with the same hash, likewise.
        private int[] before = new int[128];

        private int known;

        /// Where the token that is expected next stands; −1 where nothing is copied.
        int source = -1;

        /// Tokens before the end that equal those before the source.
        int matched;

        private int misses;

        void update(int[] tokens, int count) {
            for (; known < count; known++) {
                follow(tokens);
                insert(tokens, known);
            }
            if (matched < SURE) {
                search(tokens);
            }
        }

        /// Goes on with the copy by the token at `known`.
        private void follow(int[] tokens) {
            if (source < 0) {
                return;
            }
            boolean right = tokens[source] == tokens[known];
            source++;
            if (right) {
                matched++;
                misses = matched >= SURE ? 0 : misses;
            } else {
                boolean isCopy = matched >= SURE || misses > 0;
                matched = 0;
                if (!isCopy || ++misses > MOST_MISSES) {
                    source = -1;
                    misses = 0;
                }
            }
        }

        /// Looks for the place with the most equal tokens before it, the latest among equals.
        private void search(int[] tokens) {
            int last = known - 1;
            if (last < 1) {
                return;
            }
            int place = before[last] - 1;
            for (int i = 0; i < MOST_CANDIDATES && place > 0; i++) {
                int length = equalBefore(tokens, place, last);
                if (length >= 2 && length > matched) {
                    matched = length;
                    source = place + 1;
                    misses = 0;
                }
                place = before[place] - 1;
            }
        }

        private static int equalBefore(int[] tokens, int place, int last) {
            int length = 0;
            while (length < LONGEST_COMPARED
                    && length <= place
                    && tokens[place - length] == tokens[last - length]) {
                length++;
            }
            return length;
        }

        private void insert(int[] tokens, int place) {
            if (place == before.length) {
                before = Arrays.copyOf(before, 2 * place);
                heads = new int[2 * heads.length];
                for (int i = 0; i < place; i++) {
                    link(tokens, i);
                }
            }
            link(tokens, place);
        }

        private void link(int[] tokens, int place) {
            if (place == 0) {
                return;
            }
            int pair = 31 * tokens[place - 1] + tokens[place];
            int bucket = pair * 0x9E3779B9 >>> Integer.numberOfLeadingZeros(heads.length) + 1;
            before[place] = heads[bucket];
            heads[bucket] = place + 1;
        }
    }
}
