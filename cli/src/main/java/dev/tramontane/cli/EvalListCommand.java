package dev.tramontane.cli;

import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.Catalogue;
import dev.tramontane.eval.benchmark.ItemSource;
import dev.tramontane.eval.benchmark.ItemStore;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `eval list`: the tasks that come along.
@Command(
        name = "list",
        description =
                "List the tasks: whether their items are here, whose they are, where to get them.")
final class EvalListCommand implements Callable<Integer> {
    private final Stdio io;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    EvalListCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        var store = ItemStore.in(EmbeddedModel.home(io.environment()));
        ObjectNode answer = Json.object();
        ArrayNode tasks = answer.putArray("tasks");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"TASK", "SCORER", "SAMPLES", "ITEMS", "LICENCE"});
        for (String name : Catalogue.NAMES) {
            Benchmark task = Catalogue.find(name);
            String items =
                    switch (task.source()) {
                        case ItemSource.Generated _ -> "made here";
                        case ItemSource.Files files ->
                                store.find(task, files).isPresent()
                                        ? "here"
                                        : files.dataset().orElse("given with --items")
                                                + (files.gated() ? " (needs HF_TOKEN)" : "");
                    };
            rows.add(
                    new String[] {
                        name,
                        task.scorer(),
                        String.valueOf(task.samples()),
                        items,
                        task.about().licence()
                    });
            tasks.addObject()
                    .put("name", name)
                    .put("title", task.about().title())
                    .put("summary", task.about().summary())
                    .put("scorer", task.scorer())
                    .put("samples", task.samples())
                    .put("items", items)
                    .put("licence", task.about().licence());
        }
        if (json) {
            io.out().println(answer);
        } else {
            Table.print(io.out(), rows);
        }
        return 0;
    }
}
