package dev.tramontane.wire;

/// Which fields a server knows beside those that all have. Answers are read in every dialect; this
/// is about what may be asked.
public enum Dialect {
    /// OpenAI's own: `max_completion_tokens`, efforts by name, no thinking in the history. Unknown
    /// fields are refused there.
    OPENAI,
    /// Mistral's own: `random_seed`, thinking as chunks of the content, efforts `none` and `high`.
    /// Unknown fields are refused there.
    MISTRAL,
    /// Servers of open models: this project's, vLLM, llama-server and their like. They know
    /// samplers, budgets and grammars under several names, and pass over the names they do not
    /// know; so all of them are sent.
    OPEN;

    /// The dialect of a host.
    static Dialect of(String host) {
        return switch (host) {
            case "api.openai.com" -> OPENAI;
            case "api.mistral.ai" -> MISTRAL;
            default -> OPEN;
        };
    }
}
