package dev.tramontane.server;

import dev.tramontane.engine.EngineStats;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.server.conversation.Conversations;
import dev.tramontane.server.pool.PoolStatus;
import dev.tramontane.server.store.StoreException;
import dev.tramontane.server.telemetry.EngineMeters;
import dev.tramontane.server.telemetry.Meters;

import tools.jackson.databind.node.ObjectNode;

import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the page shows of the server: `/web/config` and `/web/status`, whose figures are those of
/// `/metrics`.
record PageStateEndpoint(
        ServerConfig config,
        Models models,
        Optional<Conversations> conversations,
        Admission admission,
        Meters meters) {
    private static final double MILLIS = 1e3;

    /// `GET /web/config`: what the page must know before anybody has shown a key.
    void config(Exchange exchange) {
        ObjectNode told = Json.object();
        told.put("version", Fingerprint.version());
        told.put("keys_required", !config.keys().isEmpty());
        told.putObject("features")
                .put("conversations", conversations.isPresent())
                .put("documents", true)
                .put("temporary", true);
        told.set("store", store());
        exchange.send(told);
    }

    /// Whether conversations are kept, and why not.
    private ObjectNode store() {
        Optional<StoreException> failure = conversations.flatMap(Conversations::failure);
        ObjectNode told = Json.object();
        told.put("state", conversations.isEmpty() ? "none" : failure.isPresent() ? "failed" : "ok");
        failure.ifPresent(
                what -> told.set("error", Failures.of(what).error().toJson().path("error")));
        return told;
    }

    /// `GET /web/status`.
    void status(Exchange exchange) {
        Map<String, Meters.Known> known = meters.known();
        ObjectNode told = Json.object();
        var list = told.putArray("models");
        long cacheBytes = 0;
        long modelBytes = 0;
        Map<Intervention, Long> interventions = new EnumMap<>(Intervention.class);
        for (Offer offer : models.all()) {
            ObjectNode model = about(offer);
            Optional<Meters.Known> figures = Optional.ofNullable(known.get(offer.id()));
            figures.flatMap(Meters.Known::now).ifPresent(state -> tell(state, model));
            cacheBytes +=
                    figures.flatMap(Meters.Known::now)
                            .map(state -> state.stats().cache().bytes())
                            .orElse(0L);
            modelBytes +=
                    model.path("loaded").booleanValue() ? model.path("memory_bytes").asLong(0) : 0;
            figures.ifPresent(
                    each ->
                            each.last()
                                    .stats()
                                    .interventions()
                                    .forEach(
                                            (what, count) ->
                                                    interventions.merge(what, count, Long::sum)));
            list.add(model);
        }
        Runtime runtime = Runtime.getRuntime();
        told.putObject("memory")
                .put("models_bytes", modelBytes)
                .put("cache_bytes", cacheBytes)
                .put("heap_bytes", runtime.totalMemory() - runtime.freeMemory())
                .put("heap_most_bytes", runtime.maxMemory());
        ObjectNode counts = told.putObject("interventions");
        for (Intervention each : Intervention.values()) {
            counts.put(Meters.word(each), interventions.getOrDefault(each, 0L));
        }
        told.put("answering", admission.inside());
        told.put("uptime_s", ManagementFactory.getRuntimeMXBean().getUptime() / MILLIS);
        told.set("store", store());
        exchange.send(told);
    }

    private static ObjectNode about(Offer offer) {
        ObjectNode model = Json.object().put("name", offer.id());
        switch (offer) {
            case LocalOffer local -> {
                PoolStatus status = local.status();
                boolean isLoaded =
                        switch (status.state()) {
                            case LOADED, LEAVING -> true;
                            case UNLOADED, WAITING, LOADING -> false;
                        };
                model.put("state", status.state().name().toLowerCase(Locale.ROOT))
                        .put("loaded", isLoaded)
                        .put("memory_bytes", status.bytes());
            }
            case UpstreamOffer _ -> model.put("state", "remote").put("loaded", true);
            case ServedModel served ->
                    model.put("state", served.runsHere() ? "loaded" : "remote").put("loaded", true);
        }
        return model;
    }

    private static void tell(EngineMeters.State state, ObjectNode model) {
        EngineStats stats = state.stats();
        model.putObject("slots").put("busy", stats.running()).put("of", state.slots());
        model.put("queue", stats.waiting());
        model.put("tokens_per_second", stats.tokensPerSecond());
        model.putObject("cache")
                .put("blocks", stats.cache().blocks())
                .put("free", stats.cache().freeBlocks());
        model.put("tokens_drafted", stats.work().draftedTokens());
        model.put("tokens_accepted", stats.work().acceptedTokens());
    }
}
