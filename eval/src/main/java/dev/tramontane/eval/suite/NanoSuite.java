package dev.tramontane.eval.suite;

import dev.tramontane.eval.Reference;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The suite of one seed: any number of problems, each found by its place alone.
///
/// A place of the test has the same operands in all languages, so languages can be compared problem
/// by problem; those of the training may have words of their language. Small families repeat
/// themselves after some thousands of places.
public final class NanoSuite {
    private static final int MOST_DRAWS = 10_000;

    private final long seed;
    private final Map<Language, Phrases> phrases;

    public NanoSuite(long seed) {
        this(seed, Phrases::of);
    }

    NanoSuite(long seed, Function<Language, Phrases> words) {
        this.seed = seed;
        this.phrases =
                Stream.of(Language.values())
                        .collect(Collectors.toUnmodifiableMap(Function.identity(), words));
    }

    /// The first problems of a split, by turns of families, languages and levels.
    public List<GeneratedProblem> problems(Split split, SuiteChoice choice, int count) {
        List<ProblemFamily> families = choice.families();
        List<Language> languages = choice.languages();
        List<Integer> levels = choice.levels();
        return IntStream.range(0, count)
                .mapToObj(
                        i -> {
                            int family = i % families.size();
                            int language = i / families.size() % languages.size();
                            int round = i / families.size() / languages.size();
                            return problem(
                                    split,
                                    languages.get(language),
                                    families.get(family),
                                    levels.get((family + language + round) % levels.size()),
                                    round / levels.size());
                        })
                .toList();
    }

    /// The sentence that says in which form a problem's answer is to be given.
    public String instruction(GeneratedProblem problem) {
        String key = problem.family().isVerbatim() ? "instruction.verbatim" : "instruction";
        return words(problem.language()).text(Line.of(key));
    }

    private Phrases words(Language language) {
        return Objects.requireNonNull(phrases.get(language));
    }

    /// @param level from 1 to {@link ProblemFamily#LEVELS}
    /// @param index from 0; without end
    public GeneratedProblem problem(
            Split split, Language language, ProblemFamily family, int level, long index) {
        if (level < 1 || level > ProblemFamily.LEVELS || index < 0) {
            throw new IllegalArgumentException(
                    "level %d and index %d, expected a level from 1 to %d and an index from 0"
                            .formatted(level, index, ProblemFamily.LEVELS));
        }
        String place = "%s/%s/%d/%d/%d".formatted(split, family.key(), level, seed, index);
        var random = new SplittableRandom(Hash.of(place));
        Phrases words = words(language);
        Optional<Taught> taught = split == Split.TRAIN ? words.taught() : Optional.empty();
        Draft draft =
                draw(
                        split,
                        family,
                        () ->
                                taught.isPresent()
                                        ? family.drawTaught(
                                                random, level, taught.get().vocabulary())
                                        : family.draw(random, level));
        List<String> phrasings = words.phrasings(draft.question().key(), split);
        String phrasing = phrasings.get(random.nextInt(phrasings.size()));
        List<String> accepted = words.accepted(draft.answer());
        String filled =
                words.choosing(random.nextLong()).filled(phrasing, draft.question().words());
        String question = taught.map(own -> own.asked(family, filled, random)).orElse(filled);
        return new GeneratedProblem(
                "%s/%s/%s/%d/%d-%d"
                        .formatted(
                                split.name().toLowerCase(Locale.ROOT),
                                family.key(),
                                language.code(),
                                level,
                                seed,
                                index),
                language,
                family,
                level,
                family.isVerbatim() ? question : Digits.written(random, language, question),
                family.isVerbatim()
                        ? new Reference.Verbatim(accepted.getFirst())
                        : new Reference.Text(accepted),
                draft.steps().stream().map(words::text).toList(),
                conclusion(words, family, accepted.getFirst()));
    }

    private static String conclusion(Phrases words, ProblemFamily family, String answer) {
        if (family.isVerbatim()) {
            return answer;
        }
        boolean isWord = !answer.matches("[\\d/, ()]+|[A-F]");
        String box = "\\boxed{" + (isWord ? "\\text{" + answer + "}" : answer) + "}";
        return words.text(Line.of("answer", "a", box));
    }

    /// Draws until the operands belong to the split.
    private static Draft draw(Split split, ProblemFamily family, Supplier<Draft> drafts) {
        for (int i = 0; i < MOST_DRAWS; i++) {
            Draft draft = drafts.get();
            if (Split.of(draft.operands()) == split) {
                return draft;
            }
        }
        throw new IllegalStateException(family.key() + " has no operands for " + split);
    }
}
