package dev.tramontane.cli;

import dev.tramontane.eval.report.MarkdownReport;
import dev.tramontane.eval.report.Reports;
import dev.tramontane.eval.report.ResultsJson;
import dev.tramontane.eval.report.page.EvalReport;
import dev.tramontane.eval.run.Run;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `eval compare`: several runs together.
@Command(
        name = "compare",
        description = {
            "Set runs side by side, with published figures.",
            "Each benchmark's first run is what the"
                    + " others are held against: the difference of pass@1 with its interval, and the"
                    + " chance of one as great when both are alike (paired permutation test; McNemar's"
                    + " for one sample).",
            "RUN is a log that `eval` wrote, or the folder of a report."
        },
        footer = {
            "",
            "Example:",
            "  tramontane eval compare runs/medium runs/small > comparison.md"
        })
final class EvalCompareCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Logs, or folders of them.")
    private List<Path> runs = List.of();

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "Write the comparison there: comparison.md, a page (index.html) and its charts.")
    private Optional<Path> report = Optional.empty();

    @Mixin private PriceFlags prices = new PriceFlags();

    @Option(names = "--json", description = "Print the runs' results as JSON.")
    private boolean json;

    EvalCompareCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        List<Run> read = new ArrayList<>();
        for (Path path : runs) {
            read.addAll(Files.isDirectory(path) ? Reports.read(path) : List.of(Run.read(path)));
        }
        if (report.isPresent()) {
            Reports.writeComparison(report.get(), read, prices.given());
            EvalReport.of(read)
                    .write(report.get())
                    .withoutPictures()
                    .ifPresent(why -> io.err().println(EvalCommand.noPictures(why)));
        }
        if (json) {
            io.out().println(ResultsJson.of(read, prices.given()));
        } else {
            io.out().print(new MarkdownReport(prices.given()).comparison(read));
        }
        return 0;
    }
}
