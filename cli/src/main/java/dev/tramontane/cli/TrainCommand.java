package dev.tramontane.cli;

import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `tramontane train` as far as this program goes: the launcher starts the trainer, which is
/// another one, with a class path of its own.
@Command(
        name = "train",
        description = {
            "Train reasoning models: on examples, and by reinforcement.",
            "",
            "  sft --config FILE     on conversations from files, or on the generated suite",
            "  grpo --config FILE    by reinforcement, with rewards that graders give",
            "  nano                  the embedded model, from nothing to its files",
            "  curves DIR...         runs as one page of curves, side by side",
            "",
            "`tramontane train COMMAND --help` tells more; docs/training.md tells all. What a run does"
                    + " stands in its file; the trainer's flags have no environment variables."
        })
final class TrainCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..1",
            completionCandidates = Commands.class,
            description = "One of the above.")
    private String command = "";

    /// For completion.
    static final class Commands extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Commands() {
            super(List.of("sft", "grpo", "nano", "curves"));
        }
    }

    @Override
    public Integer call() {
        throw new UsageException(
                "train%s: the trainer is a program of its own, which only the launcher starts; run ./tramontane train"
                        .formatted(command.isEmpty() ? "" : " " + command));
    }
}
