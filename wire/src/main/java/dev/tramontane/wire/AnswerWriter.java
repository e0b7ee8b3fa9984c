package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Writes an answer as clients of either family read it: chunk by chunk, or whole.
///
/// Tool calls are whole in one chunk, since Mistral's clients want their name in each piece;
/// `finish_reason` is on every chunk. Usage stands in the chunk that ends the choice, as Mistral
/// has it, unless the client asked for OpenAI's chunk of its own. For one answer and one thread.
public final class AnswerWriter {
    private final Head head;
    private final ReasoningFormat format;
    private final boolean usageApart;
    private boolean begun;
    private boolean thinks;
    private boolean answers;
    private int calls;

    /// What every chunk of an answer has in common.
    ///
    /// @param created seconds since 1970
    public record Head(String id, long created, String model) {}

    /// @param usageApart whether usage has a chunk of its own (`stream_options.include_usage`)
    public AnswerWriter(Head head, ReasoningFormat format, boolean usageApart) {
        this.head = head;
        this.format = format;
        this.usageApart = usageApart;
    }

    /// The chunks that tell an event; none for what the API has no words for.
    public List<ObjectNode> chunks(ChatEvent event) {
        List<ObjectNode> chunks = new ArrayList<>();
        if (!begun) {
            begun = true;
            ObjectNode first = chunk(chunks);
            delta(first).put("role", "assistant").put("content", "");
        }
        switch (event) {
            case ChatEvent.Thinking(String text) -> writeThinking(text, chunks);
            case ChatEvent.Text(String text) -> writeText(text, chunks);
            case ChatEvent.ToolCalled(ToolCall call) -> {
                closeThinking(chunks);
                ArrayNode list = delta(chunk(chunks)).putArray("tool_calls");
                write(list.addObject(), call, calls++);
            }
            case ChatEvent.Finished(FinishReason why, Usage usage) -> {
                if (!usage.unfinishedThinking()) {
                    closeThinking(chunks);
                }
                finish(why, usage, chunks);
            }
            case ChatEvent.Progress(int place, int computed, int prompt) ->
                    chunk(chunks)
                            .putObject("prompt_progress")
                            .put("queue_position", place)
                            .put("processed", computed)
                            .put("total", prompt);
            case ChatEvent.Intervened _, ChatEvent.Voted _ -> {}
        }
        return chunks;
    }

    private ObjectNode chunk(List<ObjectNode> chunks) {
        ObjectNode chunk = head("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta");
        choice.putNull("finish_reason");
        chunks.add(chunk);
        return chunk;
    }

