package dev.tramontane.chat;

/// What writes a model's prompts: the rules of our own family, or the template that another model
/// brings.
public sealed interface ChatTemplate permits InstructTemplate, JinjaTemplate {
    /// The format's name for people: a version such as `v13`, or `jinja`.
    String format();

    /// The prompt of a request.
    ///
    /// @throws InvalidRequestException when the format cannot write the request
    int[] encode(ChatRequest request);
}
