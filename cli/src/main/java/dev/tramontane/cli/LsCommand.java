package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.weights.ModelFormatException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `ls`: the models of the store.
@Command(name = "ls", description = "List the models of the store.")
final class LsCommand implements Callable<Integer> {
    private final Stdio io;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    LsCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        ModelStore store = LocalStore.of(io).store();
        ObjectNode answer = Json.object();
        ArrayNode models = answer.putArray("models");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"NAME", "SIZE", "ADDED", "FROM"});
        for (ModelName name : store.names()) {
            try {
                StoredModel model = store.find(name).orElseThrow();
                models.add(LocalStore.json(model));
                rows.add(
                        new String[] {
                            name.text(),
                            Sizes.bytes(model.bytes()),
                            model.added().toString().substring(0, 10),
                            model.source()
                        });
            } catch (ModelFormatException e) {
                models.addObject().put("name", name.text()).put("damaged", e.getMessage());
                rows.add(new String[] {name.text(), "damaged", "", "tramontane verify says how"});
            }
        }
        ArrayNode unfinished = answer.putArray("unfinished");
        for (ModelStore.Unfinished each : store.unfinished()) {
            unfinished.addObject().put("name", each.name().text()).put("bytes", each.bytes());
            rows.add(
                    new String[] {
                        each.name().text(),
                        Sizes.bytes(each.bytes()),
                        "",
                        "not complete; pull it again, or rm"
                    });
        }
        if (json) {
            io.out().println(answer);
        } else if (rows.size() == 1) {
            io.err().println("No models yet; tramontane pull or import brings one.");
        } else {
            Table.print(io.out(), rows);
        }
        return 0;
    }
}
