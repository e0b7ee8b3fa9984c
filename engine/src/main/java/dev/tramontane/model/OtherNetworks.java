package dev.tramontane.model;

import static java.util.Map.entry;

import dev.tramontane.weights.ModelFormatException;

import java.util.Map;

/// Networks that people ask for and we do not run, and what each needs that we do not compute: so a
/// refusal says why, and what to use instead.
final class OtherNetworks {
    /// What to do instead, wherever a network is refused.
    static final String ADVICE = "use a dense Mistral, Magistral, Ministral 3 or Qwen3 model";

    private static final String EXPERTS = "a mixture of experts";
    private static final String LATENT = "latent attention and a mixture of experts";
    private static final String SINKS =
            "attention sinks, windows that differ between layers, and a mixture of experts";
    private static final String RECURRENT = "recurrent layers and a mixture of experts";
    private static final String BIASES = "biases on queries, keys and values";

    /// By the names in GGUF's `general.architecture` and in Hugging Face's `model_type`.
    private static final Map<String, String> NEEDS =
            Map.ofEntries(
                    entry("mistral4", LATENT),
                    entry("deepseek2", LATENT),
                    entry("deepseek_v2", LATENT),
                    entry("deepseek_v3", LATENT),
                    entry("mixtral", EXPERTS),
                    entry("qwen3moe", EXPERTS),
                    entry("qwen3_moe", EXPERTS),
                    entry("qwen3next", RECURRENT),
                    entry("qwen3_next", RECURRENT),
                    entry("gpt-oss", SINKS),
                    entry("gpt_oss", SINKS),
                    entry("qwen2", BIASES));

    private OtherNetworks() {}

    /// The refusal of a network by its name.
    ///
    /// @param where the file, and the field that names the network
    /// @param found its name
    /// @param expected the names that we run
    static ModelFormatException refusal(String where, String found, String expected) {
        String why = NEEDS.containsKey(found) ? ", which needs " + NEEDS.get(found) : "";
        return new ModelFormatException(
                "%s is %s%s; expected %s: %s".formatted(where, found, why, expected, ADVICE));
    }
}
