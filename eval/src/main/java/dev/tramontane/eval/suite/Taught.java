package dev.tramontane.eval.suite;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// What a language's file `taught.txt` has for training alone: more phrasings of questions, what
/// people write around them, and how they say the signs of a calculation.
final class Taught {
    private static final int GREETED_ONE_IN = 4;
    private static final int THANKED_ONE_IN = 8;
    private static final int SPOKEN_ONE_IN = 3;

    /// Between two numbers of a calculation.
    private static final Pattern SIGN = Pattern.compile("(?<=\\d) ?([-+×*x·÷/:]) ?(?=\\d)");

    /// Of a sentence: an ellipsis or a bare word may go on.
    private static final Pattern END = Pattern.compile("[.?!。？！؟][\"”»“」）)]?$");

    /// Letters with nothing of a word beside them: four or more, since shorter ones teach little,
    /// and ten at most, as the longest made-up words that are reversed have.
    private static final Pattern WORD =
            Pattern.compile(
                    "(?<![\\p{L}\\p{M}\\d'’-])(?:\\p{L}\\p{M}*){4,10}(?![\\p{L}\\p{M}\\d'’-])");

    private final Language language;
    private final Map<String, List<String>> texts;
    private final List<String> vocabulary;

    /// @param texts by key
    Taught(Language language, Map<String, List<String>> texts) {
        this.language = language;
        this.texts = texts;
        vocabulary = vocabulary(language, texts);
    }

    /// By key.
    Map<String, List<String>> texts() {
        return texts;
    }

    /// All words in there, in small letters and without marks, each once; none in languages whose
    /// words are not spelled letter by letter.
    List<String> vocabulary() {
        return vocabulary;
    }

    private static List<String> vocabulary(Language language, Map<String, List<String>> texts) {
        return switch (language) {
            case CHINESE, JAPANESE -> List.of();
            case ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, ARABIC, RUSSIAN ->
                    texts.values().stream()
                            .flatMap(List::stream)
                            .map(text -> Phrases.GAP.matcher(text).replaceAll("0"))
                            .flatMap(text -> WORD.matcher(text).results())
                            .map(word -> word.group().replaceAll("\\p{M}", ""))
                            .map(word -> word.toLowerCase(Locale.ROOT))
                            .distinct()
                            .sorted()
                            .toList();
        };
    }

    /// A question as people write it.
    String asked(ProblemFamily family, String question, RandomGenerator random) {
        String said = family.isSpoken() ? spoken(question, random) : question;
        return framed(said, family.isVerbatim(), random);
    }

    /// One in some calculations in words: `47 times 16`.
    String spoken(String question, RandomGenerator random) {
        if (random.nextInt(SPOKEN_ONE_IN) > 0) {
            return question;
        }
        return SIGN.matcher(question)
                .replaceAll(
                        sign -> {
                            boolean isClose =
                                    language.space().isEmpty() && !sign.group().contains(" ");
                            String around = isClose ? "" : " ";
                            return around + any(operation(sign.group(1)), random) + around;
                        });
    }

    private static String operation(String sign) {
        return switch (sign) {
            case "+" -> "plus";
            case "-" -> "minus";
            case "/", ":", "÷" -> "over";
            default -> "times";
        };
    }

    /// Some questions with a sentence before them that says nothing to them, and some of those that
    /// end as sentences do with one behind them.
    ///
    /// @param endsOpen whether it may end with a passage, which nothing must be put behind
    String framed(String question, boolean endsOpen, RandomGenerator random) {
        boolean isGreeted = random.nextInt(GREETED_ONE_IN) == 0;
        boolean isThanked =
                random.nextInt(THANKED_ONE_IN) == 0 && !endsOpen && END.matcher(question).find();
        String greeted = isGreeted ? any("before", random) + language.space() + question : question;
        return isThanked ? greeted + language.space() + any("behind", random) : greeted;
    }

    private String any(String key, RandomGenerator random) {
        List<String> all = texts.get(key);
        if (all == null) {
            throw new IllegalStateException(
                    "%s/taught.txt has no %s".formatted(language.code(), key));
        }
        return all.get(random.nextInt(all.size()));
    }
}
