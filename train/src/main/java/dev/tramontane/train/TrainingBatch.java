package dev.tramontane.train;

import java.util.List;

/// Sequences laid end to end, and which of their tokens are to be predicted.
///
/// @param tokens of all sequences; shared, not copied
/// @param starts the sequences' first tokens, and the end of the last: `int[sequences + 1]`
/// @param scored places of the tokens whose log-probabilities are wanted, ascending; never a
///   sequence's first, which nothing precedes
public record TrainingBatch(int[] tokens, int[] starts, int[] scored) {
    public TrainingBatch {
        if (starts.length < 2 || starts[0] != 0 || starts[starts.length - 1] != tokens.length) {
            throw new IllegalArgumentException(
                    "sequences do not cover the %d tokens from 0 on".formatted(tokens.length));
        }
        for (int i = 1; i < starts.length; i++) {
            if (starts[i] <= starts[i - 1]) {
                throw new IllegalArgumentException(
                        "sequence %d begins at %d and ends at %d; expected at least one token"
                                .formatted(i - 1, starts[i - 1], starts[i]));
            }
        }
        checkScored(tokens, starts, scored);
    }

    private static void checkScored(int[] tokens, int[] starts, int[] scored) {
        int sequence = 0;
        int before = -1;
        for (int place : scored) {
            if (place <= before || place >= tokens.length) {
                throw new IllegalArgumentException(
                        "scored token %d follows %d in a batch of %d; expected ascending places in it"
                                .formatted(place, before, tokens.length));
            }
            while (starts[sequence + 1] <= place) {
                sequence++;
            }
            if (starts[sequence] == place) {
                throw new IllegalArgumentException(
                        "token %d begins a sequence and cannot be scored; score what follows it"
                                .formatted(place));
            }
            before = place;
        }
    }

    /// A sequence and which of its tokens are scored.
    ///
    /// @param tokens of the sequence
    /// @param scored one for each token
    public record Part(int[] tokens, boolean[] scored) {
        public Part {
            if (tokens.length != scored.length) {
                throw new IllegalArgumentException(
                        "%d marks for %d tokens; expected one for each"
                                .formatted(scored.length, tokens.length));
            }
        }
    }

    /// Lays sequences end to end.
    public static TrainingBatch of(List<Part> parts) {
        int[] starts = new int[parts.size() + 1];
        int scoredCount = 0;
        for (int i = 0; i < parts.size(); i++) {
            starts[i + 1] = starts[i] + parts.get(i).tokens.length;
            for (boolean scored : parts.get(i).scored) {
                scoredCount += scored ? 1 : 0;
            }
        }
        int[] tokens = new int[starts[parts.size()]];
        int[] scored = new int[scoredCount];
        int next = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            System.arraycopy(part.tokens, 0, tokens, starts[i], part.tokens.length);
            for (int token = 0; token < part.scored.length; token++) {
                if (part.scored[token]) {
                    scored[next++] = starts[i] + token;
                }
            }
        }
        return new TrainingBatch(tokens, starts, scored);
    }

    /// Number of sequences.
    public int sequences() {
        return starts.length - 1;
    }
}
