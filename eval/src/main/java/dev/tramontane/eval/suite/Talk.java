package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Everyday talk with nano, without end, each conversation found by its place alone: greetings and
/// thanks, questions about itself, which it answers honestly, and requests that it declines; alone,
/// or around a problem of the suite.
///
/// As with problems, some phrasings of what people say, and some of what they ask about, belong to
/// the test alone. Answers are the same in both halves.
public final class Talk {
    private static final List<Intent> INTENTS = List.of(Intent.values());
    private static final List<Intent> AFTER_A_PROBLEM =
            List.of(Intent.THANKS, Intent.PRAISE, Intent.MISTAKES, Intent.BYE);
    private static final List<Intent> BEFORE_A_PROBLEM =
            List.of(Intent.HELLO, Intent.CAN, Intent.NAME, Intent.UNCLEAR);

    private final long seed;
    private final NanoSuite suite;
    private final Map<Language, Phrases> phrases = new EnumMap<>(Language.class);

    /// @param suite where the problems in conversations come from
    public Talk(long seed, NanoSuite suite) {
        this.seed = seed;
        this.suite = suite;
        Arrays.stream(Language.values())
                .forEach(language -> phrases.put(language, Phrases.ofTalk(language)));
    }

    /// Mostly one turn of any intent; three in ten are about a problem, politely asked for, or
    /// before or behind another turn.
    ///
    /// @param index from 0; without end
    public Conversation conversation(Split split, Language language, long index) {
        var random = new SplittableRandom(Hash.of(place(split, language, "any", index)));
        List<Conversation.Turn> turns =
                switch (random.nextInt(10)) {
                    case 0 -> List.of(polite(split, language, random));
                    case 1 -> {
                        Intent before = one(random, BEFORE_A_PROBLEM);
                        yield List.of(
                                turn(split, language, before, random),
                                plain(problem(split, language, family(random), random)));
                    }
                    case 2 -> {
                        ProblemFamily family = family(random);
                        Conversation.Turn first = plain(problem(split, language, family, random));
                        yield List.of(
                                first,
                                random.nextBoolean()
                                        ? turn(
                                                split,
                                                language,
                                                one(random, AFTER_A_PROBLEM),
                                                random)
                                        : again(split, language, family, random));
                    }
                    default -> List.of(turn(split, language, one(random, INTENTS), random));
                };
        return new Conversation(place(split, language, "any", index), language, turns);
    }

    /// A conversation of one turn.
    ///
    /// @param index from 0; without end, though the words for an intent are finite
    public Conversation conversation(Split split, Language language, Intent intent, long index) {
        String place = place(split, language, intent.key(), index);
        var random = new SplittableRandom(Hash.of(place));
        return new Conversation(place, language, List.of(turn(split, language, intent, random)));
    }

    private String place(Split split, Language language, String what, long index) {
        if (index < 0) {
            throw new IllegalArgumentException("index %d, expected 0 or more".formatted(index));
        }
        return "talk/%s/%s/%s/%d-%d".formatted(split, language.code(), what, seed, index);
    }

    private Conversation.Turn turn(
            Split split, Language language, Intent intent, RandomGenerator random) {
        Phrases words = words(language);
        String key = intent.key();
        String said = one(random, words.phrasings(key + ".q", split));
        if (said.contains("{x}")) {
            String about = one(random, words.phrasings(key + ".x", split));
            said = words.filled(said, Map.of("x", new Line.Word.Plain(about)));
        }
        List<String> answer = new ArrayList<>();
        answer.add(one(random, words.all(key + ".a")));
        if (intent.isDeclined()) {
            answer.add(one(random, words.all("can")));
            answer.add(one(random, words.all("bigger")));
        }
        return new Conversation.Turn(
                said,
                one(random, words.all(key + ".thought")),
                String.join(language.space(), answer));
    }

    private ProblemFamily family(RandomGenerator random) {
        return one(random, ProblemFamily.all());
    }

    private GeneratedProblem problem(
            Split split, Language language, ProblemFamily family, RandomGenerator random) {
        int level = Digits.between(random, 1, 2);
        return suite.problem(split, language, family, level, random.nextLong(1L << 40));
    }

    private Conversation.Turn plain(GeneratedProblem problem) {
        return solved(problem, problem.question());
    }

    private Conversation.Turn polite(Split split, Language language, RandomGenerator random) {
        return framed("polite.q", problem(split, language, family(random), random), split, random);
    }

    private Conversation.Turn again(
            Split split, Language language, ProblemFamily family, RandomGenerator random) {
        return framed("again.q", problem(split, language, family, random), split, random);
    }

    /// A passage to be copied is the last that is said: what came behind it would belong to it.
    private Conversation.Turn framed(
            String key, GeneratedProblem problem, Split split, RandomGenerator random) {
        Phrases words = words(problem.language());
        List<String> frames =
                words.phrasings(key, split).stream()
                        .filter(frame -> frame.endsWith("{p}") || !problem.family().isVerbatim())
                        .toList();
        String frame = frames.isEmpty() ? "{p}" : one(random, frames);
        return solved(
                problem, words.filled(frame, Map.of("p", new Line.Word.Plain(problem.question()))));
    }

    private static Conversation.Turn solved(GeneratedProblem problem, String said) {
        return new Conversation.Turn(
                said, String.join("\n", problem.steps()), problem.conclusion());
    }

    private Phrases words(Language language) {
        return Objects.requireNonNull(phrases.get(language));
    }

    private static <T> T one(RandomGenerator random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
