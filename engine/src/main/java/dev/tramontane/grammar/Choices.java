package dev.tramontane.grammar;

import java.util.List;

/// A list of texts, one of which a text must be.
final class Choices {
    private Choices() {}

    /// @throws InvalidGrammarException when there are none, or they are too long together
    static Expression of(List<String> texts, Limits limits) {
        if (texts.isEmpty()) {
            throw new InvalidGrammarException("the choices", "none, expected one text at least");
        }
        long characters = texts.stream().mapToLong(String::length).sum();
        if (characters > limits.characters()) {
            throw new InvalidGrammarException(
                    "the choices",
                    "%d characters together, expected at most %d; use shorter or fewer ones"
                            .formatted(characters, limits.characters()));
        }
        for (int i = 0; i < texts.size(); i++) {
            int at = loneSurrogate(texts.get(i));
            if (at >= 0) {
                throw new InvalidGrammarException(
                        "choice " + i,
                        "half a character (U+%04X) at %d, expected whole ones"
                                .formatted((int) texts.get(i).charAt(at), at));
            }
        }
        return new Expression.Choice(texts.stream().map(Expression::literal).toList());
    }

    private static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
                return i;
            }
        }
        return -1;
    }
}
