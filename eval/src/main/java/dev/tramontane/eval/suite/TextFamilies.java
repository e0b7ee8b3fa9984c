package dev.tramontane.eval.suite;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Letters of made-up words, the same in every language: counted, or read backwards. Training has
/// words of the language as well, with its own letters, and words made of their pieces: a model
/// that reads words by the pieces of its vocabulary must know the letters of every piece, and
/// random letters hold few of them.
enum TextFamilies implements ProblemFamily {
    /// A letter that occurs once to five times, each as likely as the others.
    LETTERS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int length = Digits.between(random, 5 + 2 * level, 6 + 3 * level);
            char sought = CONSONANTS.charAt(random.nextInt(CONSONANTS.length()));
            int times = Digits.between(random, 1, 5);
            StringBuilder word =
                    new StringBuilder(
                            word(random, length).replace(sought, sought == 'm' ? 'n' : 'm'));
            List<Integer> places = new ArrayList<>();
            while (places.size() < times) {
                int place = random.nextInt(length);
                if (!places.contains(place)) {
                    places.add(place);
                    word.setCharAt(place, sought);
                }
            }
            return counted(String.valueOf(sought), word.toString());
        }

        /// A letter that occurs once to three times.
        @Override
        Optional<Draft> about(Supplier<String> words, RandomGenerator random) {
            int times = Digits.between(random, 1, 3);
            for (int i = 0; i < MOST_TRIES; i++) {
                String word = words.get();
                List<String> sought = occurring(word, times);
                if (!sought.isEmpty()) {
                    return Optional.of(counted(sought.get(random.nextInt(sought.size())), word));
                }
            }
            return Optional.empty();
        }
    },
    REVERSAL {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            return reversed(word(random, Digits.between(random, 3 + level, 4 + 2 * level)));
        }

        @Override
        Optional<Draft> about(Supplier<String> words, RandomGenerator random) {
            return Optional.of(reversed(words.get()));
        }

        private static Draft reversed(String word) {
            StringBuilder reversed = new StringBuilder(word).reverse();
            return new Draft(
                    "reversal " + word,
                    Line.of("reversal.q", "w", word),
                    List.of(
                            Line.of("reversal.plan"),
                            Line.bare(spaced(word)),
                            Line.bare(spaced(reversed))),
                    new Line.Word.Plain(reversed.toString()));
        }
    };

    /// One in so many words of the language has a capital.
    private static final int CAPITAL_ONE_IN = 4;

    /// Letters, as of the pieces of a vocabulary.
    private static final int SHORTEST_PIECE = 2;

    private static final int LONGEST_PIECE = 4;

    /// Words that are looked at for one with a letter that occurs so many times.
    private static final int MOST_TRIES = 50;

    private static final String CONSONANTS = "bcdfghjklmnpqrstvwxyz";
    private static final String VOWELS = "aeiouaeiouy";

    /// Consonants and vowels by turns, in either order; every fourth letter of some words is
    /// another consonant, as in `strawberry`.
    static String word(RandomGenerator random, int length) {
        boolean vowel = random.nextBoolean();
        boolean isRough = random.nextBoolean();
        StringBuilder word = new StringBuilder();
        while (word.length() < length) {
            String row = vowel ? VOWELS : CONSONANTS;
            word.append(row.charAt(random.nextInt(row.length())));
            boolean stays = isRough && !vowel && random.nextInt(3) == 0;
            vowel = stays ? vowel : !vowel;
        }
        return word.toString();
    }

    /// Pieces of some words put together, the last one cut where it is too long.
    ///
    /// @param words of as many letters as a piece may have at least
    static String pieced(RandomGenerator random, List<String> words, int length) {
        StringBuilder pieced = new StringBuilder();
        while (pieced.length() < length) {
            String word = words.get(random.nextInt(words.size()));
            int size = Digits.between(random, SHORTEST_PIECE, LONGEST_PIECE);
            int start = random.nextInt(word.length() - size + 1);
            pieced.append(word, start, start + size);
        }
        return pieced.substring(0, length);
    }

    /// Half of the problems are the test's; the others have words, or pieces of some.
    @Override
    public Draft drawTaught(RandomGenerator random, int level, List<String> words) {
        if (words.isEmpty() || random.nextBoolean()) {
            return draw(random, level);
        }
        Supplier<String> source =
                random.nextBoolean()
                        ? () -> real(random, words)
                        : () -> pieced(random, words, Digits.between(random, 4, 5 + 2 * level));
        return about(source, random).orElseGet(() -> draw(random, level));
    }

    /// About one of the words; empty where none was found that will do.
    abstract Optional<Draft> about(Supplier<String> words, RandomGenerator random);

    private static String real(RandomGenerator random, List<String> words) {
        String word = words.get(random.nextInt(words.size()));
        boolean isCapital = random.nextInt(CAPITAL_ONE_IN) == 0;
        String first = word.substring(0, 1);
        return (isCapital ? first.toUpperCase(Locale.ROOT) : first) + word.substring(1);
    }

    /// Letters that occur so many times, large or small. Not those that stand beside the same
    /// letter with another accent: whether *arrivée* has one e or two is a matter of opinion.
    private static List<String> occurring(String word, int times) {
        List<String> letters = List.of(word.toLowerCase(Locale.ROOT).split(""));
        List<String> plain = letters.stream().map(TextFamilies::plain).toList();
        return letters.stream()
                .distinct()
                .filter(letter -> Collections.frequency(letters, letter) == times)
                .filter(letter -> Collections.frequency(plain, plain(letter)) == times)
                .toList();
    }

    private static String plain(String letter) {
        return Normalizer.normalize(letter, Normalizer.Form.NFD).substring(0, 1);
    }

    private static Draft counted(String sought, String word) {
        List<String> counted = new ArrayList<>();
        int found = 0;
        for (String letter : word.split("")) {
            found += letter.equalsIgnoreCase(sought) ? 1 : 0;
            counted.add(letter + found);
        }
        return new Draft(
                "letters " + sought + " " + word,
                Line.of("letters.q", "c", sought, "w", word),
                List.of(
                        Line.of("letters.plan", "c", sought),
                        Line.bare(spaced(word)),
                        Line.bare(String.join(" ", counted))),
                new Line.Word.Plain(String.valueOf(found)));
    }

    /// Letter by letter: a vocabulary has pieces of words, so the word is spelled out first.
    private static String spaced(CharSequence word) {
        return String.join(" ", word.toString().split(""));
    }

    @Override
    public String key() {
        return switch (this) {
            case LETTERS -> "letters";
            case REVERSAL -> "reversal";
        };
    }
}
