package dev.tramontane.jinja;

/// A piece of a template's source.
///
/// @param text as it is meant: strings unescaped, numbers as spelled
/// @param line where it begins, from 1
record Token(Kind kind, String text, int line) {
    enum Kind {
        /// Text outside of tags.
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind other, String spelling) {
        return kind == other && text.equals(spelling);
    }

    boolean isName(String spelling) {
        return is(Kind.NAME, spelling);
    }

    boolean isOperator(String spelling) {
        return is(Kind.OPERATOR, spelling);
    }

    /// As messages call it.
    String shown() {
        return switch (kind) {
            case END -> "the end of the template";
            case DATA -> "text";
            case VARIABLE_BEGIN -> "'{{'";
            case VARIABLE_END -> "'}}'";
            case BLOCK_BEGIN -> "'{%'";
            case BLOCK_END -> "'%}'";
            case STRING -> "a string";
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
