package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class TraceCheckTest {
    private static final NanoSuite SUITE = new NanoSuite(1);

    @Test
    void steps_in_other_words_or_with_other_figures_are_found() {
        GeneratedProblem problem =
                SUITE.problem(Split.TEST, Language.ITALIAN, ProblemFamily.all().getFirst(), 2, 0);
        String trace = String.join("\n", problem.steps());
        assertEquals(
                Optional.empty(),
                TraceCheck.firstDeparture(problem, "\n " + trace.replace("\n", "  \n\n") + " \n"));
        String last = problem.steps().getLast();
        assertEquals(Optional.of(last + "0"), TraceCheck.firstDeparture(problem, trace + "0"));
        assertEquals(
                Optional.of(""),
                TraceCheck.firstDeparture(
                        problem, trace.substring(0, trace.length() - last.length())));
        assertEquals(Optional.of("more"), TraceCheck.firstDeparture(problem, trace + "\nmore"));
    }

    @Test
    void a_wrong_step_is_found() {
        assertEquals(
                Optional.of("7 × 9 = 64"),
                TraceCheck.firstWrong("So 2 + 2 = 4.\nWir erhalten 7 × 9 = 64 Euro."));
        assertEquals(Optional.of("23×4=80+12=93"), TraceCheck.firstWrong("a) 23×4=80+12=93 → 93"));
        for (String right :
                List.of(
                        "1 km = 1000 m, (2 + 3) × 4 = 20 und 17 = 3 × 5 + 2.",
                        "5+8+1=14 → 04\n7+0=7 → 704",
                        "28: 6×4=24, 28-24=4 → 4",
                        "7x + 2 = 65, 65 = 7x+2 und x = 63/7 = 9",
                        "1/2+1/3=3/6+2/6=5/6, 0.5=1/2, 7.25>7 ≥ 2 ≠ 3",
                        "7 \\times 9 = 63 und 8 \\div 2 = 4",
                        "- 3+4=7",
                        "m0 i0 s1",
                        "= ".repeat(100_000),
                        "(".repeat(200) + "1" + ")".repeat(200) + "=2")) {
            assertEquals(Optional.empty(), TraceCheck.firstWrong(right));
        }
        for (String wrong :
                List.of(
                        "7 \\times 9 = 64",
                        "Also 1/2+1/3=2/5.",
                        "28: 6×4=24, 28-24=5 → 4",
                        "x=63/7=8",
                        "12 > 21",
                        "得到 3+4=8。",
                        "5 = 5 = 6",
                        "2-(3-4)=-1",
                        "(3+4=8)")) {
            assertTrue(TraceCheck.firstWrong(wrong).isPresent(), wrong);
        }
    }
}
