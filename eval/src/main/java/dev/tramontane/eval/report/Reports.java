package dev.tramontane.eval.report;

import dev.tramontane.eval.run.EvalLog;
import dev.tramontane.eval.run.LogException;
import dev.tramontane.eval.run.Run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of a report:
///
/// ```
/// TASK.jsonl      the log of each task, which all the rest is made from
/// summary.md      for people
/// results.json    for programs
/// ```
public final class Reports {
    private Reports() {}

    /// Writes what is made from logs.
    ///
    /// @param prices absent where costs are not told
    public static void write(Path folder, List<Run> runs, Optional<Prices> prices)
            throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("summary.md"), new MarkdownReport(prices).page(runs));
        Files.writeString(folder.resolve("results.json"), ResultsJson.of(runs, prices) + "\n");
    }

    /// Writes several runs side by side.
    public static void writeComparison(Path folder, List<Run> runs, Optional<Prices> prices)
            throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("comparison.md"), new MarkdownReport(prices).comparison(runs));
    }

    /// The runs of a folder's logs, by name.
    ///
    /// @throws IOException when there is none, or one cannot be read
    public static List<Run> read(Path folder) throws IOException {
        List<Run> runs = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path log : files.filter(Reports::isLog).sorted().toList()) {
                runs.add(Run.read(log));
            }
        }
        if (runs.isEmpty()) {
            throw new LogException(
                    folder + ": no log in it, expected TASK.jsonl as `eval` writes it");
        }
        return runs;
    }

    /// Items may lie beside a log, with the same ending.
    private static boolean isLog(Path file) {
        try {
            return String.valueOf(file.getFileName()).endsWith(".jsonl")
                    && Files.isRegularFile(file)
                    && EvalLog.isLog(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
