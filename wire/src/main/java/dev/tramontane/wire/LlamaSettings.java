package dev.tramontane.wire;

import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/// How tokens are chosen, in llama-server's words.
public final class LlamaSettings {
    /// A seed that is another one each time.
    public static final long ANY_SEED = 0xffff_ffffL;

    /// In the order in which they work.
    private static final List<String> SAMPLERS =
            List.of("penalties", "dry", "temperature", "top_k", "typ_p", "top_p", "min_p");

    private LlamaSettings() {}

    /// Without what only a request has.
    public static void write(SamplingParams sampling, ObjectNode into) {
        into.put("seed", sampling.seed());
        put("temperature", sampling.temperature(), into);
        into.put("top_k", sampling.topK());
        put("top_p", sampling.topP(), into);
        put("min_p", sampling.minP(), into);
        put("typical_p", sampling.typicalP(), into);
        Repetition repetition = sampling.penalties().repetition();
        into.put("repeat_last_n", repetition.lastTokens());
        put("repeat_penalty", repetition.repeat(), into);
        put("presence_penalty", repetition.presence(), into);
        put("frequency_penalty", repetition.frequency(), into);
        Dry dry = sampling.penalties().dry();
        put("dry_multiplier", dry.multiplier(), into);
        put("dry_base", dry.base(), into);
        into.put("dry_allowed_length", dry.allowedLength());
        into.put("dry_penalty_last_n", dry.lastTokens());
        into.put("max_tokens", sampling.maxTokens()).put("n_predict", sampling.maxTokens());
        SAMPLERS.forEach(into.putArray("samplers")::add);
    }

    /// Those of a request.
    ///
    /// @param sampling with the biases of its texts
    /// @param ends tokens that end an answer otherwise
    public static void write(
            LlamaRequests.Request request,
            SamplingParams sampling,
            Collection<Integer> ends,
            ObjectNode into) {
        write(sampling, into);
        LlamaRequests.Bounds bounds = request.bounds();
        if (!bounds.generates()) {
            into.put("max_tokens", 0).put("n_predict", 0);
        }
        bounds.stop().forEach(into.putArray("stop")::add);
        into.put("ignore_eos", bounds.ignoresEnd()).put("stream", request.stream());
        into.put("n_probs", request.told().scores() ? sampling.topLogprobs() : 0);
        into.put("post_sampling_probs", request.told().drawn());
        into.put("n_indent", bounds.indent()).put("t_max_predict_ms", bounds.longest().toMillis());
        ArrayNode biases = into.putArray("logit_bias");
        new TreeMap<>(sampling.penalties().bias().values())
                .forEach((id, bias) -> biases.addObject().put("token", id).put("bias", bias));
        if (bounds.ignoresEnd()) {
            ends.stream()
                    .sorted()
                    .forEach(id -> biases.addObject().put("token", id).putNull("bias"));
        }
    }

    /// As it was written, not as the nearest `float` is.
    private static void put(String name, float value, ObjectNode into) {
        into.put(name, Double.parseDouble(Float.toString(value)));
    }
}
