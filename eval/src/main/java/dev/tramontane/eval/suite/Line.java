package dev.tramontane.eval.suite;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A sentence before it has a language: which one, and what stands in its gaps.
///
/// @param key as in the phrase files
public record Line(String key, Map<String, Word> words) {
    /// What fills a gap.
    public sealed interface Word {
        /// Digits, letters, formulas: the same in every language.
        record Plain(String text) implements Word {}

        /// A word that every language has its own for.
        record Phrase(String key) implements Word {}

        /// Whole sentences.
        record Lines(List<Line> lines) implements Word {}
    }

    public Line {
        words = Map.copyOf(words);
    }

    static Line of(String key) {
        return new Line(key, Map.of());
    }

    /// Figures and formulas, without a word.
    static Line bare(String text) {
        return of("bare", "q", text);
    }

    static Line of(String key, String gap, Object value) {
        return new Line(key, Map.of(gap, word(value)));
    }

    static Line of(String key, String gap, Object value, String gap2, Object value2) {
        return new Line(key, Map.of(gap, word(value), gap2, word(value2)));
    }

    static Line of(
            String key,
            String gap,
            Object value,
            String gap2,
            Object value2,
            String gap3,
            Object value3) {
        return new Line(key, Map.of(gap, word(value), gap2, word(value2), gap3, word(value3)));
    }

    /// This sentence with one more gap filled.
    Line with(String gap, Object value) {
        Map<String, Word> more = new HashMap<>(words);
        more.put(gap, word(value));
        return new Line(key, more);
    }

    private static Word word(Object value) {
        return value instanceof Word word ? word : new Word.Plain(value.toString());
    }

    static Word phrase(String key) {
        return new Word.Phrase(key);
    }
}
