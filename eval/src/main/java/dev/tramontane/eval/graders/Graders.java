package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grader;
import dev.tramontane.tools.sandbox.Sandbox;
import dev.tramontane.tools.sandbox.SandboxOptions;
import dev.tramontane.tools.sandbox.Sandboxes;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Graders by the names that task files and people use.
///
/// The sandbox for programs is opened, and passes its self-test, when the first one is to be
/// graded.
public final class Graders implements AutoCloseable {
    /// All names.
    public static final List<String> NAMES =
            List.of("math", "choice", "mgsm", "code", "answer", "exact");

    private @Nullable Sandbox sandbox;

    /// @throws IllegalArgumentException when there is none of that name
    /// @throws dev.tramontane.tools.sandbox.SandboxUnavailableException when programs are to be run
    ///   and this machine has no sandbox for them
    public Grader of(String name) {
        return switch (name) {
            case "math" -> new MathAnswer();
            case "choice" -> new ChoiceLetter();
            case "mgsm" -> new NumberAnswer();
            case "code" -> new ProgramOutput(sandbox());
            case "answer" -> new AnyAnswer();
            case "exact" -> new ExactText();
            default ->
                    throw new IllegalArgumentException(
                            "%s: no scorer of this name, expected one of %s; correct the task's `scorer`"
                                    .formatted(name, String.join(", ", NAMES)));
        };
    }

    /// The name with the version, which changes whenever an answer may be graded otherwise, and for
    /// programs with what they run in.
    public String version(String name) {
        return switch (name) {
            case "code" -> "code 1 in " + sandbox().tier();
            case "exact" -> "exact 1";
            case "math", "answer" -> name + " 4";
            default -> name + " 2";
        };
    }

    private synchronized Sandbox sandbox() {
        if (sandbox == null) {
            try {
                sandbox = Sandboxes.open(SandboxOptions.USUAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the sandbox was tried", e);
            }
        }
        return sandbox;
    }

    @Override
    public synchronized void close() {
        if (sandbox != null) {
            sandbox.close();
            sandbox = null;
        }
    }
}
