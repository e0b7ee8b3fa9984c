package dev.tramontane.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/// `show`.
@Command(name = "show", description = "Tell what a model is.")
final class ShowCommand implements Callable<Integer> {
    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ShowCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        io.out().println(model.path(io) + (json ? "" : " "));
        return 0;
    }
}
