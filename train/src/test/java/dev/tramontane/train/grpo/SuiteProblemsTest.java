package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.Graders;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.SuiteChoice;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class SuiteProblemsTest {
    @TempDir private Path folder;

    private SuiteProblems problems(Tekken tekken, long seed) {
        return new SuiteProblems(
                seed,
                new SuiteChoice(
                        ProblemFamily.all().subList(0, 3),
                        List.of(Language.ENGLISH, Language.FRENCH),
                        List.of(1, 2)),
                InstructTemplate.of(tekken, Optional.empty()).orElseThrow(),
                Optional.of(new Message.SystemMessage("Think.")));
    }

    @Test
    void problems_come_by_turns_of_family_language_and_level_and_none_twice() throws IOException {
        Tekken tekken = ByteTekken.in(folder);
        Problems problems = problems(tekken, 3);
        Set<String> ids = new HashSet<>();
        for (int number = 0; number < 48; number++) {
            Question question = problems.at(number);
            assertTrue(ids.add(question.problem().id()), question.problem().id());
            String family = ProblemFamily.all().get(number % 3).key();
            String language = number / 3 % 2 == 0 ? "en" : "fr";
            int level = number / 6 % 2 + 1;
            String start = "train/%s/%s/%d/".formatted(family, language, level);
            assertTrue(question.problem().id().startsWith(start), question.problem().id());
            assertEquals(Optional.of(language), question.language());
        }
        assertArrayEquals(problems.at(7).prompt(), problems(tekken, 3).at(7).prompt());
    }

    @Test
    void a_prompt_has_the_formats_marks_and_asks_for_a_box() throws IOException {
        Tekken tekken = ByteTekken.in(folder);
        Question question = problems(tekken, 3).at(0);
        String prompt = tekken.decode(question.prompt(), SpecialTokens.KEEP);
        assertTrue(prompt.startsWith("<s>[SYSTEM_PROMPT]Think.[/SYSTEM_PROMPT][INST]"), prompt);
        assertTrue(prompt.contains("\\boxed{}") && prompt.endsWith("[/INST]"), prompt);
    }

    @ParameterizedTest
    @CsvSource({"river 42 Blue Anna, true", "river 42 blue Anna, false", "42, false"})
    void a_text_that_is_to_be_exact_is_graded_so(String answer, boolean isRight) {
        var wanted = new Reference.Verbatim("river 42 Blue Anna");
        try (var graders = new Graders()) {
            Grader grader = graders.of(SuiteProblems.SCORER);
            assertEquals(isRight, grader.grade(wanted, answer).correct());
            Reference number = new Reference.Text(List.of("12"));
            assertTrue(grader.grade(number, "It is \\boxed{12}.").correct());
        }
    }

    @Test
    void a_choice_of_nothing_is_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new SuiteChoice(List.of(), List.of(Language.ENGLISH), List.of(1)));
    }
}
