package dev.tramontane.eval.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.MathAnswer;
import dev.tramontane.eval.items.ItemException;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Scorer;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class RecordedResponsesTest {
    private static final Scorer MATH =
            (problem, answer) -> new MathAnswer().grade(problem.reference(), answer);

    private static List<Attempt> graded(RecordedResponses responses, String... lines)
            throws IOException {
        byte[] file = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        List<Attempt> attempts = new ArrayList<>();
        responses.grade(new ByteArrayInputStream(file), "file", attempts::add);
        return attempts;
    }

    private static List<Attempt> graded(String... lines) throws IOException {
        return graded(new RecordedResponses(MATH, List.of()), lines);
    }

    private static String error(Attempt attempt) {
        return switch (attempt.outcome()) {
            case Attempt.Failed(String error) -> error;
            case Attempt.Graded(Grade grade, _, _) -> "graded: " + grade.why();
        };
    }

    private static Reference.Tests tests(String answer) throws ItemException {
        String line = "{\"id\": 1, \"response\": \"x\", \"answer\": %s}".formatted(answer);
        return (Reference.Tests) ResponseLine.read(line, "file:1").reference().orElseThrow();
    }

    private static Reference.Tests.Case test(String input, String output) {
        return new Reference.Tests.Case(input, output);
    }

    @Test
    void a_field_that_is_null_is_as_one_that_is_absent() throws IOException {
        ResponseLine line =
                ResponseLine.read(
                        "{\"id\": 1, \"response\": \"4\", \"answer\": null, \"sample\": null,"
                                + " \"finish_reason\": null, \"choices\": null}",
                        "file:1");
        assertEquals(new ResponseLine("1", 0, "4", false, Optional.empty()), line);
        assertTrue(
                error(graded("{\"id\": 1, \"response\": \"null\", \"answer\": null}").getFirst())
                        .contains("no answer"));
    }

    @Test
    void tests_may_have_lists_as_APPS_and_TACO_write_them() throws ItemException {
        assertEquals(
                new Reference.Tests(
                        Optional.of("add"), List.of(test("1\n\"a\"\n[2]", "3"), test("", "\"b\""))),
                tests(
                        "{\"fn_name\": \"add\", \"inputs\": [[1, \"a\", [2]], []],"
                                + " \"outputs\": [[3], [\"b\"]]}"));
        assertEquals(
                List.of(test("1", "[3]"), test("2", "[]"), test("3", "4")),
                tests(
                                "{\"fn_name\": \"f\", \"inputs\": [[1], [2], \"3\"],"
                                        + " \"outputs\": [[3], [], \"4\"]}")
                        .cases());
        assertEquals(
                new Reference.Tests(
                        Optional.empty(), List.of(test("1 2\n3", "5\n6"), test("7", "8"))),
                tests(
                        "{\"fn_name\": null, \"inputs\": [[\"1 2\", 3], \"7\"],"
                                + " \"outputs\": [[\"5\", \"6\"], 8]}"));
    }

    @Test
    void a_line_that_cannot_be_graded_does_not_end_the_others() throws IOException {
        Scorer endless =
                new Scorer() {
                    @Override
                    public Grade score(Problem problem, String answer) {
                        return answer.equals("deep")
                                ? score(problem, answer)
                                : MATH.score(problem, answer);
                    }
                };
        List<Attempt> attempts =
                graded(
                        new RecordedResponses(endless, List.of()),
                        "{\"id\": 1, \"response\": \"x\", \"answer\": {\"inputs\": [[]], \"outputs\": [[]]}}",
                        "{\"id\": 2, \"response\": \"deep\", \"answer\": 4}",
                        "{\"id\": 3, \"response\": \"4\", \"answer\": []}",
                        "{\"id\": 4, \"response\": \"4\", \"answer\": 4}");
        assertEquals(4, attempts.size());
        assertEquals("grading failed: nested too deep", error(attempts.get(1)));
        assertFalse(attempts.get(2).isGraded());
        assertTrue(attempts.get(3).isCorrect());
    }

    @Test
    void thinking_that_the_prompt_opened_is_no_answer_when_it_was_cut_off() throws IOException {
        String cut =
                "{\"id\": 1, \"response\": \"so \\\\boxed{4}\", \"answer\": 4, \"finish_reason\": \"length\"}";
        String closed = "{\"id\": 2, \"response\": \"5?</think>4\", \"answer\": 4}";
        String bare = "{\"id\": 3, \"response\": \"4\", \"answer\": 4}";
        List<Attempt> attempts = graded(closed, cut, bare);
        assertTrue(attempts.get(0).isCorrect());
        assertFalse(attempts.get(1).isCorrect());
        assertTrue(attempts.get(1).isTruncated());
        assertTrue(attempts.get(2).isCorrect());
        assertTrue(graded(cut, bare).getFirst().isCorrect());

        List<Attempt> told =
                graded(new RecordedResponses(MATH, List.of(), true), cut, closed, bare);
        assertEquals(List.of(false, true, false), told.stream().map(Attempt::isCorrect).toList());
        assertTrue(told.get(2).isTruncated());
    }
}
