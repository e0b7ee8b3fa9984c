package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Answers that ask for more than a grading has: each is graded, as wrong, and none holds the
/// grader up.
class HostileAnswersTest {
    /// Far beyond the two seconds that a grading may take, as a busy machine is slow; without
    /// bounds it would be hours.
    private static final Duration NEVER = Duration.ofMinutes(3);

    private static final int MEGABYTE = 1 << 20;

    private static void isRefused(String answer) {
        for (Grader grader : List.of(new MathAnswer(), new NumberAnswer(), new ChoiceLetter())) {
            Grade grade =
                    assertTimeoutPreemptively(
                            NEVER,
                            () -> grader.grade(new Reference.Text(List.of("7919")), answer),
                            answer.substring(0, Math.min(100, answer.length())));
            assertFalse(grade.correct(), answer.substring(0, Math.min(100, answer.length())));
            assertTrue(grade.why().length() < 1_000, grade.why());
        }
    }

    @Test
    void long_answers_are_bounded() {
        isRefused("\\boxed{" + "x^2+".repeat(5 * MEGABYTE / 2) + "1}");
        isRefused("\\boxed{" + "1".repeat(10 * MEGABYTE) + "}");
        isRefused("\\boxed{x}".repeat(MEGABYTE));
        isRefused("\\boxed{".repeat(MEGABYTE));
        isRefused("\\boxed{".repeat(MEGABYTE) + "}".repeat(MEGABYTE));
        isRefused("{".repeat(10 * MEGABYTE));
        isRefused("$".repeat(10 * MEGABYTE));
        isRefused("$$ ".repeat(MEGABYTE));
        isRefused("**".repeat(MEGABYTE));
        isRefused("The answer is ".repeat(MEGABYTE));
        isRefused("Answer: A or ".repeat(MEGABYTE));
        isRefused("1,".repeat(MEGABYTE) + "1");
        isRefused(" ".repeat(10 * MEGABYTE) + "x");
        isRefused("\n".repeat(10 * MEGABYTE) + "x");
        isRefused("\\".repeat(MEGABYTE));
        isRefused("(A) ".repeat(MEGABYTE));
    }

    @Test
    void long_space_and_marks_inside_an_announcement_are_bounded() {
        for (String filling : List.of(" ", "\n", "*", "_", ".", ":", "\\, ", "**A", "- ")) {
            String run = filling.repeat(19_900 / filling.length());
            for (String open :
                    List.of(
                            "answer of",
                            "answer of x",
                            "the final answer",
                            "The answer to this is",
                            "Answer:",
                            "правильный",
                            "réponse",
                            "B is the",
                            "(A",
                            "so")) {
                isRefused(open + run + "x");
            }
            isRefused("\\boxed{" + run + "x}");
            isRefused("\\boxed{" + filling.repeat(100) + "x}");
        }
        for (String run : List.of("\\text{  ", "  ,", "(a b ", "\\, (ab", ", since ")) {
            isRefused("\\boxed{x y z" + run.repeat(480 / run.length()) + "}");
        }
        isRefused("answer of ".repeat(1_990) + "x");
        isRefused(("answer of" + " ".repeat(91)).repeat(199) + "x");
    }

    @Test
    void deep_answers_are_bounded() {
        for (String open :
                List.of(
                        "{",
                        "(",
                        "[",
                        "\\{",
                        "\\sqrt{",
                        "\\frac{1}{",
                        "-",
                        "x^{",
                        "|",
                        "\\sin ",
                        "\\left(",
                        "2^",
                        "1/",
                        "\\text{",
                        "!",
                        "f(",
                        "\\log_{")) {
            for (int times : List.of(50, 150, 2_000)) {
                isRefused("\\boxed{" + open.repeat(times) + "}");
                isRefused(
                        "\\boxed{"
                                + open.repeat(times)
                                + "x"
                                + (open.contains("{") ? "}" : open.contains("(") ? ")" : "")
                                        .repeat(times)
                                + "}");
            }
        }
    }

