package dev.tramontane.cli;

import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `ps`: the servers of this user that run here, and their models.
@Command(
        name = "ps",
        description = "List the servers that run, and their models, loaded or not.",
        footer = {
            "",
            "A model is unloaded, waiting for memory, loading, loaded, or leaving: then it ends its",
            "answers first. Models of other servers are remote."
        })
final class PsCommand implements Callable<Integer> {
    private final Stdio io;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    PsCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        ObjectNode answer = Json.object();
        ArrayNode servers = answer.putArray("servers");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"MODEL", "STATE", "MEMORY", "REQUESTS", "SINCE", "SERVER"});
        try {
            for (RunningServer server : RunningServer.all(io)) {
                ObjectNode about = about(server);
                servers.add(about);
                addRows(about, rows);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Interrupts.EXIT_CODE;
        }
        if (json) {
            io.out().println(answer);
        } else if (rows.size() == 1) {
            io.err().println("No server runs; tramontane serve starts one.");
        } else {
            Table.print(io.out(), rows);
        }
        return 0;
    }

    private static ObjectNode about(RunningServer server) throws InterruptedException {
        ObjectNode about =
                Json.object()
                        .put("pid", server.presence().pid())
                        .put("address", server.address())
                        .put("started", server.presence().started().toString());
        try {
            JsonNode status = server.status();
            about.put("requests", status.path("requests").asInt())
                    .put("stopping", status.path("stopping").asBoolean());
            about.set("models", status.path("models"));
        } catch (IOException silent) {
            about.put("error", silent.getMessage());
        }
        return about;
    }

    private static void addRows(ObjectNode server, List<String[]> rows) {
        String address = server.path("address").asString("");
        if (server.has("error")) {
            String pid = "process " + server.path("pid").asLong();
            rows.add(new String[] {"", "no answer", "", "", pid, address});
        }
        for (JsonNode model : server.path("models")) {
            boolean holds = model.has("since");
            rows.add(
                    new String[] {
                        model.path("id").asString(""),
                        model.path("state").asString(""),
                        holds ? Sizes.bytes(model.path("bytes").asLong()) : "",
                        model.has("requests") ? model.path("requests").asString("") : "",
                        holds ? since(model.path("since").asString("")) : "",
                        address
                    });
        }
    }

    private static String since(String time) {
        try {
            return Sizes.time(Duration.between(Instant.parse(time), Instant.now()));
        } catch (DateTimeException _) {
            return "";
        }
    }
}
