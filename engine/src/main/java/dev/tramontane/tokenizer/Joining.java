package dev.tramontane.tokenizer;

/// What becomes of two symbols that stand next to each other, and which pair comes first.
sealed interface Joining permits TokenPriorities, MergeList {
    /// The two stay apart.
    long NEVER = Long.MAX_VALUE;

    /// What joining two symbols makes, which together are `text[from .. to)`.
    ///
    /// @param left the left symbol's id, or {@link TokenTable#NONE}
    /// @param right the right symbol's
    /// @return the pair's priority number in the upper half, lowest first, and the id that it makes
    ///   in the lower; or {@link #NEVER}
    long join(byte[] text, int from, int to, int left, int right);

    /// One more than the highest priority number.
    int priorities();

    static long pair(int priority, int id) {
        return ((long) priority << Integer.SIZE) | id;
    }
}
