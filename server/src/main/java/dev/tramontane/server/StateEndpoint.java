package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineStats;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;

import io.helidon.http.Status;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Locale;
import java.util.Map;

/// What the server is and does: `/props` and `/slots` in llama-server's words, and `/metrics` for
/// Prometheus.
record StateEndpoint(Models models, Admission admission) {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /// `GET /props`.
    void props(Exchange exchange) {
        ServedModel served = models.get("");
        ObjectNode props = Json.object();
        ObjectNode settings = props.putObject("default_generation_settings");
        settings.put("n_ctx", served.nature().context());
        SamplingParams sampling = served.nature().sampling();
        settings.putObject("params")
                .put("temperature", sampling.temperature())
                .put("top_k", sampling.topK())
                .put("top_p", sampling.topP())
                .put("min_p", sampling.minP());
        served.local().ifPresent(model -> props.put("total_slots", model.engine().maxSequences()));
        props.put("model_alias", served.id()).put("model_path", served.nature().name());
        props.putObject("modalities").put("vision", served.nature().sees()).put("audio", false);
        props.put("build_info", "tramontane");
        exchange.send(props);
    }

    /// `GET /slots`: as many as run at once, the first ones at work. Sequences have no slots of
    /// their own here; what is told is how many are taken.
    void slots(Exchange exchange) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        models.get("").local().ifPresent(model -> add(list, model));
        exchange.send(list);
    }

    private static void add(ArrayNode list, LocalModel model) {
        int running = model.engine().stats().running();
        for (int id = 0; id < model.engine().maxSequences(); id++) {
            list.addObject()
                    .put("id", id)
                    .put("n_ctx", model.context())
                    .put("is_processing", id < running);
        }
    }

    /// `GET /metrics`.
    void metrics(Exchange exchange) {
        var page = new StringBuilder();
        gauge(page, "tramontane_requests_answering", "Requests that are being answered.");
        page.append("tramontane_requests_answering %d\n".formatted(admission.inside()));
        for (ServedModel served : models.all()) {
            served.local().ifPresent(model -> add(page, served.id(), model));
        }
        exchange.send(Status.OK_200, PROMETHEUS, page.toString());
    }

    private static void gauge(StringBuilder page, String name, String help) {
        page.append("# HELP %s %s\n# TYPE %s gauge\n".formatted(name, help, name));
    }

    private static void add(StringBuilder page, String id, LocalModel model) {
        EngineStats stats = model.engine().stats();
        EngineStats.Cache cache = stats.cache();
        EngineStats.Work work = stats.work();
        line(page, id, "sequences_waiting", "gauge", stats.waiting());
        line(page, id, "sequences_running", "gauge", stats.running());
        line(page, id, "cache_blocks", "gauge", cache.blocks());
        line(page, id, "cache_blocks_free", "gauge", cache.freeBlocks());
        line(page, id, "cache_blocks_resting", "gauge", cache.restingBlocks());
        line(page, id, "cache_bytes", "gauge", cache.bytes());
        line(page, id, "prompt_tokens_reused_total", "counter", cache.reusedTokens());
        line(page, id, "tokens_computed_total", "counter", work.computedTokens());
        line(page, id, "tokens_sampled_total", "counter", work.sampledTokens());
        line(page, id, "tokens_drafted_total", "counter", work.draftedTokens());
        line(page, id, "tokens_accepted_total", "counter", work.acceptedTokens());
        line(page, id, "set_backs_total", "counter", work.setBacks());
        line(page, id, "step_seconds_total", "counter", work.steps().toNanos() / 1e9);
        line(page, id, "control_seconds_total", "counter", work.control().toNanos() / 1e9);
        line(page, id, "tokens_per_second", "gauge", stats.tokensPerSecond());
        page.append("# TYPE tramontane_interventions_total counter\n");
        for (Map.Entry<Intervention, Long> each : stats.interventions().entrySet()) {
            page.append(
                    "tramontane_interventions_total{model=\"%s\",what=\"%s\"} %d\n"
                            .formatted(
                                    label(id),
                                    each.getKey().name().toLowerCase(Locale.ROOT),
                                    each.getValue()));
        }
    }

    private static void line(
            StringBuilder page, String id, String name, String type, Number value) {
        page.append(
                "# TYPE tramontane_%s %s\ntramontane_%s{model=\"%s\"} %s\n"
                        .formatted(name, type, name, label(id), value));
    }

    private static String label(String id) {
        return id.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
