package dev.tramontane.cli;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.ModelName;
import dev.tramontane.server.ApiKeys;
import dev.tramontane.server.Models;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;
import dev.tramontane.server.Telemetry;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.ReasoningFormat;

import org.jline.utils.Signals;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/// `serve`: the API of OpenAI and Mistral, until somebody stops it.
@Command(
        name = "serve",
        description = {
            "Answer other programs: the API of OpenAI and Mistral over a model of this machine.",
            "Clients take the printed address as their base URL (Mistral's without /v1); where there"
                    + " are no keys, any key will do, and only this machine is served."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane serve -m magistral-small",
            "  tramontane serve -m magistral-small --host 0.0.0.0 --keys keys.txt --parallel 16",
            "",
            "A line of a file of keys is a key's SHA-256 (printf %%s \"$KEY\" | sha256sum), its owner,",
            "and, where that is fixed for it, how thinking is told."
        })
final class ServeCommand implements Callable<Integer> {
    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Mixin private EngineFlags engine = new EngineFlags();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Where to listen (default: 127.0.0.1); elsewhere keys are needed.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on, 0 for any that is free (default: 11500).")
    private int port = ServerConfig.DEFAULT_PORT;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Answers that are written at once; more wait (default: 8).")
    private int parallel = EngineOptions.defaults().maxSequences();

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description = "The keys that open the server, one a line; nobody asks without one.")
    private Optional<Path> keys = Optional.empty();

    @Option(
            names = "--insecure-no-auth",
            description = "Serve other machines without keys: whoever reaches the port may ask.")
    private boolean openToAll;

    @Option(
            names = "--reasoning-format",
            paramLabel = "FORMAT",
            description =
                    "How thinking is told where nobody says: separate, mistral, merged or hidden"
                            + " (default: separate).")
    private ReasoningFormat format = ReasoningFormat.SEPARATE;

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description =
                    "Append a line of JSON for each request, without its text; - is standard error.")
    private Optional<String> accessLog = Optional.empty();

    ServeCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        ServerConfig config = config();
        Path path = model.path(io);
        EngineOptions options =
                UsageException.check(
                        () -> {
                            if (parallel < 1) {
                                throw new IllegalArgumentException(
                                        "--parallel is %d, expected 1 or more".formatted(parallel));
                            }
                            return engine.options().withMaxSequences(parallel);
                        });
        var stop = new CountDownLatch(1);
        // the process ends when the model is closed, so that its files are let go
        Signals.register("TERM", stop::countDown);
        Signals.register("INT", () -> interrupt(stop));
        try (Traces traces = Traces.of(io.environment());
                LocalModel opened = LocalModel.open(path, options)) {
            opened.notice().ifPresent(io.err()::println);
            var models = new Models(List.of(served(opened)));
            try (Server server = Server.start(config, models, telemetry(traces))) {
                tell(config, server, opened);
                stop.await();
                io.err().println("Stopping: what runs is finished, nothing new is taken.");
                io.err().flush();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /// The second one does not wait for answers.
    private static void interrupt(CountDownLatch stop) {
        if (stop.getCount() == 0) {
            Runtime.getRuntime().halt(Interrupts.EXIT_CODE);
        }
        stop.countDown();
    }

    private ServerConfig config() throws IOException {
        ApiKeys known = keys.isPresent() ? readKeys(keys.get()) : ApiKeys.NONE;
        return UsageException.check(
                () -> {
                    ServerConfig config =
                            ServerConfig.local(port)
                                    .withHost(ServerConfig.address(host))
                                    .withKeys(known)
                                    .withOpenToAll(openToAll)
                                    .withFormat(format);
                    config.checkGuarded();
                    return config;
                });
    }

    private Telemetry telemetry(Traces traces) {
        Telemetry told = Telemetry.NONE.withTraces(traces.telemetry());
        return accessLog
                .<Telemetry.Log>map(
                        file ->
                                file.equals("-")
                                        ? new Telemetry.Log.ToStream(io.err())
                                        : new Telemetry.Log.ToFile(Path.of(file)))
                .map(told::withAccessLog)
                .orElse(told);
    }

    private static ApiKeys readKeys(Path file) throws IOException {
        try {
            return ApiKeys.read(file);
        } catch (IllegalArgumentException wrong) {
            throw UsageException.of(wrong);
        }
    }

    /// Under the name that it was asked for by, and the usual ones of the published examples.
    private ServedModel served(LocalModel opened) {
        boolean isFile = Files.exists(Path.of(model.name()));
        boolean isNamed = model.isEmbedded() || (ModelName.isName(model.name()) && !isFile);
        String id = isNamed ? model.name() : opened.name();
        List<String> aliases =
                Models.USUAL_NAMES.stream().filter(name -> !name.equals(id)).toList();
        return ServedModel.of(id, aliases, System.currentTimeMillis() / 1000, opened);
    }

    private void tell(ServerConfig config, Server server, LocalModel opened) {
        String address = config.host().getHostAddress();
        String shown = address.contains(":") ? "[" + address + "]" : address;
        io.out().printf("Serving %s at http://%s:%d/v1%n", opened.name(), shown, server.port());
        io.out()
                .printf(
                        "Context of %d tokens, %d answers at once, %s for keys and values, %s kernels%n",
                        opened.context(),
                        parallel,
                        Sizes.bytes(opened.engine().stats().cache().bytes()),
                        opened.engine().kernelsName());
        io.out().println(access(config) + " Ctrl-C stops.");
        io.out().flush();
    }

    private String access(ServerConfig config) {
        if (!config.keys().all().isEmpty()) {
            return "Open to %d keys.".formatted(config.keys().all().size());
        }
        return config.host().isLoopbackAddress()
                ? "Open to every program of this machine, and to nobody else."
                : "OPEN TO EVERYBODY who reaches this port.";
    }
}
