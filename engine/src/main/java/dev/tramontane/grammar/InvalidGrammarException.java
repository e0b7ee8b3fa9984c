package dev.tramontane.grammar;

/// The author of a grammar, expression or schema must change it: it is malformed, asks for what is
/// not supported, or is too much.
public final class InvalidGrammarException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String where;

    /// @param where the place: `line 3, column 7`, `character 12 of the pattern`, `rule value`, a
    ///   JSON pointer
    /// @param message what was found, what was expected, what to do
    public InvalidGrammarException(String where, String message) {
        super(where + ": " + message);
        this.where = where;
    }

    /// The place of what must change.
    public String where() {
        return where;
    }
}
