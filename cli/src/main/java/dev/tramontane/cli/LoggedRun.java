package dev.tramontane.cli;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.eval.run.EvalLog;
import dev.tramontane.eval.run.EvalPlan;
import dev.tramontane.eval.run.EvalRunner;
import dev.tramontane.eval.run.Patience;
import dev.tramontane.eval.run.Regrading;
import dev.tramontane.eval.run.Scorer;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;

import org.jline.utils.Signals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A task's run into its log, which Ctrl-C stops and a later run goes on with.
///
/// @param resume whether the log is there already
record LoggedRun(Stdio io, boolean resume) {
    /// Asks what the log has no answer to yet.
    ///
    /// @return the program's exit code
    int run(EvalPlan plan, ChatModel asked, Scorer scorer, Path path) throws IOException {
        if (resume) {
            regrade(plan, scorer, path);
        }
        try (EvalLog log =
                resume ? EvalLog.open(path, plan.header()) : EvalLog.create(path, plan.header())) {
            var progress =
                    new EvalProgress(
                            io,
                            plan.benchmark().name(),
                            plan.header().attempts(),
                            log.attempts(),
                            System::nanoTime);
            var runner = new EvalRunner(asked, scorer, Patience.real());
            var stopper = new Stopper(runner);
            Object interrupt = Signals.register("INT", stopper::stop);
            Object terminate = Signals.register("TERM", stopper::stop);
            try {
                EvalRunner.Ending ending = runner.run(plan, log, progress);
                progress.clear();
                if (ending.trouble().isPresent()) {
                    io.err().println("tramontane: " + Screen.harmless(ending.trouble().get()));
                    return 1;
                }
                if (!ending.isComplete()) {
                    io.err()
                            .println(
                                    "tramontane: stopped; %d of %d attempts are in %s, and --resume goes on"
                                            .formatted(
                                                    log.done().size(),
                                                    plan.header().attempts(),
                                                    path));
                    return Interrupts.EXIT_CODE;
                }
                return 0;
            } finally {
                progress.clear();
                Signals.unregister("INT", interrupt);
                Signals.unregister("TERM", terminate);
            }
        }
    }

    /// Grades a log anew that an older scorer has graded.
    private void regrade(EvalPlan plan, Scorer scorer, Path path) throws IOException {
        Optional<String> before = Regrading.isDue(path, plan.header());
        if (before.isEmpty()) {
            return;
        }
        try {
            int answers = Regrading.grade(path, plan, scorer);
            io.err()
                    .println(
                            "tramontane: %s was graded by %s; its %d answers are graded anew by %s"
                                    .formatted(
                                            path,
                                            Screen.harmless(before.get()),
                                            answers,
                                            plan.header().task().scorer()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a log was graded anew", e);
        }
    }

    /// The first Ctrl-C ends the run, the second the program.
    private static final class Stopper {
        private final EvalRunner runner;
        private volatile boolean asked;

        Stopper(EvalRunner runner) {
            this.runner = runner;
        }

        void stop() {
            if (asked) {
                Runtime.getRuntime().halt(Interrupts.EXIT_CODE);
            }
            asked = true;
            runner.stop();
        }
    }
}
