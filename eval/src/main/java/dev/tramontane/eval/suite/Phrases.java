package dev.tramontane.eval.suite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The sentences of one language: lines `key = text with {gaps}`; a key that stands on several
/// lines has several phrasings.
final class Phrases {
    private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");

    private final Language language;
    private final Map<String, List<String>> texts;

    private Phrases(Language language, Map<String, List<String>> texts) {
        this.language = language;
        this.texts = texts;
    }

    static Phrases of(Language language) {
        String name = language.code() + ".txt";
        try (InputStream file = Phrases.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(
                        name + ": not beside the class; the jar is incomplete");
            }
            Map<String, List<String>> texts = new HashMap<>();
            for (String line :
                    new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] sides = line.split(" = ", 2);
                texts.computeIfAbsent(sides[0], _ -> new ArrayList<>()).add(sides[1]);
            }
            return new Phrases(language, texts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, List<String>> texts() {
        return texts;
    }

    /// The phrasings of a question that a split may use: the test has the one whose hash is least,
    /// training the others.
    List<String> phrasings(String key, Split split) {
        List<String> sorted =
                all(key).stream()
                        .sorted(Comparator.comparingLong(Hash::of).thenComparing(text -> text))
                        .toList();
        return switch (split) {
            case TEST -> sorted.subList(0, 1);
            case TRAIN -> sorted.subList(1, sorted.size());
        };
    }

    private List<String> all(String key) {
        List<String> found = texts.get(key);
        if (found == null) {
            throw new IllegalStateException("%s.txt has no %s".formatted(language.code(), key));
        }
        return found;
    }

    /// A sentence that has one phrasing.
    String text(Line line) {
        return filled(all(line.key()).getFirst(), line.words());
    }

    String filled(String phrasing, Map<String, Line.Word> words) {
        Matcher gap = GAP.matcher(phrasing);
        StringBuilder text = new StringBuilder();
        while (gap.find()) {
            Line.Word word = words.get(gap.group(1));
            if (word == null) {
                throw new IllegalStateException(
                        "%s.txt: nothing for {%s} in: %s"
                                .formatted(language.code(), gap.group(1), phrasing));
            }
            gap.appendReplacement(text, Matcher.quoteReplacement(text(word)));
        }
        return gap.appendTail(text).toString();
    }

    String text(Line.Word word) {
        return switch (word) {
            case Line.Word.Plain(String text) -> text;
            case Line.Word.Phrase(String key) -> all(key).getFirst();
            case Line.Word.Lines(List<Line> lines) ->
                    lines.stream().map(this::text).collect(Collectors.joining(language.space()));
        };
    }
}
