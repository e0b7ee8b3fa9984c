package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.weights.ModelFormatException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `rm`: models out of the store.
@Command(
        name = "rm",
        description =
                "Remove models from the store, and what unfinished downloads of them left. Models given"
                        + " by name only: a file elsewhere is never touched.")
final class RmCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "What to remove.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    RmCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        LocalStore local = LocalStore.of(io);
        List<ModelName> found = new ArrayList<>();
        for (String name : names) { // all of them, before the first is gone
            found.add(meant(local, name));
        }
        var removed = Json.object();
        var list = removed.putArray("removed");
        for (ModelName name : found) {
            local.store().remove(name);
            list.add(name.text());
            if (!json) {
                io.err().println("Removed " + name);
            }
        }
        if (json) {
            io.out().println(removed);
        }
        return 0;
    }

    /// The model of this name, damaged and unfinished ones included.
    private static ModelName meant(LocalStore local, String named) throws IOException {
        if (ModelName.isName(named)) {
            var name = new ModelName(named);
            ModelStore store = local.store();
            boolean isThere =
                    store.names().stream().anyMatch(name::isSameAs)
                            || store.unfinished().stream()
                                    .anyMatch(left -> left.name().isSameAs(name));
            if (isThere) {
                return name;
            }
        }
        try {
            StoredModel model = local.model(named);
            return model.name();
        } catch (ModelFormatException e) {
            throw new IllegalArgumentException(e.getMessage() + " (give its whole name)", e);
        }
    }
}
