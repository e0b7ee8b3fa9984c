package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.InvalidGrammarException;

/// How much work one schema may still make, from reading it to its grammar: states, edges,
/// combinations and characters, counted so that the same schema is refused on every machine.
///
/// A step takes some 50 ns of a core at most, {@link #STEPS} a sixth of a second.
final class WorkLimit {
    private static final long STEPS = 3_000_000;

    /// Characters of a text that are read or copied in a step.
    private static final int CHARACTERS_A_STEP = 4;

    private long left;
    private String where;

    /// @param where the pointer that a refusal names until {@link #at} names another
    WorkLimit(String where) {
        this(where, STEPS);
    }

    /// What another limit has left.
    ///
    /// @param left steps
    WorkLimit(String where, long left) {
        this.where = where;
        this.left = left;
    }

    /// Steps that may still be made.
    long left() {
        return left;
    }

    /// What follows is done for this place.
    void at(String pointer) {
        where = pointer;
    }

    String where() {
        return where;
    }

    void spend(long steps) {
        left -= steps;
        if (left < 0) {
            throw new InvalidGrammarException(
                    where,
                    "more than %d steps of work for states and combinations, expected fewer; make the schema simpler"
                            .formatted(STEPS));
        }
    }

    /// Spends what a text's length costs.
    void spendOn(String text) {
        spend(1 + text.length() / CHARACTERS_A_STEP);
    }

    /// @param what the thing counted, in the plural
    void atMost(int limit, int count, String what) {
        if (count > limit) {
            throw new InvalidGrammarException(
                    where,
                    "more than %d %s, expected fewer; make the schema simpler"
                            .formatted(limit, what));
        }
    }
}
