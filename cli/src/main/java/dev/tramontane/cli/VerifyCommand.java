package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.weights.ModelFormatException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/// `verify`: whether the store's files still have the bytes they were installed with.
@Command(
        name = "verify",
        description = {
            "Read every byte of models in the store again and compare with the checksums they came"
                    + " with; without a name, of all models.",
            "The exit code is 1 when a file is damaged or missing."
        })
final class VerifyCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Which models.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    VerifyCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        LocalStore local = LocalStore.of(io);
        ObjectNode answer = Json.object();
        ArrayNode models = answer.putArray("models");
        boolean isAllWhole = true;
        for (ModelName name : meant(local)) {
            List<ModelStore.Check> checks;
            try {
                checks = check(local.store(), name);
            } catch (ModelFormatException e) { // what says what it was made of
                isAllWhole = false;
                models.addObject()
                        .put("name", name.text())
                        .put("whole", false)
                        .put("error", e.getMessage());
                if (!json) {
                    io.out().println(Screen.harmless(name + ": " + e.getMessage()));
                }
                continue;
            }
            boolean isWhole = checks.stream().allMatch(c -> c.state() == ModelStore.State.WHOLE);
            isAllWhole &= isWhole;
            ObjectNode model = models.addObject().put("name", name.text()).put("whole", isWhole);
            ArrayNode files = model.putArray("files");
            for (ModelStore.Check check : checks) {
                files.addObject()
                        .put("name", check.file().name())
                        .put("bytes", check.file().bytes())
                        .put("state", check.state().name().toLowerCase(Locale.ROOT));
            }
            if (!json) {
                tell(name, checks, isWhole);
            }
        }
        if (json) {
            io.out().println(answer);
        }
        return isAllWhole ? 0 : 1;
    }

    private List<ModelName> meant(LocalStore local) throws IOException {
        List<ModelName> all = local.store().names();
        if (names.isEmpty()) {
            return all;
        }
        List<ModelName> meant = new ArrayList<>();
        for (String named : names) {
            boolean isThere =
                    ModelName.isName(named)
                            && all.stream().anyMatch(new ModelName(named)::isSameAs);
            meant.add(isThere ? new ModelName(named) : local.model(named).name());
        }
        return meant;
    }

    private List<ModelStore.Check> check(ModelStore store, ModelName name) throws IOException {
        var meter = Meter.of(io);
        meter.begin(store.installedBytes(name), 0);
        var done = new AtomicLong();
        try {
            return store.verify(name, step -> meter.show(name.text(), done.addAndGet(step)));
        } finally {
            meter.clear();
        }
    }

    private void tell(ModelName name, List<ModelStore.Check> checks, boolean isWhole) {
        if (isWhole) {
            io.out().println(name + ": whole");
            return;
        }
        for (ModelStore.Check check : checks) {
            switch (check.state()) {
                case WHOLE -> {}
                case DAMAGED ->
                        io.out()
                                .println(
                                        "%s: %s is damaged (other bytes than it came with)"
                                                .formatted(name, check.file().name()));
                case MISSING -> io.out().println(name + ": " + check.file().name() + " is missing");
            }
        }
        io.out().println(name + ": remove it (tramontane rm " + name + ") and get it again");
    }
}