    private ObjectNode head(String object) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", head.id())
                .put("object", object)
                .put("created", head.created())
                .put("model", head.model());
    }

    private static ObjectNode choice(ObjectNode chunk) {
        return (ObjectNode) chunk.path("choices").path(0);
    }

    private static ObjectNode delta(ObjectNode chunk) {
        return (ObjectNode) choice(chunk).path("delta");
    }

    private void writeThinking(String text, List<ObjectNode> chunks) {
        boolean opens = !thinks;
        thinks = true;
        switch (format) {
            case SEPARATE ->
                    delta(chunk(chunks)).put("reasoning_content", text).put("reasoning", text);
            case MISTRAL -> writeThinking(delta(chunk(chunks)).putArray("content"), text);
            case MERGED -> delta(chunk(chunks)).put("content", (opens ? "<think>" : "") + text);
            case HIDDEN -> {}
        }
    }

    private static ObjectNode writeThinking(ArrayNode content, String text) {
        ObjectNode part = content.addObject().put("type", "thinking");
        part.putArray("thinking").addObject().put("type", "text").put("text", text);
        return part;
    }

    /// The turn from thinking to answer is one list with the end of one and the beginning of the
    /// other; behind it, content is a plain string.
    private void writeText(String text, List<ObjectNode> chunks) {
        boolean turns = thinks && !answers;
        answers = true;
        ObjectNode delta = delta(chunk(chunks));
        if (turns && format == ReasoningFormat.MISTRAL) {
            ArrayNode content = delta.putArray("content");
            writeThinking(content, "").put("closed", true);
            content.addObject().put("type", "text").put("text", text);
        } else {
            boolean isMerged = turns && format == ReasoningFormat.MERGED;
            delta.put("content", (isMerged ? "</think>\n\n" : "") + text);
        }
    }

    /// Where no text follows the thinking.
    private void closeThinking(List<ObjectNode> chunks) {
        if (!thinks || answers) {
            return;
        }
        answers = true;
        switch (format) {
            case MISTRAL ->
                    writeThinking(delta(chunk(chunks)).putArray("content"), "").put("closed", true);
            case MERGED -> delta(chunk(chunks)).put("content", "</think>\n\n");
            case SEPARATE, HIDDEN -> {}
        }
    }

    private void finish(FinishReason why, Usage usage, List<ObjectNode> chunks) {
        ObjectNode last = chunk(chunks);
        choice(last).put("finish_reason", reason(why));
        if (usageApart) {
            ObjectNode apart = head("chat.completion.chunk");
            apart.putArray("choices");
            apart.set("usage", usage(usage));
            chunks.add(apart);
        } else {
            last.set("usage", usage(usage));
        }
    }

    /// OpenAI's clients know no `model_length`. An answer that was stopped, by control or by
    /// somebody, did not come to its own end: `length` is nearer than `stop`.
    private String reason(FinishReason why) {
        return switch (why) {
            case STOP -> "stop";
            case TOOL_CALLS -> "tool_calls";
            case CONTEXT_FULL -> format == ReasoningFormat.MISTRAL ? "model_length" : "length";
            case LENGTH, REPETITION, CANCELLED -> "length";
        };
    }

    /// Counts that are not known are left out.
    static ObjectNode usage(Usage usage) {
        Set<Usage.Count> untold = usage.untold();
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("prompt_tokens", usage.promptTokens())
                        .put("completion_tokens", usage.completionTokens())
                        .put("total_tokens", usage.totalTokens());
        if (!untold.contains(Usage.Count.CACHED)) {
            node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
        }
        if (!untold.contains(Usage.Count.REASONING)) {
            node.putObject("completion_tokens_details")
                    .put("reasoning_tokens", usage.reasoningTokens());
        }
        return node;
    }

    private static void write(ObjectNode into, ToolCall call, int index) {
        into.put("index", index).put("id", call.id().orElse("null")).put("type", "function");
        into.putObject("function").put("name", call.name()).put("arguments", call.arguments());
    }

    /// The answer in one piece.
    public ObjectNode whole(ChatStream.Answer answer) {
        ObjectNode body = head("chat.completion");
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        boolean hasThought = !answer.thinking().isEmpty();
        switch (format) {
            case MISTRAL -> {
                if (hasThought) {
                    ArrayNode content = message.putArray("content");
                    ObjectNode thought = writeThinking(content, answer.thinking());
                    thought.put("closed", !answer.usage().unfinishedThinking());
                    if (!answer.text().isEmpty()) {
                        content.addObject().put("type", "text").put("text", answer.text());
                    }
                } else {
                    message.put("content", answer.text());
                }
            }
            case MERGED -> {
                String end = answer.usage().unfinishedThinking() ? "" : "</think>\n\n";
                String thought = hasThought ? "<think>" + answer.thinking() + end : "";
                message.put("content", thought + answer.text());
            }
            case SEPARATE, HIDDEN -> {
                boolean isEmpty = answer.text().isEmpty() && !answer.toolCalls().isEmpty();
                message.put("content", isEmpty ? null : answer.text());
                if (hasThought && format == ReasoningFormat.SEPARATE) {
                    message.put("reasoning_content", answer.thinking());
                    message.put("reasoning", answer.thinking());
                }
            }
        }
        message.putNull("refusal");
        if (!answer.toolCalls().isEmpty()) {
            ArrayNode list = message.putArray("tool_calls");
            answer.toolCalls().forEach(call -> write(list.addObject(), call, list.size() - 1));
        }
        choice.put("finish_reason", reason(answer.why()));
        choice.putNull("logprobs");
        body.set("usage", usage(answer.usage()));
        return body;
    }
}
