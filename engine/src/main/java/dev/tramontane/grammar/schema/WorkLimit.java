package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.InvalidGrammarException;

/// How much work one schema may still make: states, edges and combinations, counted so that the
/// same schema is refused on every machine. The limit takes well under half a second.
final class WorkLimit {
    private static final long STEPS = 2_000_000;

    private long left = STEPS;
    private String where;

    /// @param where the pointer that a refusal names until {@link #at} names another
    WorkLimit(String where) {
        this.where = where;
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
                    "more than %d states and combinations, expected fewer; make the schema simpler"
                            .formatted(STEPS));
        }
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
