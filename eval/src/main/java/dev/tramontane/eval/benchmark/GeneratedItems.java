package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.suite.GeneratedProblem;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.eval.suite.SuiteChoice;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Items that are made on the spot: the test split of the generated suite.
public final class GeneratedItems {
    private static final String INSTRUCTION = "instruction";

    private GeneratedItems() {}

    /// @param languages only these; empty for those of the source, or all
    /// @param seed decides which
    /// @throws TaskFileException when a language is none of the suite's
    public static List<Item> of(ItemSource.Generated source, List<String> languages, long seed) {
        SuiteChoice choice =
                languages.isEmpty()
                        ? source.choice()
                        : source.choice()
                                .withLanguages(
                                        languages.stream().map(GeneratedItems::language).toList());
        var suite = new NanoSuite(seed);
        return suite.problems(Split.TEST, choice, source.problems()).stream()
                .map(problem -> item(problem, suite.instruction(problem)))
                .toList();
    }

    /// What a task file says of families, languages and levels; all of what it does not say.
    ///
    /// @throws TaskFileException when there is no such family, language or level
    static SuiteChoice choice(List<String> families, List<String> languages, List<Integer> levels) {
        List<ProblemFamily> kinds = families.stream().map(GeneratedItems::family).toList();
        List<Language> tongues = languages.stream().map(GeneratedItems::language).toList();
        SuiteChoice all = SuiteChoice.ALL;
        try {
            return new SuiteChoice(
                    kinds.isEmpty() ? all.families() : kinds,
                    tongues.isEmpty() ? all.languages() : tongues,
                    levels.isEmpty() ? all.levels() : levels);
        } catch (IllegalArgumentException wrong) {
            throw new TaskFileException("nano-suite: " + wrong.getMessage(), wrong);
        }
    }

    private static ProblemFamily family(String key) {
        return ProblemFamily.of(key)
                .orElseThrow(
                        () ->
                                new TaskFileException(
                                        "nano-suite: no family %s, expected some of %s; correct the families"
                                                .formatted(
                                                        key,
                                                        ProblemFamily.all().stream()
                                                                .map(ProblemFamily::key)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    private static Language language(String code) {
        return Language.of(code)
                .orElseThrow(
                        () ->
                                new TaskFileException(
                                        "nano-suite: no language %s, expected some of %s; correct the languages"
                                                .formatted(
                                                        code,
                                                        Arrays.stream(Language.values())
                                                                .map(Language::code)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    private static Item item(GeneratedProblem problem, String instruction) {
        return new Item(
                problem.id(),
                Map.of(
                        Item.QUESTION,
                        problem.question(),
                        Item.LANGUAGE,
                        problem.language().code(),
                        Item.KIND,
                        problem.family().key(),
                        INSTRUCTION,
                        instruction),
                new Item.Fixed(problem.problem().reference()));
    }
}
