package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Objects.requireNonNull;

import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.AnyAnswer;
import dev.tramontane.eval.language.LanguageGuess;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class NanoSuiteTest {
    private static final NanoSuite SUITE = new NanoSuite(1);

    private static SuiteChoice in(Language language) {
        return SuiteChoice.ALL.withLanguages(List.of(language));
    }

    @Test
    void some_questions_have_other_figures_and_traces_never_do() {
        for (Language language : Language.values()) {
            int others = 0;
            int problems = 2_000;
            for (GeneratedProblem problem : SUITE.problems(Split.TRAIN, in(language), problems)) {
                String rest = problem.steps() + problem.answer();
                assertTrue(rest.chars().noneMatch(NanoSuiteTest::isOtherFigure), rest);
                others += problem.question().chars().anyMatch(NanoSuiteTest::isOtherFigure) ? 1 : 0;
            }
            switch (language) {
                case ARABIC, CHINESE, JAPANESE ->
                        assertTrue(
                                others > problems / 20 && others < problems / 5,
                                language + " " + others);
                case ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, RUSSIAN -> assertEquals(0, others);
            }
        }
    }

    private static boolean isOtherFigure(int sign) {
        return Character.isDigit(sign) && sign > '9';
    }

    /// The solver reads the phrasings that both splits have; those for training alone are many.
    @Test
    void the_answer_is_what_an_independent_solver_finds() {
        var suite = new NanoSuite(1, language -> Phrases.of(language).withoutTaught());
        for (Split split : Split.values()) {
            for (GeneratedProblem problem : suite.problems(split, in(Language.ENGLISH), 1_200)) {
                assertEquals(
                        IndependentSolver.solve(problem), problem.answer(), problem.question());
            }
        }
    }

    @Test
    void a_problem_is_the_same_in_all_languages() {
        for (ProblemFamily family : ProblemFamily.all()) {
            for (int index = 0; index < 20 && !family.isVerbatim(); index++) {
                String english =
                        SUITE.problem(Split.TEST, Language.ENGLISH, family, 2, index).answer();
                for (Language language : Language.values()) {
                    GeneratedProblem problem =
                            SUITE.problem(Split.TEST, language, family, 2, index);
                    Set<String> meant = meaning(language, problem.answer());
                    meant.retainAll(meaning(Language.ENGLISH, english));
                    assertFalse(meant.isEmpty(), problem.question() + " " + problem.answer());
                    assertFalse(
                            problem.question().contains("{") && !family.key().equals("sets"),
                            problem.question());
                }
            }
        }
    }

    /// What may be meant in any language: the numbers of an answer; the keys that it is a phrase
    /// of; itself.
    private static Set<String> meaning(Language language, String answer) {
        if (answer.matches(".*\\d.*")) {
            return new HashSet<>(Set.of(numbers(answer).toString()));
        }
        Set<String> keys =
                Phrases.of(language).texts().entrySet().stream()
                        .filter(entry -> entry.getValue().contains(answer))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        return keys.isEmpty() ? new HashSet<>(Set.of(answer)) : keys;
    }

    @Test
    void traces_hold_and_their_conclusions_are_graded_right() {
        var grader = new AnyAnswer();
        for (GeneratedProblem problem : SUITE.problems(Split.TRAIN, SuiteChoice.ALL, 4_000)) {
            String trace = String.join("\n", problem.steps());
            assertEquals(Optional.empty(), TraceCheck.firstWrong(trace), trace);
            String whole =
                    problem.family().isVerbatim()
                            ? problem.conclusion()
                            : trace + "\n" + problem.conclusion();
            Reference reference = problem.problem().reference();
            assertTrue(grader.grade(reference, whole).correct(), problem.question() + "\n" + whole);
            assertFalse(grader.grade(reference, trace + "\n\\boxed{-1}").correct(), whole);
        }
    }

    @Test
    void the_language_of_every_trace_is_told_right() {
        var guess = new LanguageGuess();
        for (GeneratedProblem problem : SUITE.problems(Split.TRAIN, SuiteChoice.ALL, 8_000)) {
            String trace = String.join("\n", problem.steps());
            assertEquals(
                    Optional.of(problem.language().code()),
                    guess.of(trace),
                    problem.id() + "\n" + trace);
        }
    }

    /// In words and figures, each digit for itself, as a vocabulary with a token a digit has them.
    @Test
    void traces_are_short() {
        Pattern piece = Pattern.compile("\\d|\\p{L}+|[^\\s\\d\\p{L}]");
        long all = 0;
        int problems = 12_000;
        for (GeneratedProblem problem :
                SUITE.problems(Split.TRAIN, in(Language.ENGLISH), problems)) {
            long pieces = piece.matcher(String.join("\n", problem.steps())).results().count();
            assertTrue(pieces < 240, pieces + " " + problem);
            all += pieces;
        }
        assertTrue(all < 85L * problems, all / problems + " on average");
    }

    @Test
    void nothing_of_the_test_occurs_in_training() {
        List<GeneratedProblem> train = SUITE.problems(Split.TRAIN, SuiteChoice.ALL, 40_000);
        Set<String> questions =
                train.stream().map(GeneratedProblem::question).collect(Collectors.toSet());
        Set<String> stripped =
                train.stream().map(NanoSuiteTest::withoutWords).collect(Collectors.toSet());
        for (GeneratedProblem problem : SUITE.problems(Split.TEST, SuiteChoice.ALL, 10_000)) {
            assertFalse(questions.contains(problem.question()), problem.question());
            boolean hasDigits =
                    !problem.family().isVerbatim() && problem.question().matches("(?s).*\\d.*");
            if (hasDigits
                    && !problem.family().key().equals("calendar")
                    && !problem.family().key().equals("units")) {
                assertFalse(stripped.contains(withoutWords(problem)), problem.question());
            }
        }
    }

    /// Language, family and numbers, in their order in the question: its operands, whatever the
    /// phrasing.
    private static String withoutWords(GeneratedProblem problem) {
        return problem.family().key()
                + numbers(problem.question()).stream().sorted().toList()
                + problem.steps();
    }

    private static List<String> numbers(String text) {
        Matcher number = Pattern.compile("\\d+").matcher(text);
        return number.results().map(found -> found.group()).toList();
    }

    @Test
    void no_answer_can_be_guessed() {
        for (ProblemFamily family : ProblemFamily.all()) {
            for (int level = 1; level <= ProblemFamily.LEVELS; level++) {
                Map<String, Integer> counts = new HashMap<>();
                int problems = 1_000;
                for (int index = 0; index < problems; index++) {
                    String answer =
                            SUITE.problem(Split.TRAIN, Language.ENGLISH, family, level, index)
                                    .answer();
                    counts.merge(answer, 1, Integer::sum);
                }
                int most = counts.values().stream().max(Integer::compare).orElseThrow();
                double share = counts.size() == 2 ? 0.57 : 0.42; // yes and no, or more
                assertTrue(most <= share * problems, family.key() + " " + level + ": " + counts);
            }
        }
    }

    @Test
    void problems_are_various_and_levels_get_longer() {
        for (ProblemFamily family : ProblemFamily.all()) {
            Function<Integer, Double> length =
                    level ->
                            IntStream.range(0, 200)
                                    .mapToObj(
                                            index ->
                                                    SUITE.problem(
                                                            Split.TRAIN,
                                                            Language.ENGLISH,
                                                            family,
                                                            level,
                                                            index))
                                    .mapToInt(
                                            problem ->
                                                    problem.question().length()
                                                            + String.join("", problem.steps())
                                                                    .length())
                                    .average()
                                    .orElseThrow();
            assertTrue(length.apply(1) < length.apply(3), family.key());
            long various =
                    IntStream.range(0, 200)
                            .mapToObj(
                                    index ->
                                            SUITE.problem(
                                                            Split.TEST,
                                                            Language.GERMAN,
                                                            family,
                                                            2,
                                                            index)
                                                    .question())
                            .distinct()
                            .count();
            assertTrue(various > 120, family.key() + " has " + various + " of 200");
        }
    }

    @Test
    void a_seed_decides_everything_and_another_seed_says_something_else() {
        assertEquals(
                SUITE.problems(Split.TEST, SuiteChoice.ALL, 500),
                new NanoSuite(1).problems(Split.TEST, SuiteChoice.ALL, 500));
        assertNotEquals(
                SUITE.problems(Split.TEST, SuiteChoice.ALL, 500),
                new NanoSuite(2).problems(Split.TEST, SuiteChoice.ALL, 500));
        Set<String> ids =
                SUITE.problems(Split.TEST, SuiteChoice.ALL, 5_000).stream()
                        .map(GeneratedProblem::id)
                        .collect(Collectors.toSet());
        assertEquals(5_000, ids.size());
    }

    /// Recorded once in another process, a line a family: what a seed makes is the same in every
    /// run, on every machine. First what is asked and what is right, which must stay as it is, so
    /// that figures of two versions compare; then the traces and their conclusions.
    @Test
    void a_seed_makes_the_same_bytes_in_every_process() throws IOException {
        List<String> made = ProblemFamily.all().stream().map(NanoSuiteTest::line).sorted().toList();
        try (InputStream in = NanoSuiteTest.class.getResourceAsStream("golden.txt")) {
            String recorded = new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(recorded.strip(), String.join("\n", made));
        }
    }

    private static String line(ProblemFamily family) {
        List<GeneratedProblem> problems =
                IntStream.range(0, 270)
                        .mapToObj(
                                i ->
                                        SUITE.problem(
                                                Split.TEST,
                                                SuiteChoice.ALL.languages().get(i % 9),
                                                family,
                                                i / 9 % 3 + 1,
                                                i / 27))
                        .toList();
        return "%s %s %s"
                .formatted(
                        family.key(),
                        digest(problems, p -> p.id() + p.question() + p.reference()),
                        digest(problems, p -> p.steps() + p.conclusion()));
    }

    private static String digest(
            List<GeneratedProblem> problems, Function<GeneratedProblem, String> said) {
        String all = problems.stream().map(said).collect(Collectors.joining("\n"));
        return sha256(all).substring(0, 16);
    }

    private static String sha256(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// To be read by people who know the languages.
    @Test
    void a_sample_in_each_language_is_as_recorded() throws IOException {
        StringBuilder samples = new StringBuilder();
        for (Language language : Language.values()) {
            for (ProblemFamily family : List.of(SharingFamilies.RATE, new CalendarFamily())) {
                GeneratedProblem problem = SUITE.problem(Split.TRAIN, language, family, 2, 3);
                samples.append(problem.question()).append("\n  ");
                samples.append(String.join("\n  ", problem.steps()));
                samples.append("\n").append(problem.conclusion()).append("\n\n");
            }
        }
        try (InputStream in = NanoSuiteTest.class.getResourceAsStream("samples.txt")) {
            String recorded = new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(recorded.strip(), samples.toString().strip());
        }
    }

    @Test
    void a_level_that_is_none_is_refused() {
        ProblemFamily chain = ProblemFamily.all().getFirst();
        assertThrows(
                IllegalArgumentException.class,
                () -> SUITE.problem(Split.TEST, Language.FRENCH, chain, 0, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> SUITE.problem(Split.TEST, Language.FRENCH, chain, 1, -1));
        assertEquals(
                ProblemFamily.all().size(),
                ProblemFamily.all().stream().map(ProblemFamily::key).distinct().count());
        assertEquals(9, Arrays.stream(Language.values()).map(Language::code).distinct().count());
    }
}
