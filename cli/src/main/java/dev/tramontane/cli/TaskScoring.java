package dev.tramontane.cli;

import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.graders.Graders;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.run.ModelJudge;
import dev.tramontane.eval.run.Scorer;
import dev.tramontane.terminal.UsageException;

import java.util.List;
import java.util.Optional;

/// What grades a task.
///
/// @param version what the log says of it
record TaskScoring(Scorer scorer, String version) {
    /// The judge, where one is asked for; else the task's own grader.
    ///
    /// @throws UsageException when the judge cannot read what the task asks for
    static TaskScoring of(Benchmark task, List<Item> items, Graders graders, Judges judges) {
        Optional<ModelJudge> judge = judges.judge();
        if (judge.isPresent()) {
            if (!items.stream().allMatch(ModelJudge::canJudge)) {
                throw new UsageException(
                        "--judge: %s asks for programs, expected answers that can be judged by reading; leave the flag out"
                                .formatted(task.name()));
            }
            return new TaskScoring(judge.get(), judge.get().version());
        }
        var grader = UsageException.check(() -> graders.of(task.scorer()));
        return new TaskScoring(
                (problem, answer) -> grader.grade(problem.reference(), answer),
                graders.version(task.scorer()));
    }
}
