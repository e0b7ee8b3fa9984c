package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// `stop`: a model unloaded, or a server ended.
@Command(
        name = "stop",
        description = {
            "Unload a model, or stop a server: running answers are finished first.",
            "Without a name the one server that runs is stopped."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane stop magistral-small     # its memory is free until somebody asks for it",
            "  tramontane stop 11500               # the server on this port",
            "  tramontane stop --all"
        })
final class StopCommand implements Callable<Integer> {
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final Stdio io;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVED",
            description = "A model's public name or alias; or a server's address, port or process.")
    private Optional<String> named = Optional.empty();

    @Option(names = "--all", description = "Stop every server.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    StopCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        if (all && named.isPresent()) {
            throw new UsageException(
                    "%s and --all are both given, expected one; leave one out"
                            .formatted(named.get()));
        }
        List<RunningServer> servers = RunningServer.all(io);
        ObjectNode answer = Json.object();
        try {
            boolean isDone =
                    all
                            ? stop(servers, answer)
                            : named.isPresent()
                                    ? stop(named.get(), servers, answer)
                                    : stop(List.of(only(servers)), answer);
            if (json) {
                io.out().println(answer);
            }
            return isDone ? 0 : 1;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Interrupts.EXIT_CODE;
        }
    }

    private static RunningServer only(List<RunningServer> servers) throws IOException {
        if (servers.isEmpty()) {
            throw new IOException("no server runs, expected one; tramontane serve starts one");
        }
        if (servers.size() > 1) {
            throw new UsageException(
                    "%d servers run, expected one where none is named; name one of %s, or give --all"
                            .formatted(
                                    servers.size(),
                                    servers.stream()
                                            .map(RunningServer::address)
                                            .collect(Collectors.joining(", "))));
        }
        return servers.getFirst();
    }

    private boolean stop(String name, List<RunningServer> servers, ObjectNode answer)
            throws IOException, InterruptedException {
        List<RunningServer> called =
                servers.stream().filter(server -> server.isCalled(name)).toList();
        return called.isEmpty() ? unload(name, servers, answer) : stop(called, answer);
    }

    private boolean stop(List<RunningServer> servers, ObjectNode answer)
            throws IOException, InterruptedException {
        ArrayNode stopped = answer.putArray("stopped");
        for (RunningServer server : servers) {
            server.stop();
        }
        boolean allGone = true;
        for (RunningServer server : servers) {
            boolean isGone = awaitEnd(server.presence().pid());
            allGone &= isGone;
            stopped.addObject()
                    .put("pid", server.presence().pid())
                    .put("address", server.address())
                    .put("ended", isGone);
            say(server.address() + (isGone ? " is stopped." : " still ends its answers."));
        }
        if (servers.isEmpty()) {
            say("No server runs.");
        }
        return allGone;
    }

    private static boolean awaitEnd(long pid) throws InterruptedException {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return true;
        }
        try {
            process.get().onExit().get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException | ExecutionException _) {
            return false;
        }
    }

    private boolean unload(String name, List<RunningServer> servers, ObjectNode answer)
            throws IOException, InterruptedException {
        ArrayNode unloaded = answer.putArray("unloaded");
        Set<String> known = new TreeSet<>();
        List<String> silent = new ArrayList<>();
        boolean isDone = true;
        for (RunningServer server : servers) {
            try {
                Optional<String> id = offered(name, server, known);
                if (id.isPresent()) {
                    String outcome = server.unload(id.get());
                    isDone &= !outcome.equals("leaving");
                    unloaded.addObject()
                            .put("model", id.get())
                            .put("address", server.address())
                            .put("outcome", outcome);
                    say(words(id.get(), server.address(), outcome));
                }
            } catch (RunningServer.SilentException failure) {
                silent.add(String.valueOf(failure.getMessage()));
            }
        }
        if (unloaded.isEmpty() || !silent.isEmpty()) {
            throw new IOException(
                    silent.isEmpty()
                            ? "%s: no server that runs, and no model of one, expected one of %s; tramontane ps lists them"
                                    .formatted(name, known.isEmpty() ? "none" : known)
                            : String.join("\n", silent));
        }
        return isDone;
    }

    private static String words(String model, String address, String outcome) {
        return switch (outcome) {
            case "unloaded" -> model + " is unloaded from " + address + ".";
            case "leaving" -> model + " still ends its answers at " + address + ".";
            default -> model + " was not loaded at " + address + ".";
        };
    }

    /// The public name of a server's own model that a name means.
    private static Optional<String> offered(String name, RunningServer server, Set<String> known)
            throws IOException, InterruptedException {
        Optional<String> found = Optional.empty();
        for (JsonNode model : server.status().path("models")) {
            String id = model.path("id").asString("");
            known.add(id);
            boolean isMeant = id.equals(name);
            for (JsonNode alias : model.path("aliases")) {
                isMeant |= found.isEmpty() && alias.asString("").equals(name);
            }
            found = isMeant ? Optional.of(id) : found;
        }
        return found;
    }

    private void say(String what) {
        if (!json) {
            io.out().println(what);
        }
    }
}
