package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.Reference.Tests.Case;
import dev.tramontane.tools.sandbox.Limits;
import dev.tramontane.tools.sandbox.Program;
import dev.tramontane.tools.sandbox.RunResult;
import dev.tramontane.tools.sandbox.RunResult.Limit;
import dev.tramontane.tools.sandbox.Sandbox;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/// Right is a program that passes all of its tests, run in a sandbox: the last fenced block of the
/// answer.
///
/// Two kinds of test, as LiveCodeBench has them: the program reads standard input and its output is
/// compared ({@link PrintedOutput}), or a function of it, or of its class `Solution`, is called
/// with arguments and its result is compared ({@link ReturnedValue}). Each test has a process, a
/// folder and a time limit of its own. What a program should answer never enters the sandbox, so
/// there is nothing in it to read or to forge.
///
/// The limit is on processor time where the published grader has one on the clock, so that a busy
/// machine does not make a program slow; one that sleeps is ended after ten times as long.
public final class ProgramOutput implements Grader {
    /// The published time limit of one test.
    public static final Duration TEST_TIME = Duration.ofSeconds(6);

    private static final int CLOCK_TIMES = 10;
    private static final int WHOLE_TIMES = 3;
    private static final Duration SPARE = Duration.ofSeconds(5);
    private static final int MOST_OUTPUT = 64 << 20;

    private static final String SOLUTION = "solution.py";
    private static final String RETURNED = "returned";

    private final Sandbox sandbox;
    private final Duration testTime;

    /// @param sandbox stays its owner's, who closes it
    public ProgramOutput(Sandbox sandbox) {
        this(sandbox, TEST_TIME);
    }

    /// @param testTime of processors, for each test
    public ProgramOutput(Sandbox sandbox, Duration testTime) {
        this.sandbox = sandbox;
        this.testTime = testTime;
    }

    /// What kept the programs in, for the report.
    public String tier() {
        return sandbox.tier();
    }

    /// @throws IllegalArgumentException if the reference is no program's tests, or a test is
    ///   malformed
    /// @throws CancellationException if this thread is interrupted
    @Override
    public Grade grade(Reference reference, String answer) {
        Reference.Tests tests =
                switch (reference) {
                    case Reference.Tests given when !given.cases().isEmpty() -> given;
                    case Reference.Tests _,
                            Reference.Text _,
                            Reference.Verbatim _,
                            Reference.Choice _ ->
                            throw new IllegalArgumentException(
                                    "a reference without tests cannot grade a program; use another grader than `code`");
                };
        Optional<String> code = CodeBlock.last(answer);
        if (code.isEmpty()) {
            return new Grade(false, code, "no code: expected a closed block between ``` fences");
        }
        Optional<String> failure = firstFailure(tests, code.get());
        return new Grade(
                failure.isEmpty(),
                code,
                failure.orElse("passed all of %d tests".formatted(tests.cases().size())));
    }

    private Optional<String> firstFailure(Reference.Tests tests, String code) {
        int count = tests.cases().size();
        // published: each test's time and a second, and five for the whole; here busy machines have
        // thrice as long
        Duration published = testTime.plusSeconds(1).multipliedBy(count).plus(SPARE);
        long deadline = System.nanoTime() + published.multipliedBy(WHOLE_TIMES).toNanos();
        for (int i = 0; i < count; i++) {
            String where = "test %d of %d: ".formatted(i + 1, count);
            if (System.nanoTime() - deadline > 0) {
                return Optional.of(where + "not begun, the tests before it took too long");
            }
            Optional<String> failure =
                    tests.function().isPresent()
                            ? call(tests.function().get(), tests.cases().get(i), code)
                            : run(tests.cases().get(i), code);
            if (failure.isPresent()) {
                return failure.map(where::concat);
            }
        }
        return Optional.empty();
    }

    private Optional<String> run(Case test, String code) {
        int most =
                (int)
                        Math.min(
                                MOST_OUTPUT,
                                Limits.USUAL.outputBytes() + 4L * test.output().length());
        RunResult result =
                run(
                        new Program(
                                resource("run_program.py"),
                                Map.of(
                                        SOLUTION,
                                        bytes(code),
                                        "prelude.py",
                                        bytes(resource("prelude.py"))),
                                bytes(test.input())),
                        limits().withOutputBytes(most));
        Optional<String> failure = failure(result);
        if (failure.isPresent()) {
            return failure;
        }
        return result.output().cut()
                ? Optional.of("it printed more than %,d bytes".formatted(most))
                : PrintedOutput.difference(result.output().text(), test.output());
    }

    private Optional<String> call(String function, Case test, String code) {
        JsonNode expected = ReturnedValue.expected(test.output());
        RunResult result =
                run(
                        Program.of(resource("call_function.py"))
                                .withFiles(
                                        Map.of(
                                                SOLUTION,
                                                bytes(code),
                                                "prelude.py",
                                                bytes(resource("prelude.py")),
                                                "function",
                                                bytes(function),
                                                "arguments",
                                                bytes(test.input()))),
                        limits());
        Optional<String> failure = failure(result);
        if (failure.isPresent()) {
            return failure;
        }
        byte[] returned = result.files().get(RETURNED);
        if (returned == null) {
            return Optional.of("it ended before " + function + " returned");
        }
        String text = new String(returned, StandardCharsets.UTF_8);
        return ReturnedValue.read(text)
                        .filter(value -> ReturnedValue.isEqual(value, expected))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(
                        "%s returned %s, expected %s"
                                .formatted(
                                        function,
                                        PrintedOutput.quoted(text),
                                        PrintedOutput.quoted(test.output())));
    }

    private Limits limits() {
        return Limits.USUAL.withTime(testTime).withElapsed(testTime.multipliedBy(CLOCK_TIMES));
    }

    private RunResult run(Program program, Limits limits) {
        try {
            return sandbox.run(program, limits);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("grading was interrupted");
            cancelled.initCause(interrupted);
            throw cancelled;
        }
    }

    /// How a program failed, whatever it should have answered.
    private Optional<String> failure(RunResult result) {
        if (result.endedBy().isPresent()) {
            Limit limit = result.endedBy().get();
            return Optional.of(
                    switch (limit) {
                        case TIME -> "it took longer than %d s".formatted(testTime.toSeconds());
                        case MEMORY -> "it wanted more memory than there is";
                        case OUTPUT -> "it printed without end";
                        case DISK -> "it wrote too many files";
                        case THREADS -> "it started too many threads";
                    });
        }
        if (result.exit() == 0) {
            return Optional.empty();
        }
        String errors = result.errors().text().strip();
        return Optional.of(
                "it ended with exit code %d%s"
                        .formatted(
                                result.exit(),
                                errors.isEmpty()
                                        ? ""
                                        : ": "
                                                + PrintedOutput.quoted(
                                                        errors.substring(
                                                                errors.lastIndexOf('\n') + 1))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String resource(String name) {
        try (InputStream in = ProgramOutput.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
