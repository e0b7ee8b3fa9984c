package dev.tramontane.cli;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.graders.Graders;
import dev.tramontane.eval.report.RecordedResponses;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `eval grade`: grades responses that were recorded elsewhere.
@Command(
        name = "grade",
        description = {
            "Grade responses that were recorded elsewhere.",
            "FILE has lines {\"id\", \"response\"}, with \"sample\" for the k-th attempt"
                    + " and \"answer\" where the key does not come from the task's items. Thinking in"
                    + " the response is told apart; where it was not closed, the response counts as cut"
                    + " off.",
            "Letters of gpqa-diamond need their \"answer\": the order of choices that our items"
                    + " have is the one that `eval` shows, and no other program's.",
            "TASK is a task, or a scorer: math, choice, mgsm, code, answer, exact. A line"
                    + " {\"id\", \"sample\", \"extracted\", \"correct\", \"why\", \"truncated\"} comes out"
                    + " for each, then the summary."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane eval grade math --responses recorded.jsonl",
            "  tramontane eval grade gsm8k --responses recorded.jsonl --items test.jsonl --json"
        })
final class EvalGradeCommand implements Callable<Integer> {
    private final Stdio io;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "TASK", description = "A task, or a scorer's name.")
    private String task = "";

    @Option(
            names = "--responses",
            required = true,
            paramLabel = "FILE",
            description = "The responses, an object a line; - for standard input.")
    private Path responses = Path.of("-");

    @Mixin private EvalItemFlags items = new EvalItemFlags();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Which problems nano-suite has (default: 1).")
    private long seed = 1;

    @Option(
            names = "--thinking-opened",
            description =
                    "The prompts ended in a mark that opens the thinking: a response that closes none is"
                            + " all thinking, and cut off.")
    private boolean thinkingOpened;

    @Option(names = "--json", description = "Print the summary as JSON too.")
    private boolean json;

    EvalGradeCommand(Stdio io) {
        this.io = io;
    }

    /// What came so far.
    private static final class Tally {
        private int graded;
        private int correct;
        private int truncated;
        private int silent;
        private int failed;
    }

    @Override
    public Integer call() throws IOException {
        boolean isScorer = Graders.NAMES.contains(task);
        var tally = new Tally();
        try (Graders graders = new Graders()) {
            Optional<Benchmark> benchmark =
                    isScorer ? Optional.empty() : Optional.of(EvalCommand.find(task));
            benchmark.ifPresent(named -> items.checkLanguages(List.of(named)));
            List<RecordedResponses.Task> keys = benchmark.map(this::keys).stream().toList();
            String scorer = benchmark.map(Benchmark::scorer).orElse(task);
            var grader = UsageException.check(() -> graders.of(scorer));
            var recorded =
                    new RecordedResponses(
                            (problem, answer) -> grader.grade(problem.reference(), answer),
                            keys,
                            thinkingOpened);
            try (InputStream in =
                    responses.toString().equals("-") ? io.in() : Files.newInputStream(responses)) {
                recorded.grade(
                        in,
                        String.valueOf(responses.getFileName()),
                        attempt -> tell(attempt, tally));
            }
        }
        sum(tally);
        return tally.failed == 0 ? 0 : 1;
    }

    /// The items are for responses without an answer of their own: else nobody looks for them.
    private RecordedResponses.Task keys(Benchmark benchmark) {
        return new RecordedResponses.Task(
                benchmark, () -> items.load(benchmark, task, seed, spec, io));
    }

    private void tell(Attempt attempt, Tally tally) {
        ObjectNode line =
                Json.object()
                        .put("id", attempt.key().problem())
                        .put("sample", attempt.key().sample());
        switch (attempt.outcome()) {
            case Attempt.Graded(Grade grade, _, boolean truncated) -> {
                tally.graded++;
                tally.correct += grade.correct() ? 1 : 0;
                tally.truncated += truncated ? 1 : 0;
                tally.silent += grade.extracted().isEmpty() ? 1 : 0;
                grade.extracted()
                        .ifPresentOrElse(
                                text -> line.put("extracted", text),
                                () -> line.putNull("extracted"));
                line.put("correct", grade.correct())
                        .put("why", grade.why())
                        .put("truncated", truncated);
            }
            case Attempt.Failed(String error) -> {
                tally.failed++;
                line.put("error", error);
            }
        }
        io.out().println(line);
    }

    private void sum(Tally tally) {
        double accuracy = tally.graded == 0 ? 0 : (double) tally.correct / tally.graded;
        if (json) {
            ObjectNode summary = Json.object();
            summary.putObject("summary")
                    .put("task", task)
                    .put("graded", tally.graded)
                    .put("correct", tally.correct)
                    .put("accuracy", accuracy)
                    .put("truncated", tally.truncated)
                    .put("without_answer", tally.silent)
                    .put("failed", tally.failed);
            io.out().println(summary);
        } else {
            io.out()
                    .printf(
                            Locale.ROOT,
                            "%d of %d right (%.2f %%); %d cut off, %d without an answer, %d not graded%n",
                            tally.correct,
                            tally.graded,
                            100 * accuracy,
                            tally.truncated,
                            tally.silent,
                            tally.failed);
        }
    }
}
