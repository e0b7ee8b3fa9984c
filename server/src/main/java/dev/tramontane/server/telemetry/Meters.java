package dev.tramontane.server.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// The server's figures, for Prometheus. What OpenTelemetry's conventions have a name for bears it
/// (GenAI metrics of model servers, HTTP servers); the rest is `tramontane_…`.
///
/// Labels are names of models, endpoints, statuses and words of our own, never what a client wrote.
public final class Meters implements AutoCloseable {
    /// The bounds of the conventions' histograms, in seconds.
    private static final double[] REQUEST_SECONDS = {
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
    };

    private static final double[] FIRST_TOKEN_SECONDS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    private static final double[] TOKEN_SECONDS = {
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5
    };
    private static final double[] HTTP_SECONDS = {
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    private static final double[] TOKENS = {1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144};

    /// Kinds of errors are our own words; an upstream's must not make series without end.
    private static final int MOST_ERROR_KINDS = 50;

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS =
            "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Supplier<Map<String, EngineMeters.State>> engines;
    private final List<Supplier<Number>> counts =
            new CopyOnWriteArrayList<>(); // Micrometer forgets
    private final Map<String, EngineMeters> known = new ConcurrentHashMap<>();
    private final LlamaServerFigures llamaServers = new LlamaServerFigures();

    /// @param engines what the models of this process do at the moment, by their public names
    public Meters(Supplier<Map<String, EngineMeters.State>> engines) {
        this.engines = engines;
        registry.config()
                .meterFilter(
                        MeterFilter.maximumAllowableTags(
                                "tramontane.errors", "kind", MOST_ERROR_KINDS, MeterFilter.deny()));
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /// Shows a figure that is looked up when somebody asks.
    public void show(String name, String description, Supplier<Number> figure) {
        Gauge.builder(name, figure).description(description).register(registry);
    }

    /// Shows a count that is kept elsewhere, and looked up when somebody asks.
    ///
    /// @param labels names and values, by turns
    public void count(String name, String description, Supplier<Number> count, String... labels) {
        FunctionCounter.builder(name, count, each -> each.get().doubleValue())
                .description(description)
                .tags(labels)
                .register(registry);
        counts.add(count);
    }

    void take(Observed observed) {
        Observed.Outcome outcome = observed.outcome();
        String route = observed.request().route().orElse("");
        String error = outcome.cancelled() ? "cancelled" : outcome.error().orElse("");
        histogram(
                "http.server.request.duration",
                "Requests, from their headers to the last of the answer.",
                HTTP_SECONDS,
                Tags.of(
                        "http.request.method",
                        method(observed.request().method()),
                        "http.route",
                        route,
                        "http.response.status_code",
                        Integer.toString(outcome.status()),
                        "error.type",
                        error),
                outcome.took());
        if (!error.isEmpty()) {
            Counter.builder("tramontane.errors")
                    .description("Requests that were not answered as they wished.")
                    .tags("endpoint", route, "kind", error)
                    .register(registry)
                    .increment();
        }
        observed.generated().ifPresent(generated -> take(generated, outcome, error));
    }

    /// As the conventions have it: one name for all methods that are none.
    static String method(String method) {
        return METHODS.contains(method) ? method : "_OTHER";
    }

    private void take(Observed.Generated generated, Observed.Outcome outcome, String error) {
        String model = generated.asked().model();
        Tags tags =
                Tags.of(
                        "gen_ai.operation.name",
                        generated.asked().operation(),
                        "gen_ai.provider.name",
                        Spans.PROVIDER,
                        "gen_ai.request.model",
                        model);
        histogram(
                "gen_ai.server.request.duration",
                "Requests to models, to the last of the answer.",
                REQUEST_SECONDS,
                tags.and("error.type", error),
                outcome.took());
        if (outcome.error().isEmpty()) {
            generated
                    .firstToken()
                    .ifPresent(
                            time ->
                                    histogram(
                                            "gen_ai.server.time_to_first_token",
                                            "Until the first token of a request was there.",
                                            FIRST_TOKEN_SECONDS,
                                            tags,
                                            time));
            generated.choices().forEach(choice -> takePace(choice, tags));
        }
        takeTokens(generated.tokens(), model, tags);
        for (Observed.Choice choice : generated.choices()) {
            Counter.builder("tramontane.answers")
                    .description("Answers, by why they ended.")
                    .tags("model", model, "finish_reason", word(choice.why()))
                    .register(registry)
                    .increment();
        }
        llamaServers.take(generated);
    }

    private void takePace(Observed.Choice choice, Tags tags) {
        int following = choice.usage().completionTokens() - 1;
        if (choice.firstToken().isPresent() && following > 0) {
            histogram(
                    "gen_ai.server.time_per_output_token",
                    "Each token behind the first of an answer.",
                    TOKEN_SECONDS,
                    tags,
                    choice.end().minus(choice.firstToken().get()).dividedBy(following));
        }
    }

    private void takeTokens(Observed.Tokens tokens, String model, Tags tags) {
        if (tokens.equals(Observed.Tokens.NONE)) {
            return;
        }
        summary(tags.and("gen_ai.token.type", "input"), tokens.input());
        summary(tags.and("gen_ai.token.type", "output"), tokens.output());
        count(model, "input", tokens.input());
        count(model, "cached", tokens.cached());
        count(model, "output", tokens.output());
        count(model, "reasoning", tokens.reasoning());
        Counter.builder("tramontane.prefix.cache.lookups")
                .description("Prompts, by whether the beginning of theirs was kept from before.")
                .tags("model", model, "result", tokens.cached() > 0 ? "hit" : "miss")
                .register(registry)
                .increment();
    }

    private void summary(Tags tags, int tokens) {
        DistributionSummary.builder("gen_ai.client.token.usage")
                .description("Tokens of a request.")
                .serviceLevelObjectives(TOKENS)
                .tags(tags)
                .register(registry)
                .record(tokens);
    }

    private void count(String model, String type, int tokens) {
        Counter.builder("tramontane.tokens")
                .description(
                        "Tokens as clients are told: cached ones are part of the input, reasoning of the output.")
                .tags("model", model, "type", type)
                .register(registry)
                .increment(tokens);
    }

    private void histogram(
            String name, String description, double[] seconds, Tags tags, Duration took) {
        Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(
                        Arrays.stream(seconds)
                                .mapToObj(bound -> Duration.ofNanos(Math.round(bound * 1e9)))
                                .toArray(Duration[]::new))
                .tags(tags)
                .register(registry)
                .record(took);
    }

    /// As the conventions write enumerations.
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /// All figures.
    ///
    /// @param contentType of the text
    public record Page(String contentType, String text) {}

    /// A model's figures of now and of when it last was there.
    ///
    /// @param now empty while it is not loaded
    public record Known(Optional<EngineMeters.State> now, EngineMeters.State last) {}

    /// The figures of the models that were ever loaded, by their names.
    public Map<String, Known> known() {
        refresh();
        Map<String, Known> figures = new HashMap<>();
        known.forEach(
                (model, meters) -> meters.known().ifPresent(each -> figures.put(model, each)));
        return figures;
    }

    private Map<String, EngineMeters.State> refresh() {
        Map<String, EngineMeters.State> now = engines.get();
        now.keySet().forEach(this::know);
        known.forEach((model, meters) -> meters.refresh(now.get(model)));
        return now;
    }

    /// @param accepted the content types that whoever asks reads, as in HTTP's `Accept`
    public Page page(String accepted) {
        Map<String, EngineMeters.State> now = refresh();
        if (accepted.contains("application/openmetrics-text")) {
            return new Page(OPEN_METRICS, registry.scrape(OPEN_METRICS));
        }
        return new Page(TEXT, registry.scrape(TEXT) + llamaServers.lines(now.values()));
    }

    private void know(String model) {
        known.computeIfAbsent(model, name -> new EngineMeters(name, registry));
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
