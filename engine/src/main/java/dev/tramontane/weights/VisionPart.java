package dev.tramontane.weights;

import java.util.Optional;
import java.util.stream.Stream;

/// A tensor's place in the vision part of a multimodal model, and its name in each layout; `N` is
/// the layer.
///
/// The tower is Pixtral's; what follows it merges squares of patches and projects them to the text
/// network's width. GGUF keeps the part in a file of its own, under llama.cpp's names.
public enum VisionPart {
    PATCHES("v.patch_embd", "vision_tower.patch_conv", "vision_encoder.patch_conv"),
    FIRST_NORM("v.pre_ln", "vision_tower.ln_pre", "vision_encoder.ln_pre"),
    ATTENTION_NORM(
            "v.blk.N.ln1",
            "vision_tower.transformer.layers.N.attention_norm",
            "vision_encoder.transformer.layers.N.attention_norm"),
    QUERY(
            "v.blk.N.attn_q",
            "vision_tower.transformer.layers.N.attention.q_proj",
            "vision_encoder.transformer.layers.N.attention.wq"),
    KEY(
            "v.blk.N.attn_k",
            "vision_tower.transformer.layers.N.attention.k_proj",
            "vision_encoder.transformer.layers.N.attention.wk"),
    VALUE(
            "v.blk.N.attn_v",
            "vision_tower.transformer.layers.N.attention.v_proj",
            "vision_encoder.transformer.layers.N.attention.wv"),
    ATTENTION_OUTPUT(
            "v.blk.N.attn_out",
            "vision_tower.transformer.layers.N.attention.o_proj",
            "vision_encoder.transformer.layers.N.attention.wo"),
    FEED_FORWARD_NORM(
            "v.blk.N.ln2",
            "vision_tower.transformer.layers.N.ffn_norm",
            "vision_encoder.transformer.layers.N.ffn_norm"),
    GATE(
            "v.blk.N.ffn_gate",
            "vision_tower.transformer.layers.N.feed_forward.gate_proj",
            "vision_encoder.transformer.layers.N.feed_forward.w1"),
    UP(
            "v.blk.N.ffn_up",
            "vision_tower.transformer.layers.N.feed_forward.up_proj",
            "vision_encoder.transformer.layers.N.feed_forward.w3"),
    DOWN(
            "v.blk.N.ffn_down",
            "vision_tower.transformer.layers.N.feed_forward.down_proj",
            "vision_encoder.transformer.layers.N.feed_forward.w2"),
    MERGER_NORM("mm.input_norm", "multi_modal_projector.norm", "pre_mm_projector_norm"),
    MERGER(
            "mm.patch_merger",
            "multi_modal_projector.patch_merger.merging_layer",
            "patch_merger.merging_layer"),
    PROJECTOR_IN("mm.1", "multi_modal_projector.linear_1", "vision_language_adapter.w_in"),
    PROJECTOR_OUT("mm.2", "multi_modal_projector.linear_2", "vision_language_adapter.w_out");

    private final String gguf;
    private final String huggingFace;
    private final String mistral;

    VisionPart(String gguf, String huggingFace, String mistral) {
        this.gguf = gguf;
        this.huggingFace = huggingFace;
        this.mistral = mistral;
    }

    /// Whether every layer has one.
    public boolean isInLayers() {
        return gguf.contains(".N.");
    }

    /// The name in GGUF files.
    public String gguf(int layer) {
        return named(gguf, layer);
    }

    /// The name in a model's files, if they have the tensor; newer Hugging Face tooling puts
    /// `model.` in front.
    ///
    /// @param kind whose layout the file has
    /// @param file with the vision part: of a GGUF model a file of its own
    public Optional<String> in(ModelFolder.Kind kind, WeightsFile file, int layer) {
        Stream<String> names =
                switch (kind) {
                    case GGUF -> Stream.of(gguf(layer));
                    case MISTRAL -> Stream.of(named(mistral, layer));
                    case HUGGING_FACE ->
                            Stream.of(
                                    named(huggingFace, layer),
                                    "model." + named(huggingFace, layer));
                };
        return names.filter(file.tensors()::containsKey).findFirst();
    }

    /// The name that a message about a missing tensor gives.
    public String missing(ModelFolder.Kind kind, int layer) {
        return switch (kind) {
            case GGUF -> gguf(layer);
            case MISTRAL -> named(mistral, layer);
            case HUGGING_FACE -> named(huggingFace, layer);
        };
    }

    private static String named(String pattern, int layer) {
        return pattern.replace(".N.", "." + layer + ".") + ".weight";
    }
}
