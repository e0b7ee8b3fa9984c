package dev.tramontane.eval.suite;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The sentences of one language, from files of lines `key = text with {gaps}`; a key that stands
/// on several lines has several phrasings. Empty lines and those that begin with `#` say nothing.
///
/// A gap may ask for a form: `{n|hour|hours}` is the one that goes with the number n, in the order
/// of {@link Language#plural}, with `#` for the number itself, and `{w^}` is w in capital letters.
///
/// `any.goods[] = {n} cups; {n} books` is a list of what `{goods}` may be: names and things that
/// vary from problem to problem, and may have gaps of their own. Lists that are alike up to a `_`
/// belong together: where `{she}` is the third name, `{she_dat}` is the third as well.
final class Phrases {
    /// Of the suite's problems: `en.txt` and its sisters, and these of each language's folder.
    private static final List<String> CHAPTERS = List.of("clock", "deduction", "passages", "words");

    /// More phrasings of their questions, and what people write around them, for training alone:
    /// however much there comes to be, the test stays as it is.
    private static final String TAUGHT = "taught";

    static final Pattern GAP = Pattern.compile("\\{(\\w+)(\\^|\\|[^{}]*)?}");

    private static final String ANY = "any.";
    private static final String QUESTION = ".q";
    private static final String TOPIC = ".x";

    /// Italian articles before numbers that begin with a vowel, as eight and eleven do: `l'8%`.
    private static final Pattern ITALIAN_ARTICLE =
            Pattern.compile("\\b(il|del|al|dal|nel) (?=(?:8\\d*|11(?:\\d{3})?)\\b)");

    private final Language language;
    private final Map<String, List<String>> texts;
    private final Optional<Taught> taught;

    /// Decides what is taken of each list.
    private final long choice;

    private Phrases(
            Language language,
            Map<String, List<String>> texts,
            Optional<Taught> taught,
            long choice) {
        this.language = language;
        this.texts = texts;
        this.taught = taught;
        this.choice = choice;
    }

    /// The same with other names and things.
    Phrases choosing(long other) {
        return new Phrases(language, texts, taught, other);
    }

    /// The same with those phrasings alone that are split by their hashes, and nothing around them.
    Phrases withoutTaught() {
        return new Phrases(language, texts, Optional.empty(), choice);
    }

    static Phrases of(Language language) {
        List<String> files = new ArrayList<>(List.of(language.code() + ".txt"));
        CHAPTERS.forEach(chapter -> files.add(chapter(language, chapter)));
        var taught = new Taught(language, read(List.of(chapter(language, TAUGHT))));
        return new Phrases(language, read(files), Optional.of(taught), 0);
    }

    /// Of everyday talk.
    static Phrases ofTalk(Language language) {
        return new Phrases(language, read(List.of(chapter(language, "talk"))), Optional.empty(), 0);
    }

    private static String chapter(Language language, String name) {
        return "%s/%s.txt".formatted(language.code(), name);
    }

    private static Map<String, List<String>> read(List<String> files) {
        Map<String, List<String>> texts = new HashMap<>();
        for (String file : files) {
            for (String line : lines(file)) {
                String[] sides = line.split(" = ", 2);
                if (sides.length < 2) {
                    throw new IllegalStateException(
                            "%s: `%s`, expected `key = text`".formatted(file, line));
                }
                boolean isList = sides[0].endsWith("[]");
                texts.computeIfAbsent(sides[0].replace("[]", ""), _ -> new ArrayList<>())
                        .addAll(isList ? List.of(sides[1].split("; ")) : List.of(sides[1]));
            }
        }
        texts.forEach(
                (key, phrasings) -> {
                    if (key.endsWith(QUESTION) || key.endsWith(TOPIC)) {
                        phrasings.sort(
                                Comparator.<String>comparingLong(Hash::of)
                                        .thenComparing(text -> text));
                    }
                });
        return texts;
    }

