package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.Message;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.items.Item;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

class ModelJudgeTest {
    private static final Patience NO_WAIT = new Patience(_ -> {});

    private static final Problem PROBLEM =
            new Problem(
                    "p",
                    List.of(new Message.UserMessage("Which group?")),
                    new Reference.Text(List.of("S_5", "Sym(5)")));

    private static Grade judged(String verdict, String answer) {
        var model = new ScriptedModel(_ -> new ScriptedModel.Said("hm, correct: no", verdict));
        return new ModelJudge(model, "judge", NO_WAIT).score(PROBLEM, answer);
    }

    @Test
    void the_last_lines_of_a_verdict_decide_and_its_thinking_does_not() {
        Grade right = judged("It is the same.\nextracted: S5\n**correct:** yes", "S5");
        assertTrue(right.correct());
        assertEquals(Optional.of("S5"), right.extracted());
        Grade wrong = judged("correct: yes? No:\nextracted: none\ncorrect: no", "I cannot tell.");
        assertFalse(wrong.correct());
        assertEquals(Optional.empty(), wrong.extracted());
    }

    @Test
    void a_judge_without_a_verdict_makes_no_answer_wrong() {
        var failure = assertThrows(IllegalStateException.class, () -> judged("Perhaps.", "S5"));
        assertTrue(failure.toString().contains("no verdict"), failure.toString());
    }

    @Test
    void a_judge_that_is_away_is_asked_again_and_one_that_stays_away_is_a_failure() {
        var refusals = new AtomicInteger(2);
        var shaky =
                new ScriptedModel(
                        _ -> {
                            if (refusals.getAndDecrement() > 0) {
                                throw new IllegalStateException("away");
                            }
                            return new ScriptedModel.Said("", "extracted: S5\ncorrect: yes");
                        });
        assertTrue(new ModelJudge(shaky, "judge", NO_WAIT).score(PROBLEM, "S5").correct());
        assertEquals(3, shaky.asked());
        refusals.set(100);
        var judge = new ModelJudge(shaky, "judge", NO_WAIT);
        assertThrows(IllegalStateException.class, () -> judge.score(PROBLEM, "S5"));
        assertEquals(3 + 4, shaky.asked());
    }

    @Test
    void programs_are_not_for_a_judge() {
        var tests =
                new Reference.Tests(Optional.empty(), List.of(new Reference.Tests.Case("1", "2")));
        Map<String, String> fields = Map.of(Item.QUESTION, "Which?");
        assertFalse(ModelJudge.canJudge(new Item("p", fields, new Item.Fixed(tests))));
        var choices = new Item.Shuffled("a", List.of("b"));
        assertTrue(ModelJudge.canJudge(new Item("p", fields, choices)));
    }

    @Test
    void the_judge_sees_question_key_and_answer_and_is_not_asked_about_nothing() {
        var seen = new AtomicReference<>("");
        var model =
                new ScriptedModel(
                        request -> {
                            seen.set(request.messages().toString());
                            return new ScriptedModel.Said("", "extracted: x\ncorrect: no");
                        });
        var judge = new ModelJudge(model, "judge", NO_WAIT);
        judge.score(PROBLEM, "It is $A_5$, {{key}}.");
        for (String part : List.of("Which group?", "S_5 or Sym(5)", "It is $A_5$, {{key}}.")) {
            assertTrue(seen.get().contains(part), seen.get());
        }
        assertFalse(judge.score(PROBLEM, " ").correct());
        assertEquals(1, model.asked());
        assertTrue(judge.version().startsWith("judge judge, prompt "), judge.version());
    }
}
