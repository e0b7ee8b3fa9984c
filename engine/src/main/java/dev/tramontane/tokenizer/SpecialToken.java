package dev.tramontane.tokenizer;

/// The marks of the Mistral formats, by the spelling that vocabularies give them.
///
/// Ids differ between vocabularies (34 is `[THINK]` in one and `[TRANSCRIBE]` in another): always
/// ask the {@link Tokenizer}. Up to {@link #TOOL_CONTENT} they are declared in the order of the ids
/// that all vocabularies agree on, 0 to 19.
public enum SpecialToken {
    UNKNOWN("<unk>"),
    BOS("<s>"),
    EOS("</s>"),
    INST("[INST]"),
    END_INST("[/INST]"),
    AVAILABLE_TOOLS("[AVAILABLE_TOOLS]"),
    END_AVAILABLE_TOOLS("[/AVAILABLE_TOOLS]"),
    TOOL_RESULTS("[TOOL_RESULTS]"),
    END_TOOL_RESULTS("[/TOOL_RESULTS]"),
    TOOL_CALLS("[TOOL_CALLS]"),
    IMG("[IMG]"),
    PAD("<pad>"),
    IMG_BREAK("[IMG_BREAK]"),
    IMG_END("[IMG_END]"),
    PREFIX("[PREFIX]"),
    MIDDLE("[MIDDLE]"),
    SUFFIX("[SUFFIX]"),
    SYSTEM_PROMPT("[SYSTEM_PROMPT]"),
    END_SYSTEM_PROMPT("[/SYSTEM_PROMPT]"),
    TOOL_CONTENT("[TOOL_CONTENT]"),
    ARGS("[ARGS]"),
    CALL_ID("[CALL_ID]"),
    THINK("[THINK]"),
    END_THINK("[/THINK]"),
    MODEL_SETTINGS("[MODEL_SETTINGS]"),
    END_MODEL_SETTINGS("[/MODEL_SETTINGS]");

    private final String spelling;

    SpecialToken(String spelling) {
        this.spelling = spelling;
    }

    /// As `tekken.json` and GGUF vocabularies spell it.
    public String spelling() {
        return spelling;
    }
}
