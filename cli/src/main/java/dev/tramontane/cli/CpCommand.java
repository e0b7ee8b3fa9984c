package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/// `cp`: a second name for a model.
@Command(
        name = "cp",
        description =
                "Give a model of the store a second name. Where the disk allows it both share their"
                        + " bytes, so it costs no space.")
final class CpCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "Its second name.")
    private String to = "";

    @Option(names = "--json", description = "Print the new model as JSON.")
    private boolean json;

    CpCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        ModelName copied = UsageException.check(() -> new ModelName(to));
        LocalStore local = LocalStore.of(io);
        StoredModel model = local.model(from);
        var meter = Meter.of(io);
        meter.begin(model.bytes(), 0);
        var done = new AtomicLong();
        StoredModel copy =
                local.store().copy(model, copied, step -> meter.show(to, done.addAndGet(step)));
        meter.clear();
        io.out().println(json ? LocalStore.json(copy) : copy.name());
        return 0;
    }
}
