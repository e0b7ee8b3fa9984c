package dev.tramontane.cli;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.server.ApiKeys;
import dev.tramontane.server.Offer;
import dev.tramontane.server.Operator;
import dev.tramontane.server.Presence;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;
import dev.tramontane.server.Telemetry;
import dev.tramontane.terminal.Failure;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.ReasoningFormat;

import org.jline.utils.Signals;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/// `serve`: the APIs and the chat page, until somebody stops it.
@Command(
        name = "serve",
        description = {
            "Answer other programs, and show the chat page: the APIs of OpenAI, Mistral, Anthropic,"
                    + " Ollama and llama-server over models of this machine and of other servers.",
            "Clients take the printed address as their base URL (Mistral's without /v1); where there"
                    + " are no keys, any key will do, and only this machine is served."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane serve -m magistral-small",
            "  tramontane serve -m magistral-small --host 0.0.0.0 --keys keys.txt --parallel 16",
            "  tramontane serve --models-dir ~/models --memory 24GB --keep-alive 2h",
            "",
            "In a tramontane.yaml, models: tells public names, aliases, defaults and prices of several",
            "models, which are loaded when somebody asks for them.",
            "",
            "A line of a file of keys is a key's SHA-256 (printf %%s \"$KEY\" | sha256sum), its owner,",
            "and, where that is fixed for it, how thinking is told."
        })
final class ServeCommand implements Callable<Integer> {
    private static final String DATABASE = "tramontane.db";

    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Mixin private EngineFlags engine = new EngineFlags();

    @Mixin private PoolFlags pool = new PoolFlags();

    @Mixin private LimitFlags limits = new LimitFlags();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = ConfigurationFile.FLAG,
            paramLabel = "FILE",
            description =
                    "The configuration file (default: tramontane.yaml here, else in TRAMONTANE_HOME);"
                            + " its models are offered.")
    @SuppressWarnings("UnusedVariable") // read before any flag is: Main
    private Optional<Path> configuration = Optional.empty();

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

    @Mixin private ImageFlags images = new ImageFlags();

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description =
                    "Append a line of JSON for each request, without its text; - is standard error.")
    private Optional<String> accessLog = Optional.empty();

    @Option(
            names = "--store",
            paramLabel = "ADDRESS",
            description =
                    "Where the page's conversations are kept: a file, postgresql://USER:PASSWORD@HOST/DATABASE,"
                            + " or none (default: tramontane.db in TRAMONTANE_HOME).")
    private Optional<String> store = Optional.empty();

    ServeCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        var stop = new CountDownLatch(1);
        Operator operator = Operator.of(stop::countDown);
        ServerConfig config = config().withOperator(operator);
        Offering.Wanted wanted = wanted();
        // the process ends when the models are closed, so that their files are let go
        Signals.register("TERM", stop::countDown);
        Signals.register("INT", () -> interrupt(stop));
        try (Traces traces = Traces.of(io.environment());
                Offering offering = Offering.open(wanted, io)) {
            offering.first().flatMap(LocalModel::notice).ifPresent(io.err()::println);
            try (Server server = Server.start(config, offering.models(), telemetry(traces));
                    Presence.Announcement _ =
                            announced(Presence.of(config.host(), server.port(), operator))) {
                tell(config, server, offering);
                stop.await();
                io.err().println("Stopping: what runs is finished, nothing new is taken.");
                io.err().flush();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /// Lets `ps` and `stop` find the server.
    private Presence.Announcement announced(Presence presence) {
        try {
            return presence.announce(EmbeddedModel.home(io.environment()));
        } catch (IOException e) { // a home that cannot be written is no reason not to serve
            io.err()
                    .println(
                            "tramontane ps and stop will not find this server: "
                                    + Failure.describe(e));
            return () -> {};
        }
    }

    private Offering.Wanted wanted() {
        EngineOptions options =
                UsageException.check(
                        () -> {
                            if (parallel < 1) {
                                throw new IllegalArgumentException(
                                        "--parallel is %d, expected 1 or more".formatted(parallel));
                            }
                            return engine.options().withMaxSequences(parallel);
                        });
        ConfigurationFile file = ConfigurationFile.NONE;
        boolean isNamed = spec.commandLine().getParseResult().hasMatchedOption("--model");
        if (spec.defaultValueProvider() instanceof FlagDefaults defaults) {
            file = defaults.file();
            isNamed |= defaults.find(spec.findOption("--model")).isPresent();
        }
        return new Offering.Wanted(
                isNamed ? Optional.of(model) : Optional.empty(), file, pool, options);
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
                                    .withFormat(format)
                                    .withLimits(limits.limits());
                    config.checkGuarded();
                    ServerConfig seeing = config.withImages(images.reader());
                    return place().map(seeing::withStore).orElse(seeing);
                });
    }

    /// Where conversations are kept; empty for nowhere.
    private Optional<URI> place() {
        String told =
                store.orElseGet(
                        () -> EmbeddedModel.home(io.environment()).resolve(DATABASE).toString());
        if (told.equals("none")) {
            return Optional.empty();
        }
        boolean isAddress = told.startsWith("jdbc:") || told.matches("[a-z]{3,}:/.*");
        return Optional.of(isAddress ? address(told) : Path.of(told).toAbsolutePath().toUri());
    }

    private static URI address(String told) {
        try {
            return new URI(told);
        } catch (URISyntaxException _) { // its message would show the password
            throw new IllegalArgumentException(
                    "--store has characters that must be written as a percent sign and two digits, expected postgresql://USER:PASSWORD@HOST/DATABASE; correct it");
        }
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

    private void tell(ServerConfig config, Server server, Offering offering) {
        String address = config.host().getHostAddress();
        String shown = address.contains(":") ? "[" + address + "]" : address;
        List<Offer> offers = offering.models().all();
        String page = "http://%s:%d/".formatted(shown, server.port());
        io.out()
                .printf(
                        "Serving %s at %s, for programs at %sv1%n",
                        offers.getFirst().nature().name(), page, page);
        offering.first()
                .ifPresent(
                        opened ->
                                io.out()
                                        .printf(
                                                "Context of %d tokens, %d answers at once, %s for keys and values, %s kernels%n",
                                                opened.context(),
                                                opened.engine().maxSequences(),
                                                Sizes.bytes(
                                                        opened.engine().stats().cache().bytes()),
                                                opened.engine().kernelsName()));
        if (offers.size() > 1) {
            io.out()
                    .println(
                            "When asked for: "
                                    + offers.stream()
                                            .skip(1)
                                            .map(Offer::id)
                                            .collect(Collectors.joining(", ")));
        }
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
