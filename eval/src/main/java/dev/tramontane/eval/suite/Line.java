package dev.tramontane.eval.suite;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A sentence before it has a language: which one, and what stands in its gaps.
///
/// @param key as in the phrase files
/// @param words by their gaps, in the gaps' order, so that what is printed is the same in every
///   process
public record Line(String key, Map<String, Word> words) {
    /// What stands between the words of a row, in the language's own way.
    public enum Between {
        /// A space, also where the language writes its words without.
        WORDS,
        /// What separates the items of a list.
        ITEMS,
        /// What separates sentences.
        SENTENCES
    }

    /// What fills a gap.
    public sealed interface Word {
        /// Digits, letters, formulas: the same in every language.
        record Plain(String text) implements Word {}

        /// A word that every language has its own for.
        record Phrase(String key) implements Word {}

        /// A phrase with gaps of its own.
        record Sentence(Line line) implements Word {}

        /// The word at a place of one of the language's lists, from 0 on.
        record Entry(String key, int place) implements Word {}

        /// Several words, with something between them.
        record Row(Between between, List<Word> words) implements Word {
            public Row {
                words = List.copyOf(words);
            }
        }

        /// Whole sentences.
        record Lines(List<Line> lines) implements Word {}
    }

    public Line {
        words = Collections.unmodifiableSortedMap(new TreeMap<>(words));
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
