package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.telemetry.Meters;
import dev.tramontane.wire.LlamaRequests;
import dev.tramontane.wire.LlamaSettings;
import dev.tramontane.wire.UpstreamModel;

import io.helidon.http.Status;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;

/// What the server is and does: `/props` and `/slots` in llama-server's words, and `/metrics` for
/// Prometheus.
record StateEndpoint(Models models, Meters meters) {
    private static final long STARTED =
            ProcessHandle.current().info().startInstant().map(Instant::getEpochSecond).orElse(0L);

    /// `GET /props`.
    void props(Exchange exchange) {
        Offer served = models.offer("");
        ObjectNode props = Json.object();
        ObjectNode settings = props.putObject("default_generation_settings");
        settings.put("n_ctx", served.nature().context());
        tellSampling(served, settings.putObject("params"));
        served.local().ifPresent(model -> props.put("total_slots", model.engine().maxSequences()));
        props.put("model_alias", served.id()).put("model_path", served.nature().name());
        props.putObject("modalities").put("vision", served.nature().sees()).put("audio", false);
        props.put("media_marker", LlamaRequests.IMAGE_MARK);
        props.put("build_info", "tramontane");
        exchange.send(props);
    }

    /// What a server elsewhere decides is not known here.
    private static void tellSampling(Offer served, ObjectNode params) {
        ServedModel.Nature nature = served.nature();
        SamplingParams sampling = nature.sampling();
        if (served.runsHere()) {
            LlamaSettings.write(sampling.withSeed(LlamaSettings.ANY_SEED), params);
            return;
        }
        SamplingParams open = UpstreamModel.SERVERS_SAMPLING;
        params.set("temperature", nature.temperature());
        if (sampling.topK() != open.topK()) {
            params.put("top_k", sampling.topK());
        }
        if (sampling.topP() != open.topP()) {
            params.put("top_p", sampling.topP());
        }
        if (sampling.minP() != open.minP()) {
            params.put("min_p", sampling.minP());
        }
    }

    /// `GET /slots`: as many as run at once, the first ones at work. Sequences have no slots of
    /// their own here; what is told is how many are taken.
    void slots(Exchange exchange) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        models.offer("").local().ifPresent(model -> add(list, model));
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

    /// `GET /lora-adapters`: none are laid over models that run; those that were trained are
    /// merged.
    void adapters(Exchange exchange) {
        exchange.send(JsonNodeFactory.instance.arrayNode());
    }

    /// `GET /metrics`.
    void metrics(Exchange exchange) {
        Meters.Page page = meters.page(exchange.requestHeader("Accept").orElse(""));
        exchange.header("Process-Start-Time-Unix", Long.toString(STARTED)); // as llama-server does
        exchange.send(Status.OK_200, page.contentType(), page.text());
    }
}
