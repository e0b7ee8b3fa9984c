package dev.tramontane.server;

import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.UpstreamModel;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What there is, as Ollama tells it: `/api/tags`, `/api/ps`, `/api/show`, `/api/version`.
///
/// What is not known here stays empty or 0: sizes, licences, the type of a model's weights.
record OllamaModelsEndpoint(Models models) {
    /// The version whose API this is: tools ask for it to know what they may use.
    private static final String VERSION = "0.13.0";

    /// Under which tools look for what they want to know of a model, whatever network it is.
    private static final String FAMILY = "tramontane";

    /// Of what stays for as long as memory allows.
    private static final String NEVER = "9999-12-31T23:59:59Z";

    void version(Exchange exchange) {
        exchange.send(Json.object().put("version", VERSION));
    }

    /// All models.
    void tags(Exchange exchange) {
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("models");
        models.all().forEach(model -> list.add(entry(model)));
        exchange.send(body);
    }

    /// Those that are open in this process.
    void running(Exchange exchange) {
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("models");
        for (Offer model : models.all()) {
            if (model.local().isPresent()) {
                list.add(entry(model).put("expires_at", end(model)).put("size_vram", 0));
            }
        }
        exchange.send(body);
    }

    /// When it is unloaded if nobody asks for it any more.
    private static String end(Offer model) {
        return switch (model) {
            case LocalOffer local ->
                    local.status()
                            .until()
                            .map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString())
                            .orElse(NEVER);
            case ServedModel _, UpstreamOffer _ -> NEVER;
        };
    }

    private static ObjectNode entry(Offer model) {
        ObjectNode entry = Json.object().put("name", model.id()).put("model", model.id());
        entry.put("modified_at", since(model)).put("size", 0);
        entry.put("digest", digest(model)).set("details", details());
        return entry.put("context_length", model.nature().context());
    }

    private static String since(Offer model) {
        return Instant.ofEpochSecond(model.created()).toString();
    }

    /// Not that of its file: another one whenever the model is opened anew.
    private static String digest(Offer model) {
        String opened = model.id() + "\n" + model.created();
        return HexFormat.of().formatHex(ApiKeys.sha256(opened.getBytes(StandardCharsets.UTF_8)));
    }

    private static ObjectNode details() {
        ObjectNode details = Json.object().put("parent_model", "").put("format", "");
        details.put("family", FAMILY).putArray("families").add(FAMILY);
        return details.put("parameter_size", "").put("quantization_level", "");
    }

    /// `POST /api/show`.
    void show(Exchange exchange) {
        Offer model = OllamaNames.asked(exchange, models).offer();
        ObjectNode body = Json.object().put("license", "").put("modelfile", "");
        body.put("parameters", parameters(model)).put("template", template(model));
        body.set("details", details());
        body.set("model_info", info(model));
        capabilities(model).forEach(body.putArray("capabilities")::add);
        exchange.send(body.put("modified_at", since(model)));
    }

    /// Those that are known: another server may have some of its own.
    private static String parameters(Offer model) {
        SamplingParams sampling = model.nature().sampling();
        SamplingParams open = UpstreamModel.SERVERS_SAMPLING;
        List<String> lines = new ArrayList<>();
        if (model.nature().context() > 0) {
            lines.add("num_ctx " + model.nature().context());
        }
        if (sampling.temperature() != open.temperature()) {
            lines.add("temperature " + sampling.temperature());
        }
        if (sampling.topK() != open.topK()) {
            lines.add("top_k " + sampling.topK());
        }
        if (sampling.topP() != open.topP()) {
            lines.add("top_p " + sampling.topP());
        }
        if (sampling.minP() != open.minP()) {
            lines.add("min_p " + sampling.minP());
        }
        return String.join("\n", lines);
    }

    /// The parts of a prompt; how they are written is the model's own business.
    private static String template(Offer model) {
        return model.nature().fillsGaps() ? "{{ .Prompt }}{{ .Suffix }}" : "{{ .Prompt }}";
    }

    private static ObjectNode info(Offer model) {
        return Json.object()
                .put("general.architecture", FAMILY)
                .put("general.basename", model.nature().name())
                .put(FAMILY + ".context_length", model.nature().context());
    }

    private static List<String> capabilities(Offer model) {
        ServedModel.Nature nature = model.nature();
        List<String> capabilities = new ArrayList<>(List.of("completion"));
        if (nature.talks()) {
            capabilities.add("tools");
        }
        if (nature.thinks()) {
            capabilities.add("thinking");
        }
        if (nature.sees()) {
            capabilities.add("vision");
        }
        if (nature.fillsGaps()) {
            capabilities.add("insert");
        }
        return capabilities;
    }
}
