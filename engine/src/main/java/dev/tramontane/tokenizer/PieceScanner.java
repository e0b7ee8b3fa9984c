package dev.tramontane.tokenizer;

import java.util.List;

/// Cuts a text into the pieces that are encoded on their own.
///
/// There may be several stages: the first cuts the text, each further one cuts the pieces of the
/// one before, as if nothing were around them. What a stage's expression does not match between two
/// matches is a piece too. One scanner serves one text on one thread.
final class PieceScanner {
    private final PieceAutomaton[] stages;
    private final byte[] text;

    /// Where each stage's piece at hand ends; before the first one, where the text does.
    private final int[] ends;

    /// @param stages at least one
    /// @param text well-formed UTF-8, then at least three bytes of padding
    /// @param end of the text, without the padding
    PieceScanner(List<PieceAutomaton> stages, byte[] text, int end) {
        this.stages = stages.toArray(PieceAutomaton[]::new);
        this.text = text;
        this.ends = new int[stages.size() + 1];
        this.ends[0] = end;
    }

    /// Where the piece that begins at byte `from` ends; `from` is where the last one ended, and
    /// before the end of the text.
    int pieceEnd(int from) {
        for (int stage = 0; stage < stages.length; stage++) {
            if (ends[stage + 1] <= from) {
                ends[stage + 1] = pieceEnd(stages[stage], from, ends[stage]);
            }
        }
        return ends[stages.length];
    }

    private int pieceEnd(PieceAutomaton stage, int from, int end) {
        int found = stage.match(text, from, end);
        if (found >= 0) {
            return found;
        }
        int at;
        do {
            at = found & ~PieceAutomaton.LEFT_OVER;
            found = at < end ? stage.match(text, at, end) : at;
        } while (found < 0);
        return at;
    }
}
