package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.Reference.Tests;
import dev.tramontane.eval.Reference.Tests.Case;
import dev.tramontane.tools.sandbox.Sandbox;
import dev.tramontane.tools.sandbox.SandboxOptions;
import dev.tramontane.tools.sandbox.SandboxUnavailableException;
import dev.tramontane.tools.sandbox.Sandboxes;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Programs as models write them, right and wrong, in a real sandbox.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ProgramOutputTest {
    private static final Tests DOUBLE =
            new Tests(
                    Optional.empty(),
                    List.of(new Case("1\n", "2\n"), new Case("21\n", "42"), new Case("-5", "-10")));
    private static final Tests ADD =
            new Tests(
                    Optional.of("total"),
                    List.of(new Case("1\n2", "3"), new Case("[1]\n[2, 3]", "[1, 2, 3]")));

    private Optional<Sandbox> sandbox = Optional.empty();

    @BeforeAll
    void open() throws InterruptedException {
        try {
            sandbox = Optional.of(Sandboxes.open(SandboxOptions.USUAL.withPlaces(1)));
        } catch (SandboxUnavailableException no) {
            Assumptions.abort("skipped: no sandbox here: " + no.getMessage());
        }
    }

    @AfterAll
    void close() {
        sandbox.ifPresent(Sandbox::close);
    }

    private Grade grade(Reference reference, String code) {
        return new ProgramOutput(sandbox.orElseThrow(), Duration.ofSeconds(2))
                .grade(reference, "Here it is.\n\n```python\n" + code + "\n```\nThat is all.");
    }

    private void passes(Reference reference, String code) {
        Grade grade = grade(reference, code);
        assertTrue(grade.correct(), grade::why);
        assertEquals(Optional.of(code + "\n"), grade.extracted());
    }

    private void fails(String why, Reference reference, String code) {
        Grade grade = grade(reference, code);
        assertFalse(grade.correct());
        assertTrue(grade.why().contains(why), grade::why);
    }

    @Test
    void a_right_program_passes_all_tests() {
        passes(DOUBLE, "print(int(input()) * 2)");
        assertEquals("passed all of 3 tests", grade(DOUBLE, "print(2 * int(input()))").why());
        passes(
                DOUBLE,
                """
                def main():
                    n = int(sys.stdin.readline())
                    print(f'{n * 2}   ')
                if __name__ == '__main__':
                    main()
                """);
    }

    @Test
    void input_is_read_in_every_way_programs_do() {
        passes(DOUBLE, "import os; print(int(os.read(0, os.fstat(0).st_size)) * 2)");
        passes(DOUBLE, "print(int(open(0).read()) * 2)");
        passes(DOUBLE, "for line in sys.stdin: print(int(line) * 2)");
        passes(DOUBLE, "import sys\nsys.stdout.write(str(int(sys.stdin.buffer.read()) * 2))");
        passes(DOUBLE, "import os\nos.write(1, str(int(input()) * 2).encode())");
        passes(
                DOUBLE,
                """
                import sys, threading
                def main():
                    global answer
                    answer = int(input()) * 2
                    print(answer)
                sys.setrecursionlimit(10 ** 6)
                threading.stack_size(1 << 27)
                thread = threading.Thread(target=main)
                thread.start()
                thread.join()
                """);
    }

    @Test
    void a_wrong_program_fails_with_its_first_wrong_test() {
        fails("test 2 of 3: line 1 is `22`, expected `42`", DOUBLE, "print(int(input()) + 1)");
        fails("test 1 of 3: it printed nothing, expected `2`", DOUBLE, "input()");
        fails("test 1 of 3: it printed 2 lines, expected 1", DOUBLE, "print(2); print(2)");
    }

    @Test
    void a_program_that_fails_is_named_with_its_error() {
        fails(
                "test 1 of 3: it ended with exit code 1: `ZeroDivisionError: division by zero`",
                DOUBLE,
                "print(int(input()) * 2); 1 / 0");
        fails("SyntaxError", DOUBLE, "print(");
        fails("it ended with exit code 139", DOUBLE, "import ctypes; ctypes.string_at(0)");
    }

    @Test
    void to_leave_by_exit_is_no_failure() {
        passes(DOUBLE, "print(int(input()) * 2); exit()");
        passes(DOUBLE, "print(int(input()) * 2); sys.exit(1)");
        fails("it printed nothing", DOUBLE, "exit(0)");
        fails("it printed nothing", DOUBLE, "import os; print(int(input()) * 2); os._exit(0)");
    }

    @Test
    void programs_that_want_too_much_end() {
        fails("test 1 of 3: it took longer than 2 s", DOUBLE, "while True: pass");
        fails("it wanted more memory than there is", DOUBLE, "x = [0] * (1 << 30)");
        fails("test 1 of 3: it printed", DOUBLE, "while True: print('y' * 10000)");
    }

    @Test
    void nothing_passes_from_a_test_to_the_next() {
        fails(
                "test 2 of 3: it ended with exit code 1: `FileNotFoundError",
                DOUBLE,
                """
                if input() == '1':
                    open('seen', 'w').write('x')
                    print(2)
                else:
                    open('seen')
                """);
    }

    @Test
    void the_method_of_a_class_solution_is_called() {
        passes(
                ADD,
                """
                class Solution:
                    def total(self, a: Union[int, List[int]], b) -> int:
                        print('debugging is no answer')
                        return a + b
                """);
    }

    @Test
    void a_bare_function_is_called() {
        passes(ADD, "def total(a, b):\n    return a + b\nif __name__ == '__main__':\n    1 / 0");
        passes(ADD, "from operator import add as total");
    }

    @Test
    void a_result_is_compared_as_python_compares() {
        passes(
                ADD,
                "def total(a, b): return tuple(a + b) if isinstance(a, list) else float(a + b)");
        fails(
                "test 2 of 2: total returned `{\"no JSON\": \"deque\"}`",
                ADD,
                "def total(a, b): return a + b if a == 1 else deque(a + b)");
        var pairs = new Tests(Optional.of("f"), List.of(new Case("1", "[[1, 2]]")));
        passes(pairs, "def f(x): return [[1, 2]]");
        fails("test 1 of 1: f returned", pairs, "def f(x): return [(1, 2)]");
        var big = new Tests(Optional.of("f"), List.of(new Case("5000", "1" + "0".repeat(5000))));
        passes(big, "def f(x): return 10 ** x");
    }

    @Test
    void a_function_that_does_not_answer_fails() {
        fails("test 1 of 2: total returned `null`, expected `3`", ADD, "def total(a, b): pass");
        fails("AttributeError", ADD, "def sub(a, b): return a - b");
        fails("TypeError", ADD, "def total(a): return a");
        fails(
                "test 1 of 2: it took longer than 2 s",
                ADD,
                "def total(a, b):\n    while True: pass");
        fails("test 1 of 2: it ended before total returned", ADD, "def total(a, b): exit()");
        fails("RecursionError", ADD, "def total(a, b): return total(a, b)");
    }

    @Test
    void results_cannot_be_forged_without_knowing_them() {
        fails(
                "test 1 of 2: it ended before total returned",
                ADD,
                "import os\nopen('result', 'w').write('3')\nos._exit(0)");
        fails("FileNotFoundError", ADD, "def total(a, b): return json.load(open('expected'))");
    }

    @Test
    void an_answer_without_a_closed_block_is_wrong() {
        var grader = new ProgramOutput(sandbox.orElseThrow());
        Grade grade = grader.grade(DOUBLE, "```python\nprint(int(input()) * 2)");
        assertFalse(grade.correct());
        assertEquals(Optional.empty(), grade.extracted());
        assertEquals("no code: expected a closed block between ``` fences", grade.why());
        assertTrue(grader.tier().contains("Python 3"), grader::tier);
    }

    @Test
    void a_hundred_tests_are_run() {
        var tests =
                new Tests(
                        Optional.empty(),
                        IntStream.range(0, 100)
                                .mapToObj(n -> new Case(n + "\n", n * n + "\n"))
                                .toList());
        passes(tests, "print(int(input()) ** 2)");
        fails("test 100 of 100: ", tests, "n = int(input()); print(n * n if n < 99 else 0)");
    }

    @Test
    void a_reference_that_is_no_test_is_refused() {
        var grader = new ProgramOutput(sandbox.orElseThrow());
        assertThrows(
                IllegalArgumentException.class,
                () -> grader.grade(new Reference.Text(List.of("1")), "1"));
        assertThrows(
                IllegalArgumentException.class,
                () -> grader.grade(new Tests(Optional.empty(), List.of()), "1"));
    }
}
