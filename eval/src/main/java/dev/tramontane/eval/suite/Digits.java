package dev.tramontane.eval.suite;

import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Numbers for the families, drawn by size, and the figures that questions have them in.
final class Digits {
    private Digits() {}

    /// From `least` to `most`, both included.
    static int between(RandomGenerator random, int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /// A question as some people write it: in Arabic now and then with Arabic-Indic figures, in
    /// Chinese and Japanese with full-width ones.
    static String written(RandomGenerator random, Language language, String question) {
        int drawn = random.nextInt(100);
        return switch (language) {
            case ARABIC -> drawn < 15 ? inFigures(question, '٠') : question;
            case CHINESE, JAPANESE -> drawn < 10 ? inFigures(question, '０') : question;
            case ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, RUSSIAN -> question;
        };
    }

    private static String inFigures(String text, char zero) {
        return text.chars()
                .map(sign -> sign >= '0' && sign <= '9' ? sign - '0' + zero : sign)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