    private static List<String> lines(String name) {
        try (InputStream file = Phrases.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(
                        name + ": not beside the class; the jar is incomplete");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// By key, but for what is for training alone.
    Map<String, List<String>> texts() {
        return texts;
    }

    /// What is for training alone.
    Optional<Taught> taught() {
        return taught;
    }

    /// The phrasings of a question, or the topics, that a split may use: the test has those whose
    /// hashes are least, one in five and at least one, training the others and what is for it
    /// alone.
    List<String> phrasings(String key, Split split) {
        List<String> more =
                split == Split.TRAIN
                        ? taught.map(own -> own.texts().getOrDefault(key, List.of()))
                                .orElse(List.of())
                        : List.of();
        if (!more.isEmpty() && !texts.containsKey(key)) {
            return more;
        }
        List<String> sorted = all(key);
        int test = Math.max(1, sorted.size() / 5);
        return switch (split) {
            case TEST -> sorted.subList(0, test);
            case TRAIN ->
                    Stream.concat(sorted.subList(test, sorted.size()).stream(), more.stream())
                            .toList();
        };
    }

    List<String> all(String key) {
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
        Matcher gap = GAP.matcher(chosen(phrasing));
        StringBuilder text = new StringBuilder();
        while (gap.find()) {
            Line.Word word = words.get(gap.group(1));
            if (word == null) {
                throw new IllegalStateException(
                        "%s.txt: nothing for {%s} in: %s"
                                .formatted(language.code(), gap.group(1), phrasing));
            }
            String filling = formed(text(word), gap.group(2));
            gap.appendReplacement(text, Matcher.quoteReplacement(filling));
        }
        return spelled(gap.appendTail(text).toString());
    }

    /// A phrasing with something of each of its lists in place.
    String chosen(String phrasing) {
        Matcher gap = GAP.matcher(phrasing);
        StringBuilder text = new StringBuilder();
        while (gap.find()) {
            String name = gap.group(1);
            List<String> list = texts.getOrDefault(ANY + name, List.of(gap.group()));
            int group = name.indexOf('_');
            long place = Hash.of(group < 0 ? name : name.substring(0, group));
            gap.appendReplacement(
                    text,
                    Matcher.quoteReplacement(
                            list.get(Math.floorMod(Hash.mixed(choice + place), list.size()))));
        }
        return gap.appendTail(text).toString();
    }

    private String spelled(String text) {
        return language == Language.ITALIAN
                ? ITALIAN_ARTICLE
                        .matcher(text)
                        .replaceAll(
                                found -> found.group(1).equals("il") ? "l'" : found.group(1) + "l'")
                : text;
    }

    /// @param form nothing, `^` or `|one|other`
    private String formed(String filling, @Nullable String form) {
        if (form == null) {
            return filling;
        }
        if (form.equals("^")) {
            return filling.toUpperCase(Locale.forLanguageTag(language.code()));
        }
        String[] forms = form.substring(1).split("\\|", -1);
        int plural = language.plural(Long.parseLong(filling));
        if (plural >= forms.length) {
            throw new IllegalStateException(
                    "%s: {…%s} has no form for %s, expected %d or more forms"
                            .formatted(language.code(), form, filling, plural + 1));
        }
        return forms[plural].replace("#", filling);
    }

    String text(Line.Word word) {
        return switch (word) {
            case Line.Word.Plain(String text) -> text;
            case Line.Word.Phrase(String key) -> all(key).getFirst();
            case Line.Word.Sentence(Line line) -> text(line);
            case Line.Word.Entry(String key, int place) -> all(key).get(place);
            case Line.Word.Row(Line.Between between, List<Line.Word> words) ->
                    words.stream().map(this::text).collect(Collectors.joining(separator(between)));
            case Line.Word.Lines(List<Line> lines) ->
                    lines.stream().map(this::text).collect(Collectors.joining(language.space()));
        };
    }

    private String separator(Line.Between between) {
        return switch (between) {
            case WORDS -> " ";
            case ITEMS -> language.comma();
            case SENTENCES -> language.space();
        };
    }

    /// All ways to say an answer, first the one that is told: the phrasings of its key.
    List<String> accepted(Line.Word answer) {
        return switch (answer) {
            case Line.Word.Phrase(String key) -> all(key);
            case Line.Word.Sentence(Line(String key, Map<String, Line.Word> words)) ->
                    all(key).stream().map(phrasing -> filled(phrasing, words)).distinct().toList();
            case Line.Word.Plain _, Line.Word.Entry _, Line.Word.Row _, Line.Word.Lines _ ->
                    List.of(text(answer));
        };
    }
}
