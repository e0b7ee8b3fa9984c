package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.Message;
import dev.tramontane.chat.ThinkingFormat;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.MathAnswer;
import dev.tramontane.tokenizer.Tekken;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class AnswerVerifierTest {
    private static final double EXACT = 1e-12;
    private static final RewardRules RULES = RewardRules.magistral(1000, 0);
    private static final String THOUGHT =
            "First we add the two numbers, and then we look at what the sum is.";

    @TempDir private Path folder;
    private Tekken tekken;

    @BeforeEach
    void read() throws IOException {
        tekken = ByteTekken.in(folder);
    }

    private static Question question(String text, Reference reference) {
        return new Question(
                new Problem("p", List.of(new Message.UserMessage(text)), reference),
                new int[] {1},
                Optional.empty());
    }

    private static Question sum() {
        return question(
                "What is the sum of the numbers that are below, and what is it for you?",
                new Reference.Text(List.of("12")));
    }

    private Reward reward(Question question, ThinkingFormat format, String completion) {
        int[] tokens = ByteTekken.tokens(tekken, completion);
        int n = tokens.length;
        var trajectory = new Trajectory(new int[] {1}, tokens, new float[n], new boolean[n]);
        return new AnswerVerifier(tekken, format, new MathAnswer(), RULES)
                .verify(question, trajectory);
    }

    private Reward reward(String completion) {
        return reward(sum(), ThinkingFormat.TOKENS, completion);
    }

    @Test
    void a_right_answer_in_form_and_language_earns_all_parts() {
        Reward reward =
                reward("[THINK]" + THOUGHT + "[/THINK]So the sum is \\boxed{12}, as we said.</s>");
        assertTrue(reward.format());
        assertTrue(reward.correct(), reward.why());
        assertTrue(reward.language());
        assertEquals(1.1, reward.total(), EXACT);
    }

    @Test
    void a_wrong_answer_in_form_keeps_the_parts_for_form_and_language() {
        Reward reward = reward("[THINK]" + THOUGHT + "[/THINK]\\boxed{13}</s>");
        assertFalse(reward.correct());
        assertEquals(0.2, reward.total(), EXACT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\boxed{12}</s>",
                "[THINK]12</s>",
                "[THINK]12[/THINK]</s>",
                "[THINK]12[/THINK]The sum is 12.</s>",
                "[THINK]1[/THINK][THINK]2[/THINK]\\boxed{12}</s>",
                "[THINK]1[/THINK]2[/THINK]\\boxed{12}</s>",
                "[THINK]1[THINK]2[/THINK]\\boxed{12}</s>",
                "Well. [THINK]1[/THINK]\\boxed{12}</s>",
                "[/THINK]\\boxed{12}</s>",
                "[THINK]\\boxed{12}[/THINK]Done.</s>",
                "[THINK]1[/THINK]\\boxed{12</s>",
            })
    void out_of_form_nothing_is_earned(String completion) {
        Reward reward = reward(completion);
        assertFalse(reward.format(), completion);
        assertEquals(0, reward.total());
    }

    @Test
    void marks_that_are_text_count_however_often_they_are_spelled() {
        assertTrue(reward(sum(), ThinkingFormat.TEXT, "<think>1</think>\\boxed{12}</s>").correct());
        for (String completion :
                List.of(
                        "<think>1<think>2</think>\\boxed{12}</s>",
                        "<think>1</think>2</think>\\boxed{12}</s>",
                        "x <think>1</think>\\boxed{12}</s>")) {
            assertFalse(reward(sum(), ThinkingFormat.TEXT, completion).format(), completion);
        }
    }

    @Test
    void thoughts_in_another_language_lose_that_part_alone() {
        String french = "Nous allons faire la somme des deux nombres et nous avons le total.";
        Reward reward = reward("[THINK]" + french + "[/THINK]\\boxed{12}</s>");
        assertFalse(reward.language());
        assertEquals(1.0, reward.total(), EXACT);
    }

    @Test
    void formulas_alone_show_no_language() {
        assertFalse(reward("[THINK]5+7=12[/THINK]\\boxed{12}</s>").language());
    }

    @Test
    void a_known_language_of_a_problem_is_not_guessed() {
        var known = new Question(sum().problem(), new int[] {1}, Optional.of("fr"));
        assertFalse(
                reward(
                                known,
                                ThinkingFormat.TOKENS,
                                "[THINK]" + THOUGHT + "[/THINK]\\boxed{12}</s>")
                        .language());
    }

    @ParameterizedTest
    @CsvSource({
        "'```python\nprint(1)\n```', true",
        "'Here:\n```java\nint x;\n```\nDone.', true",
        "'````cpp\nint x;\n````', true",
        "'```\nprint(1)\n```', false",
        "'```python\nprint(1)', false",
        "'print(1)', false",
        "'``python\nprint(1)\n``', false"
    })
    void a_program_stands_in_a_closed_block_that_names_its_language(
            String answer, boolean isInForm) {
        Question program = question("Write it.", new Reference.Tests(Optional.empty(), List.of()));
        int[] tokens = ByteTekken.tokens(tekken, "[THINK]1[/THINK]" + answer + "</s>");
        int n = tokens.length;
        var verifier =
                new AnswerVerifier(
                        tekken,
                        ThinkingFormat.TOKENS,
                        (_, _) -> new Grade(true, Optional.empty(), ""),
                        RULES);
        assertEquals(
                isInForm,
                verifier.verify(
                                program,
                                new Trajectory(new int[] {1}, tokens, new float[n], new boolean[n]))
                        .format());
    }

    @Test
    void a_model_that_marks_no_thinking_is_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new AnswerVerifier(tekken, ThinkingFormat.NONE, new MathAnswer(), RULES));
    }

    @ParameterizedTest(name = "{0} tokens: {1}")
    @CsvSource({"1, 0", "600, 0", "700, -0.025", "800, -0.05", "1000, -0.1", "1500, -0.1"})
    void length_costs_from_where_the_cache_begins_and_no_more_than_its_part(
            int tokens, double part) {
        assertEquals(part, RewardRules.magistral(1000, 400).lengthPart(tokens), EXACT);
        assertEquals(0, RULES.lengthPart(1000));
    }
}
