package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Letters of made-up words, the same in every language: counted, or read backwards.
enum TextFamilies implements ProblemFamily {
    /// A letter that occurs once to five times, each as likely as the others.
    LETTERS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int length = Digits.between(random, 5 + 2 * level, 6 + 3 * level);
            char sought = CONSONANTS.charAt(random.nextInt(CONSONANTS.length()));
            int times = Digits.between(random, 1, 5);
            StringBuilder word = new StringBuilder(word(random, length).replace(sought, 'z'));
            List<Integer> places = new ArrayList<>();
            while (places.size() < times) {
                int place = random.nextInt(length);
                if (!places.contains(place)) {
                    places.add(place);
                    word.setCharAt(place, sought);
                }
            }
            String listed =
                    places.stream()
                            .sorted()
                            .map(place -> String.valueOf(place + 1))
                            .collect(Collectors.joining(", "));
            return new Draft(
                    "letters " + sought + " " + word,
                    Line.of("letters.q", "c", sought, "w", word),
                    List.of(
                            Line.of("letters.places", "c", sought, "list", listed),
                            Line.of("letters.count", "n", times)),
                    new Line.Word.Plain(String.valueOf(times)));
        }
    },
    REVERSAL {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            String word = word(random, Digits.between(random, 3 + level, 4 + 2 * level));
            String reversed = new StringBuilder(word).reverse().toString();
            return new Draft(
                    "reversal " + word,
                    Line.of("reversal.q", "w", word),
                    List.of(Line.of("reversal.s", "list", String.join(", ", reversed.split("")))),
                    new Line.Word.Plain(reversed));
        }
    };

    private static final String CONSONANTS = "bdfklmnprstv";
    private static final String VOWELS = "aeiou";

    /// Consonants and vowels by turns, in either order.
    private static String word(RandomGenerator random, int length) {
        boolean vowel = random.nextBoolean();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++, vowel = !vowel) {
            String row = vowel ? VOWELS : CONSONANTS;
            word.append(row.charAt(random.nextInt(row.length())));
        }
        return word.toString();
    }

    @Override
    public String key() {
        return switch (this) {
            case LETTERS -> "letters";
            case REVERSAL -> "reversal";
        };
    }
}
