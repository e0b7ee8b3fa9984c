package dev.tramontane.eval.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A run as its log tells it.
///
/// @param attempts the last of each key, by problem, budget and sample, whatever order they
///   finished in
public record Run(RunHeader header, List<Attempt> attempts) {
    private static final Comparator<Attempt> ORDER =
            Comparator.comparing((Attempt attempt) -> attempt.key().problem())
                    .thenComparing(attempt -> attempt.key().budget())
                    .thenComparingInt(attempt -> attempt.key().sample());

    public Run {
        Map<Attempt.Key, Attempt> last = new LinkedHashMap<>();
        attempts.forEach(attempt -> last.put(attempt.key(), attempt));
        attempts = last.values().stream().sorted(ORDER).toList();
    }

    /// Reads a log; what a kill left of its last line is passed over.
    ///
    /// @throws LogException when it is none
    public static Run read(Path log) throws IOException {
        return EvalLog.read(log);
    }

    /// Whether every attempt is there and none failed.
    public boolean isComplete() {
        return attempts.stream().filter(Attempt::isGraded).count() >= header.attempts();
    }

    /// The attempts with one budget of thinking, by problem.
    public Map<String, List<Attempt>> byProblem(String budget) {
        Map<String, List<Attempt>> problems = new TreeMap<>();
        for (Attempt attempt : attempts) {
            if (attempt.key().budget().equals(budget)) {
                problems.computeIfAbsent(attempt.key().problem(), _ -> new ArrayList<>())
                        .add(attempt);
            }
        }
        return problems;
    }

    /// Those that failed.
    public Collection<Attempt> failures() {
        return attempts.stream().filter(attempt -> !attempt.isGraded()).toList();
    }
}
