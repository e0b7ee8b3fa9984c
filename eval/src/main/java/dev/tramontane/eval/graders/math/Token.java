package dev.tramontane.eval.graders.math;

/// A piece of an answer's text.
///
/// @param text a number's digits; a letter's or function's name; a word; a sign in the parser's
///   spelling (`*`, `<=`, `∪`)
/// @param spaced whether space stands before it
record Token(Kind kind, String text, boolean spaced) {
    enum Kind {
        NUMBER,
        /// One letter, Latin or Greek, that stands for something.
        LETTER,
        /// A function or construction: `sin`, `frac`, `begin`.
        NAME,
        /// Of a language, or a unit.
        WORD,
        SIGN,
        END
    }

    boolean is(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
