package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Limits;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/// Writes a {@link ChatRequest} as a server's dialect has it. What the dialect has no field for is
/// refused by name rather than lost; what it means anyway is left out.
final class RequestWriter {
    /// Each of these values is one that nobody asks for, so that what a caller left open is told
    /// from what it chose.
    static final SamplingParams LEFT_OPEN =
            new SamplingParams(
                    Math.nextUp(1f),
                    Integer.MAX_VALUE,
                    Math.nextDown(1f),
                    Float.MIN_VALUE,
                    0,
                    Integer.MAX_VALUE,
                    -1);

    private static final int ALL_TOKENS = -1; // 0 is an error to older servers

    private final ChatRequest request;
    private final Dialect dialect;
    private final ObjectNode body = JsonNodeFactory.instance.objectNode();

    private RequestWriter(ChatRequest request, Dialect dialect) {
        this.request = request;
        this.dialect = dialect;
    }

    /// @throws InvalidRequestException when the dialect cannot say it
    static ObjectNode write(ChatRequest request, String model, Dialect dialect) {
        var writer = new RequestWriter(request, dialect);
        writer.body.put("model", model);
        writer.writeMessages();
        writer.writeTools();
        request.sampling().ifPresent(writer::writeSampling);
        writer.writeMaxTokens();
        writer.writeThinking();
        writer.writeFormat();
        if (!request.stop().isEmpty()) {
            request.stop().forEach(writer.body.putArray("stop")::add);
        }
        return writer.body;
    }

    private void writeMessages() {
        List<Message> messages = request.messages();
        var writer = new MessageWriter(dialect);
        ArrayNode list = body.putArray("messages");
        for (int i = 0; i < messages.size(); i++) {
            list.add(writer.write(messages.get(i), "messages[" + i + "]"));
        }
        boolean continues =
                !messages.isEmpty()
                        && messages.getLast() instanceof Message.AssistantMessage last
                        && last.prefix();
        if (continues && dialect == Dialect.OPEN) {
            body.put("continue_final_message", true);
            body.put("add_generation_prompt", false);
        }
    }

    private void writeTools() {
        if (request.tools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (ToolSpec tool : request.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name());
            if (!tool.description().isEmpty()) {
                function.put("description", tool.description());
            }
            function.set("parameters", tool.parameters());
            if (tool.strict()) {
                function.put("strict", true);
            }
        }
        switch (request.toolUse().choice()) {
            case ToolChoice.Auto() -> {}
            case ToolChoice.None() -> body.put("tool_choice", "none");
            case ToolChoice.Required() -> body.put("tool_choice", "required");
            case ToolChoice.Named(String name) ->
                    body.putObject("tool_choice")
                            .put("type", "function")
                            .putObject("function")
                            .put("name", name);
        }
        if (!request.toolUse().parallel()) {
            body.put("parallel_tool_calls", false);
        }
    }

    private void writeSampling(SamplingParams sampling) {
        if (sampling.temperature() != LEFT_OPEN.temperature()) {
            body.put("temperature", sampling.temperature());
        }
        if (chooses(sampling)
                && sampling.topP() != LEFT_OPEN.topP()
                && (sampling.topP() < 1 || dialect == Dialect.OPEN)) {
            body.put("top_p", sampling.topP()); // Mistral refuses it beside temperature 0
        }
        body.put(dialect == Dialect.MISTRAL ? "random_seed" : "seed", folded(sampling.seed()));
        Repetition repetition = sampling.penalties().repetition();
        if (repetition.frequency() != 0) {
            body.put("frequency_penalty", repetition.frequency());
        }
        if (repetition.presence() != 0) {
            body.put("presence_penalty", repetition.presence());
        }
        if (!sampling.penalties().bias().values().isEmpty()) {
            needs(dialect != Dialect.MISTRAL, "logit_bias");
            ObjectNode bias = body.putObject("logit_bias");
            sampling.penalties()
                    .bias()
                    .values()
                    .forEach((token, value) -> bias.put(Integer.toString(token), value));
        }
        if (sampling.topLogprobs() >= 0) {
            needs(dialect != Dialect.MISTRAL, "logprobs");
            body.put("logprobs", true);
            // asked for no alternatives, llama-server tells no log-probabilities at all
            int least = dialect == Dialect.OPEN ? 1 : 0;
            body.put("top_logprobs", Math.max(least, sampling.topLogprobs()));
        }
        writeOpenSampling(sampling, repetition);
    }

    /// Whether there is anything to choose: not the likeliest token each time.
    private static boolean chooses(SamplingParams sampling) {
        return sampling.temperature() > 0;
    }

