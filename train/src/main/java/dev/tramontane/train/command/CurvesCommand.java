package dev.tramontane.train.command;

import dev.tramontane.terminal.Stdio;
import dev.tramontane.train.steps.RunCurves;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `tramontane train curves`.
@Command(
        name = "curves",
        description = {
            "Draw runs as one page of curves, side by side.",
            "",
            "A run draws its own page while it goes; this draws it at once, and several together."
        },
        footer = {
            "",
            "Example",
            "  tramontane train curves runs/first runs/second --out compared.html"
        })
final class CurvesCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of runs.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Where the page goes; curves.html in the run's folder, or here for several.")
    private Optional<Path> out = Optional.empty();

    CurvesCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Path usual =
                folders.size() == 1
                        ? folders.getFirst().resolve(RunCurves.NAME)
                        : Path.of(RunCurves.NAME);
        io.out().println(RunCurves.draw(folders, out.orElse(usual)));
        return 0;
    }
}
