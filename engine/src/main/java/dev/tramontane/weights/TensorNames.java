package dev.tramontane.weights;

import java.util.List;

/// What the tensors of a decoder are called in each layout: the one place where Mistral's, Hugging
/// Face's and GGUF's names meet ours.
///
/// ```
/// role                Hugging Face (after a prefix)     Mistral                GGUF
/// EMBEDDING           embed_tokens                      tok_embeddings         token_embd
/// OUTPUT              lm_head (its own prefix)          output                 output
/// FINAL_NORM          norm                              norm                   output_norm
/// layer N             layers.N.…                        layers.N.…             blk.N.…
/// ATTENTION_NORM      input_layernorm                   attention_norm         attn_norm
/// QUERY KEY VALUE     self_attn.{q,k,v}_proj            attention.{wq,wk,wv}   attn_{q,k,v}
/// QUERY_NORM KEY_NORM  self_attn.{q,k}_norm             –                      attn_{q,k}_norm
/// ATTENTION_OUTPUT    self_attn.o_proj                  attention.wo           attn_output
/// FEED_FORWARD_NORM   post_attention_layernorm          ffn_norm               ffn_norm
/// GATE UP DOWN        mlp.{gate,up,down}_proj           feed_forward.{w1,w3,w2}  ffn_{gate,up,down}
/// ```
///
/// All end in `.weight`. Mistral's own files have no norms for heads yet; were they to, ours is a
/// guess at the name, and `params.json` that asks for them is refused before. Hugging Face's prefix
/// is `model.` for a text model; multimodal ones were published with `language_model.model.` and
/// are saved by newer tooling with `model.language_model.`.
public final class TensorNames {
    private static final List<String> HUGGING_FACE_PREFIXES =
            List.of("model.", "language_model.model.", "model.language_model.");

    /// Parts of multimodal models that the text network does not use, and tables that are computed.
    private static final List<String> BESIDES_TEXT =
            List.of(
                    "vision_tower.",
                    "model.vision_tower.",
                    "multi_modal_projector.",
                    "model.multi_modal_projector.",
                    "vision_encoder.",
                    "vision_language_adapter.",
                    "patch_merger.",
                    "pre_mm_projector_norm.");

    /// What the scales of activations and caches end in, which FP8 files have beside the weights'.
    private static final List<String> ACTIVATION_SCALES =
            List.of(
                    ".input_scale",
                    ".output_scale",
                    ".activation_scale",
                    ".qscale_act",
                    ".q_scale",
                    ".k_scale",
                    ".v_scale",
                    ".kv_scale",
                    ".prob_scale");

    private final ModelFolder.Kind kind;
    private final String prefix;
    private final List<String> outputs;

    private TensorNames(ModelFolder.Kind kind, String prefix, List<String> outputs) {
        this.kind = kind;
        this.prefix = prefix;
        this.outputs = outputs;
    }

    /// A tensor's place in the network.
    public enum Role {
        EMBEDDING,
        OUTPUT,
        FINAL_NORM,
        ATTENTION_NORM,
        QUERY,
        KEY,
        VALUE,
        QUERY_NORM,
        KEY_NORM,
        ATTENTION_OUTPUT,
        FEED_FORWARD_NORM,
        GATE,
        UP,
        DOWN
    }

    /// The names in a layout, for those who write it; Hugging Face's are those of a text model.
    public static TensorNames of(ModelFolder.Kind kind) {
        return switch (kind) {
            case GGUF, MISTRAL -> new TensorNames(kind, "", List.of("output.weight"));
            case HUGGING_FACE -> huggingFace(HUGGING_FACE_PREFIXES.getFirst());
        };
    }

    /// The names that a model uses; Hugging Face's prefix is told from its embedding.
    public static TensorNames of(ModelFolder folder) {
        return switch (folder.kind()) {
            case GGUF, MISTRAL -> of(folder.kind());
            case HUGGING_FACE ->
                    HUGGING_FACE_PREFIXES.stream()
                            .map(TensorNames::huggingFace)
                            .filter(
                                    names ->
                                            folder.weights()
                                                    .tensors()
                                                    .containsKey(names.of(Role.EMBEDDING)))
                            .findFirst()
                            .orElseGet(() -> of(folder.kind()));
        };
    }

