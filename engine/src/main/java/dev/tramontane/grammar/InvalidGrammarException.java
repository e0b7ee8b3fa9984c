package dev.tramontane.grammar;

/// The author of a grammar, expression or schema must change it: it is malformed, asks for what is
/// not supported, or is too much.
public final class InvalidGrammarException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST_MESSAGE = 600;
    private static final int LONGEST_PLACE = 200;

    private final String where;

    /// @param where the place: `line 3, column 7`, `character 12 of the pattern`, `rule value`, a
    ///   JSON pointer
    /// @param message what was found, what was expected, what to do
    public InvalidGrammarException(String where, String message) {
        super(printable(shortened(where) + ": " + message));
        this.where = where;
    }

    /// The place of what must change.
    public String where() {
        return where;
    }

    /// A place whose names are long by its beginning and its end.
    private static String shortened(String where) {
        int half = LONGEST_PLACE / 2;
        return where.length() <= LONGEST_PLACE
                ? where
                : where.substring(0, half) + "…" + where.substring(where.length() - half);
    }

    /// One line of sensible length: a message repeats what strangers wrote.
    private static String printable(String message) {
        String line =
                message.codePoints()
                        .map(c -> isPrintable(c) ? c : '\uFFFD')
                        .limit(LONGEST_MESSAGE)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return line.length() < message.length() ? line + "…" : line;
    }

    private static boolean isPrintable(int character) {
        return !Character.isISOControl(character)
                && Character.getType(character) != Character.SURROGATE;
    }
}