    @Test
    void numbers_without_end_are_bounded() {
        for (String number :
                List.of(
                        "9^{9^{9^{9}}}",
                        "9^{9^{9^{9^{9^{9}}}}}",
                        "-9^{9^{9}}",
                        "(9^9)^{(9^9)^{9^9}}",
                        "1.5^{9^{9}}",
                        "10^{1000000000}",
                        "10^{-1000000000}",
                        "1e999999999",
                        "1e9999",
                        "99999!",
                        "999999999999!",
                        "5000!!",
                        "((5000!)!)!",
                        "\\binom{20000}{10000}",
                        "\\binom{1000000000}{500000000}",
                        "\\sqrt[999999999]{2}",
                        "\\sqrt[1000]{2^{60000}+1}",
                        "2^{65000} + 3^{40000}",
                        "(2^{60000}+1)/(3^{30000}-1)",
                        "e^{e^{e^{e^{e}}}}",
                        "e^{-e^{20}}",
                        "\\sin(10^{100})",
                        "\\tan(\\tan(\\tan(\\tan(\\pi/2))))",
                        "\\ln(\\ln(\\ln(1)))",
                        "\\sum_{k=1}^{1000000000} k",
                        "\\sum_{a=1}^{1000}\\sum_{b=1}^{1000}\\sum_{c=1}^{1000} abc",
                        "\\prod_{k=1}^{1000} (k^{k})",
                        "\\log_{1.0000001} 10^{300}",
                        "\\log_{2} 0",
                        "\\frac{1}{0}",
                        "0^0",
                        "\\frac{0}{0}",
                        "x^{x^{x^{x^{x}}}}",
                        "(x+y+z)^{99999999}",
                        "(x+1)^{1000}-(x+1)^{1000}",
                        "\\lfloor 10^{5000}\\pi \\rfloor",
                        "\\arcsin(2)",
                        "\\gcd(2^{60000}, 3^{30000})",
                        "0.\\overline{" + "123456789".repeat(1_000) + "}",
                        "1".repeat(4_000) + "^{3}",
                        "\\sqrt{" + "7".repeat(4_000) + "}",
                        "\\int_0^1\\int_0^1\\int_0^1 \\sin(xyz)dxdydz",
                        "\\int_0^{10^{300}} \\sin(x^{x})dx",
                        "\\int_{-\\infty}^{\\infty} e^{e^{x}} dx",
                        "\\int_{\\infty}^0 x dx",
                        "\\int_0^1 \\frac{dx}{x}",
                        "\\int".repeat(150) + " x dx",
                        "\\lim_{x\\to\\infty} \\sin x",
                        "\\lim_{x\\to\\infty} x^{x^{x}}",
                        "\\lim_{x\\to 0}".repeat(50) + " x",
                        "\\sum_{n=1}^{\\infty} \\frac{1}{n}",
                        "\\sum_{n=1}^{\\infty}".repeat(20) + " 2^{-n}",
                        "\\frac{d}{dx}".repeat(50) + " x^{99}",
                        "\\zeta(1.0000001)",
                        "\\Gamma(99999999)",
                        "\\begin{pmatrix}2&1\\\\1&2\\end{pmatrix}".repeat(100),
                        "(" + "[0,1]\\cap".repeat(300) + "[0,1])")) {
            isRefused("\\boxed{" + number + "}");
            isRefused("\\boxed{" + number + " = x}");
        }
    }

    @Test
    void many_parts_are_bounded() {
        String roots = "\\sqrt{2}+\\sqrt[3]{3}-\\ln 5,".repeat(200);
        isRefused("\\boxed{" + roots + "}");
        isRefused("\\boxed{\\{" + "\\pm 1,".repeat(900) + "\\}}");
        isRefused("\\boxed{" + "\\sin x \\cos y +".repeat(300) + "1}");
        isRefused("\\boxed{\\begin{pmatrix}" + "1&2\\\\".repeat(500) + "\\end{pmatrix}}");
        isRefused("\\boxed{" + "(0,1)\\cup".repeat(500) + "(2,3)}");
        isRefused("\\boxed{" + "x=".repeat(900) + "1}");
        String same = "\\sqrt{2+x}\\cdot\\ln(1+x^2)+".repeat(100) + "1";
        Grade grade =
                assertTimeoutPreemptively(
                        NEVER,
                        () ->
                                new MathAnswer()
                                        .grade(
                                                new Reference.Text(List.of(same + "+0")),
                                                "\\boxed{0+" + same + "}"));
        assertTrue(grade.extracted().isPresent());
    }

    /// Whatever letters and signs come together, an answer is graded, and nothing is thrown.
    @Test
    void no_text_makes_a_grader_throw() {
        String[] pieces =
                ("\\boxed{ } { ( ) [ ] \\{ \\} $ \\frac \\sqrt ^ _ = < > \\le \\pm , ; : 1 23 4.5 x y e i \\pi | \\| ! % ° \\sin \\log"
                                + " \\text{ cm and or \\begin{pmatrix} \\end{pmatrix} & \\\\ \\cup \\in \\mathbb{R} \\infty ∞ √ ² ½ the answer is"
                                + " ** \\binom \\sum \\overline \\left \\right . \\ \\over \\pmod mod # \uD83D \u0661 \\not - + * / ' \" \\$ € 1,234 \\setminus \\int_0^1 dx \\lim_{x \\to \\frac{d}{dx} ^+ ^T to third \\cap | ⟩ 3:05 PM \\begin{cases} \\end{cases} if")
                        .split(" ");
        var random = new SplittableRandom(17);
        List<Grader> graders = List.of(new MathAnswer(), new ChoiceLetter(), new NumberAnswer());
        for (int i = 0; i < 6_000; i++) {
            List<String> chosen = new ArrayList<>();
            int length = random.nextInt(1, 14);
            for (int k = 0; k < length; k++) {
                chosen.add(pieces[random.nextInt(pieces.length)]);
            }
            String text = String.join(random.nextBoolean() ? " " : "", chosen);
            Grade grade = graders.get(i % 3).grade(new Reference.Text(List.of("7919")), text);
            assertFalse(grade.correct() && !text.contains("7919"), text);
            assertTrue(
                    new MathAnswer().grade(new Reference.Text(List.of(text + " q")), "\\boxed{1}")
                            != null);
        }
    }
}
