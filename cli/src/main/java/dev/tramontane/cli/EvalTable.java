package dev.tramontane.cli;

import dev.tramontane.eval.report.Prices;
import dev.tramontane.eval.report.Summary;
import dev.tramontane.eval.run.Run;
import dev.tramontane.terminal.Stdio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Runs in figures, for the terminal.
final class EvalTable {
    private EvalTable() {}

    static void print(Stdio io, List<Run> runs, Optional<Prices> prices) {
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "TASK",
                    "THINKING",
                    "ATTEMPTS",
                    "PASS@1",
                    "95 %",
                    "MAJ@K",
                    "CUT OFF",
                    "FAILED",
                    "TOKENS",
                    "SECONDS",
                    "COST"
                });
        for (Run run : runs) {
            for (Summary summary : Summary.of(run)) {
                rows.add(row(run, summary, prices));
            }
        }
        if (prices.isEmpty()) {
            rows.replaceAll(row -> Arrays.copyOf(row, row.length - 1));
        }
        Table.print(io.out(), rows);
    }

    private static String[] row(Run run, Summary summary, Optional<Prices> prices) {
        Summary.Counts counts = summary.counts();
        var interval = summary.accuracy().bootstrap();
        return new String[] {
            run.header().task().name(),
            summary.budget(),
            run.header().attempts(counts.graded()) + ", " + counts.problems() + " problems",
            percent(summary.accuracy().passAt1()),
            percent(interval.low()) + "–" + percent(interval.high()),
            last(summary.majorityAtK()),
            percent(counts.truncationRate()),
            String.valueOf(counts.failed()),
            String.format(Locale.ROOT, "%.0f", summary.spending().generatedTokens()),
            String.format(Locale.ROOT, "%.1f", summary.spending().seconds()),
            prices.map(each -> summary.spending().cost(each.in(), each.out()))
                    .map(cost -> String.format(Locale.ROOT, "%.2f", cost))
                    .orElse("")
        };
    }

    /// Nothing where there is one sample, or no vote.
    private static String last(List<Summary.Point> curve) {
        return curve.size() < 2
                ? "–"
                : percent(curve.getLast().value()) + " @" + curve.getLast().k();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