    private static TensorNames huggingFace(String prefix) {
        return new TensorNames(
                ModelFolder.Kind.HUGGING_FACE,
                prefix,
                List.of("lm_head.weight", "language_model.lm_head.weight"));
    }

    /// The name of a layer's tensor.
    public String of(Role role, int layer) {
        return switch (kind) {
            case GGUF -> "blk." + layer + "." + gguf(role) + ".weight";
            case HUGGING_FACE -> prefix + "layers." + layer + "." + huggingFace(role) + ".weight";
            case MISTRAL -> "layers." + layer + "." + mistral(role) + ".weight";
        };
    }

    /// The name of a tensor outside the layers.
    public String of(Role role) {
        if (role == Role.OUTPUT) {
            return outputs.getFirst();
        }
        return switch (kind) {
            case GGUF -> gguf(role) + ".weight";
            case HUGGING_FACE -> prefix + huggingFace(role) + ".weight";
            case MISTRAL -> mistral(role) + ".weight";
        };
    }

    /// All names that an output matrix may have, where it is not the embedding; multimodal models
    /// were published with a second one.
    public List<String> outputs() {
        return outputs;
    }

    /// Whether a tensor has no part in the text network: vision, tables that we compute, and scales
    /// for rounding activations, which ours are not.
    public boolean isBesidesText(String name) {
        return isComputed(name)
                || (kind != ModelFolder.Kind.GGUF
                        && (BESIDES_TEXT.stream().anyMatch(name::startsWith)
                                || ACTIVATION_SCALES.stream().anyMatch(name::endsWith)));
    }

    /// Whether a tensor has its part in the vision of a multimodal model, and is no scale for
    /// rounding activations.
    public boolean isOfVision(String name) {
        return kind != ModelFolder.Kind.GGUF
                && BESIDES_TEXT.stream().anyMatch(name::startsWith)
                && ACTIVATION_SCALES.stream().noneMatch(name::endsWith);
    }

    /// Whether a tensor is a table that we compute.
    public boolean isComputed(String name) {
        return name.endsWith(".rotary_emb.inv_freq");
    }

    private static String gguf(Role role) {
        return switch (role) {
            case EMBEDDING -> "token_embd";
            case OUTPUT -> "output";
            case FINAL_NORM -> "output_norm";
            case ATTENTION_NORM -> "attn_norm";
            case QUERY -> "attn_q";
            case KEY -> "attn_k";
            case VALUE -> "attn_v";
            case QUERY_NORM -> "attn_q_norm";
            case KEY_NORM -> "attn_k_norm";
            case ATTENTION_OUTPUT -> "attn_output";
            case FEED_FORWARD_NORM -> "ffn_norm";
            case GATE -> "ffn_gate";
            case UP -> "ffn_up";
            case DOWN -> "ffn_down";
        };
    }

    private static String huggingFace(Role role) {
        return switch (role) {
            case EMBEDDING -> "embed_tokens";
            case OUTPUT -> "lm_head";
            case FINAL_NORM -> "norm";
            case ATTENTION_NORM -> "input_layernorm";
            case QUERY -> "self_attn.q_proj";
            case KEY -> "self_attn.k_proj";
            case VALUE -> "self_attn.v_proj";
            case QUERY_NORM -> "self_attn.q_norm";
            case KEY_NORM -> "self_attn.k_norm";
            case ATTENTION_OUTPUT -> "self_attn.o_proj";
            case FEED_FORWARD_NORM -> "post_attention_layernorm";
            case GATE -> "mlp.gate_proj";
            case UP -> "mlp.up_proj";
            case DOWN -> "mlp.down_proj";
        };
    }

    private static String mistral(Role role) {
        return switch (role) {
            case EMBEDDING -> "tok_embeddings";
            case OUTPUT -> "output";
            case FINAL_NORM -> "norm";
            case ATTENTION_NORM -> "attention_norm";
            case QUERY -> "attention.wq";
            case KEY -> "attention.wk";
            case VALUE -> "attention.wv";
            case QUERY_NORM -> "attention.q_norm";
            case KEY_NORM -> "attention.k_norm";
            case ATTENTION_OUTPUT -> "attention.wo";
            case FEED_FORWARD_NORM -> "ffn_norm";
            case GATE -> "feed_forward.w1";
            case UP -> "feed_forward.w3";
            case DOWN -> "feed_forward.w2";
        };
    }
}
