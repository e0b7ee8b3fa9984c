package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/// A given passage repeated, changed or picked from. Passages are drawn from everyday words, names,
/// numbers, made-up words and sentences, so that only copying helps.
enum PassageFamilies implements ProblemFamily {
    /// All of it, word for word; of several sentences also the first or last alone.
    COPY {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            if (random.nextInt(3) > 0) {
                Line.Word words = words(words(random, 6 * level - 3, 6 * level));
                return copy("copy.all", words, words);
            }
            Set<Line.Word> drawn = new LinkedHashSet<>();
            while (drawn.size() < level) {
                drawn.add(new Line.Word.Entry("sentence", random.nextInt(SENTENCES)));
            }
            List<Line.Word> sentences = List.copyOf(drawn);
            Line.Word all = new Line.Word.Row(Line.Between.SENTENCES, sentences);
            return switch (level == 1 ? 0 : random.nextInt(3)) {
                case 1 -> copy("copy.first", all, sentences.getFirst());
                case 2 -> copy("copy.last", all, sentences.getLast());
                default -> copy("copy.all", all, all);
            };
        }
    },
    /// One word replaced, left out, or set apart: in capital letters, or in quotation marks where a
    /// language has none. The trace goes through the words as far as that one.
    EDIT {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Line.Word> words = words(random, 2 + 2 * level, 1 + 4 * level);
            Line.Word spare = words.removeLast();
            int place = random.nextInt(words.size());
            return switch (random.nextInt(3)) {
                case 0 -> replacement(words, place, spare);
                case 1 -> deletion(words, place);
                default -> mark(words, place, random);
            };
        }

        /// In languages that have capitals half of them write a word in a short text so, at every
        /// level: capitals must be known for every piece of a vocabulary, the rest of an edit is
        /// copying.
        @Override
        public Draft drawTaught(RandomGenerator random, int level, List<String> words) {
            if (!haveCapitals(words) || random.nextBoolean()) {
                return draw(random, level);
            }
            List<Line.Word> some = words(random, 2, 4);
            return mark(some, random.nextInt(some.size()), random);
        }
    },
    /// The word at a place, the last word, or the longest of made-up ones.
    PICK {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Line.Word> words = words(random, 2 + 2 * level, 1 + 4 * level);
            return switch (random.nextInt(4)) {
                case 0 -> longest(random, level, length -> TextFamilies.word(random, length));
                case 1 ->
                        new Draft(
                                "last " + words,
                                Line.of("pick.last.q", "t", words(words)),
                                List.of(Line.of("pick.last.s")),
                                words.getLast());
                default -> {
                    int place = Digits.between(random, 2, words.size());
                    yield new Draft(
                            "nth " + place + words,
                            Line.of("pick.nth.q", "t", words(words), "n", place),
                            List.of(Line.of("pick.nth.s", "list", numbered(words, place))),
                            words.get(place - 1));
                }
            };
        }

        /// One in eight about the longest of words that are made of pieces of the language's.
        @Override
        public Draft drawTaught(RandomGenerator random, int level, List<String> words) {
            if (words.isEmpty() || random.nextInt(8) > 0) {
                return draw(random, level);
            }
            return longest(random, level, length -> TextFamilies.pieced(random, words, length));
        }
    },
    /// A list from its end to its beginning.
    BACKWARDS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Line.Word> items = words(random, 1 + 2 * level, 2 + 2 * level);
            List<Line.Word> reversed = new ArrayList<>(items);
            Collections.reverse(reversed);
            return new Draft(
                    "backwards " + items,
                    Line.of("backwards.q", "list", items(items)),
                    List.of(Line.of("backwards.s", "list", numbered(items, items.size()))),
                    items(reversed));
        }
    };

    /// Words in every language's list.
    static final int WORDS = 270;

    /// First names in every language's list.
    static final int NAMES = 24;

    /// Sentences in every language's list.
    static final int SENTENCES = 40;

    private static final Line.Word ARROW = new Line.Word.Plain("→");
    private static final Line.Word BAR = new Line.Word.Plain("|");

    private static boolean haveCapitals(List<String> words) {
        return !words.isEmpty()
                && !words.getFirst().equals(words.getFirst().toUpperCase(Locale.ROOT));
    }

    private static Draft copy(String key, Line.Word passage, Line.Word answer) {
        Line question = Line.of(key + ".q", "t", passage);
        return new Draft(question.toString(), question, List.of(Line.of(key + ".s")), answer);
    }

    private static Draft replacement(List<Line.Word> words, int place, Line.Word other) {
        List<Line.Word> edited = new ArrayList<>(words);
        Line.Word old = edited.set(place, other);
        return new Draft(
                "replace " + words + place + other,
                Line.of("edit.replace.q", "t", words(words), "x", old, "y", other),
                List.of(
                        Line.of("edit.replace.s", "x", old, "y", other),
                        becoming(words, place, edited)),
                words(edited));
    }

    private static Draft deletion(List<Line.Word> words, int place) {
        List<Line.Word> edited = new ArrayList<>(words);
        Line.Word old = edited.remove(place);
        return new Draft(
                "delete " + words + place,
                Line.of("edit.delete.q", "t", words(words), "x", old),
                List.of(Line.of("edit.delete.s", "x", old), becoming(words, place, edited)),
                words(edited));
    }

    /// The word that is set apart is one of the language's.
    private static Draft mark(List<Line.Word> others, int place, RandomGenerator random) {
        List<Line.Word> words = new ArrayList<>(others);
        Line.Word word;
        do {
            word = new Line.Word.Entry("word", random.nextInt(WORDS));
        } while (others.contains(word));
        words.set(place, word);
        List<Line.Word> edited = new ArrayList<>(words);
        Line.Word marked = new Line.Word.Sentence(Line.of("edit.marked", "w", word));
        edited.set(place, marked);
        return new Draft(
                "mark " + words + place,
                Line.of("edit.mark.q", "t", words(words), "x", word),
                List.of(Line.of("edit.mark.s", "x", word), becoming(words, place, edited)),
                words(edited));
    }

    /// `river, old, blue | old → green, Anna`: the text as far as the word; the word before it,
    /// where there is one; and what the answer has from there on. So each word is said before
    /// anything is decided by it: that it is the one, and that the answer goes on in another way
    /// behind it.
    private static Line becoming(List<Line.Word> words, int place, List<Line.Word> edited) {
        List<Line.Word> said = new ArrayList<>(List.of(items(words.subList(0, place + 1)), BAR));
        if (place > 0) {
            said.add(words.get(place - 1));
        }
        said.add(ARROW);
        if (place < edited.size()) {
            said.add(items(edited.subList(place, edited.size())));
        }
        return Line.of("bare", "q", words(said));
    }

    /// Words of different lengths, spelled with their letters counted: `b1 a2 k3 → 3 bak` ends in
    /// the most so far, and in the word where it is longer than those before.
    ///
    /// @param maker of a word of some length
    private static Draft longest(RandomGenerator random, int level, IntFunction<String> maker) {
        int most = Digits.between(random, 5 + level, 6 + level);
        List<String> words = new ArrayList<>();
        while (words.size() <= level) {
            words.add(maker.apply(Digits.between(random, 4, most - 1)));
        }
        String longest = maker.apply(most);
        words.add(random.nextInt(words.size() + 1), longest);
        List<Line> steps = new ArrayList<>(List.of(Line.of("pick.longest.plan")));
        String best = "";
        for (String word : words) {
            boolean isLonger = word.length() > best.length();
            best = isLonger ? word : best;
            String until = " → " + best.length();
            steps.add(Line.bare(counted(word) + until + (isLonger ? " " + word : "")));
        }
        return new Draft(
                "longest " + words,
                Line.of("pick.longest.q", "t", String.join(" ", words)),
                steps,
                new Line.Word.Plain(longest));
    }

    /// `b1 a2 k3`
    private static String counted(String word) {
        StringBuilder counted = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            counted.append(i == 0 ? "" : " ").append(word.charAt(i)).append(i + 1);
        }
        return counted.toString();
    }

    /// All different: words of the language, and now and then a name, a number, a made-up word.
    private static List<Line.Word> words(RandomGenerator random, int least, int most) {
        int count = Digits.between(random, least, most);
        Set<Line.Word> words = new LinkedHashSet<>();
        while (words.size() < count) {
            words.add(word(random));
        }
        return new ArrayList<>(words);
    }

    private static Line.Word word(RandomGenerator random) {
        return switch (random.nextInt(8)) {
            case 0 -> new Line.Word.Entry("name", random.nextInt(NAMES));
            case 1 -> new Line.Word.Plain(String.valueOf(Digits.between(random, 2, 999)));
            case 2 -> new Line.Word.Plain(TextFamilies.word(random, Digits.between(random, 4, 8)));
            default -> new Line.Word.Entry("word", random.nextInt(WORDS));
        };
    }

    private static Line.Word words(List<Line.Word> words) {
        return new Line.Word.Row(Line.Between.WORDS, words);
    }

    private static Line.Word items(List<Line.Word> words) {
        return new Line.Word.Row(Line.Between.ITEMS, words);
    }

    /// `1: river, 2: 42, 3: Anna`
    private static Line.Word numbered(List<Line.Word> words, int count) {
        List<Line.Word> numbered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Line.Word number = new Line.Word.Plain(i + 1 + ":");
            numbered.add(words(List.of(number, words.get(i))));
        }
        return items(numbered);
    }

    @Override
    public boolean isVerbatim() {
        return true;
    }

    @Override
    public String key() {
        return switch (this) {
            case COPY -> "copy";
            case EDIT -> "edit";
            case PICK -> "pick";
            case BACKWARDS -> "backwards";
        };
    }
}