    /// What only servers of open models know. They have defaults of their own for filters
    /// (llama-server's `top_k` is 40, vLLM takes what the model's files advise), so that none is
    /// said as well. llama-server's name for the repetition penalty is `repeat_penalty`, vLLM's
    /// `repetition_penalty`.
    private void writeOpenSampling(SamplingParams sampling, Repetition repetition) {
        boolean isOpen = dialect == Dialect.OPEN;
        boolean isSaid = isOpen && chooses(sampling);
        if (sampling.topK() != LEFT_OPEN.topK() && (isSaid || sampling.topK() != 0)) {
            needs(isOpen, "top_k");
            body.put("top_k", sampling.topK() == 0 ? ALL_TOKENS : sampling.topK());
        }
        if (sampling.minP() != LEFT_OPEN.minP() && (isSaid || sampling.minP() != 0)) {
            needs(isOpen, "min_p");
            body.put("min_p", sampling.minP());
        }
        if (sampling.typicalP() != 1) {
            needs(isOpen, "typical_p");
            body.put("typical_p", sampling.typicalP());
        }
        if (repetition.repeat() != 1) {
            needs(isOpen, "repeat_penalty");
            body.put("repeat_penalty", repetition.repeat());
            body.put("repetition_penalty", repetition.repeat());
        }
        if (isOpen && repetition.lastTokens() != Repetition.DEFAULT_LAST_TOKENS) {
            body.put("repeat_last_n", repetition.lastTokens());
        }
        Dry dry = sampling.penalties().dry();
        if (dry.multiplier() != 0) {
            needs(isOpen, "dry_multiplier");
            body.put("dry_multiplier", dry.multiplier());
            body.put("dry_base", dry.base());
            body.put("dry_allowed_length", dry.allowedLength());
            body.put("dry_penalty_last_n", dry.lastTokens());
        }
    }

    /// Servers take a seed of 32 bits, some without a sign: a longer one is folded into 31.
    static int folded(long seed) {
        boolean fits = seed >= 0 && seed <= Integer.MAX_VALUE;
        return fits ? (int) seed : (int) (seed ^ (seed >>> 32)) & Integer.MAX_VALUE;
    }

    private void writeMaxTokens() {
        Limits limits = request.control().limits();
        needs(limits.answerTokens() == Integer.MAX_VALUE, "control.limits.answerTokens");
        int asked = request.sampling().map(SamplingParams::maxTokens).orElse(Integer.MAX_VALUE);
        int most = Math.min(asked, limits.totalTokens());
        if (most < Integer.MAX_VALUE) {
            body.put(dialect == Dialect.OPENAI ? "max_completion_tokens" : "max_tokens", most);
        }
    }

    private void writeThinking() {
        if (!request.defaultSystemPrompt() && dialect != Dialect.OPENAI) {
            body.putNull("prompt_mode"); // absent would be the default prompt
        }
        int ceiling = request.control().limits().thinkingTokens();
        switch (request.thinking()) {
            case Thinking.ModelDefault() -> writeBudget(ceiling);
            case Thinking.Off() -> {
                if (dialect == Dialect.OPEN) { // some know no effort "none"
                    body.putObject("chat_template_kwargs").put("enable_thinking", false);
                } else {
                    body.put("reasoning_effort", "none");
                }
            }
            case Thinking.Effort(Thinking.Level level) -> {
                writeEffort(level);
                writeBudget(ceiling);
            }
            case Thinking.Budget(int tokens) -> writeBudget(Math.min(tokens, ceiling));
        }
    }

    private void writeEffort(Thinking.Level level) {
        String effort =
                switch (level) {
                    case LOW -> "low";
                    case MEDIUM -> "medium";
                    case HIGH -> "high";
                };
        needs(
                dialect != Dialect.MISTRAL || level == Thinking.Level.HIGH,
                "reasoning_effort " + effort);
        body.put("reasoning_effort", effort);
    }

    /// This project's name for a budget, llama-server's and vLLM's.
    private void writeBudget(int tokens) {
        if (tokens == Integer.MAX_VALUE) {
            return;
        }
        needs(dialect == Dialect.OPEN, "thinking_budget");
        body.put("thinking_budget", tokens);
        body.put("thinking_budget_tokens", tokens);
        body.put("thinking_token_budget", tokens);
    }

    private void writeFormat() {
        switch (request.format()) {
            case ResponseFormat.Text() -> {}
            case ResponseFormat.JsonObject() ->
                    body.putObject("response_format").put("type", "json_object");
            case ResponseFormat.JsonSchema(var schema) ->
                    body.putObject("response_format")
                            .put("type", "json_schema")
                            .putObject("json_schema")
                            .put("name", "answer")
                            .put("strict", true)
                            .set("schema", schema);
            case ResponseFormat.Regex(String pattern) -> outputs().put("regex", pattern);
            case ResponseFormat.Choice(List<String> texts) ->
                    texts.forEach(outputs().putArray("choice")::add);
            case ResponseFormat.Grammar(String source) -> {
                outputs().put("grammar", source);
                body.put("grammar", source); // llama-server's field
            }
        }
    }

    /// vLLM's field for forms that are no JSON.
    private ObjectNode outputs() {
        needs(dialect == Dialect.OPEN, "response_format");
        return body.putObject("structured_outputs");
    }

    private void needs(boolean known, String field) {
        if (!known) {
            throw new InvalidRequestException(
                    field,
                    "set, but a server of the dialect %s has no field for it; leave it out, or choose the dialect %s if the server is one of open models"
                            .formatted(dialect, Dialect.OPEN));
        }
    }
}
