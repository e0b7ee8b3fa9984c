package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/// Writes one of an answer's choices; {@link AnswerWriter} has the rules. Usage is not its
/// business.
final class ChoiceWriter {
    private final AnswerWriter.Head head;
    private final ReasoningFormat format;
    private final int index;
    private final PromptProgress progress = new PromptProgress();
    private final List<TokenScore> scores = new ArrayList<>();
    private boolean begun;
    private boolean thinks; // and has not been told to have ended
    private final List<ToolCall> heldCalls = new ArrayList<>();
    private int calls;

    ChoiceWriter(AnswerWriter.Head head, ReasoningFormat format, int index) {
        this.head = head;
        this.format = format;
        this.index = index;
    }

    /// The chunks that tell an event; none for what the API has no words for.
    List<ObjectNode> chunks(ChatEvent event) {
        List<ObjectNode> chunks = new ArrayList<>();
        if (!begun) {
            begun = true;
            delta(chunk(chunks)).put("role", "assistant").put("content", "");
        }
        switch (event) {
            case ChatEvent.Thinking(String text) -> writeThinking(text, chunks);
            case ChatEvent.Text(String text) -> writeText(text, chunks);
            case ChatEvent.Scored(TokenScore score) -> scores.add(score);
            case ChatEvent.ToolCalled(ToolCall call) -> {
                closeThinking(chunks);
                if (format == ReasoningFormat.MISTRAL) {
                    heldCalls.add(call);
                } else {
                    ArrayNode list = delta(chunk(chunks)).putArray("tool_calls");
                    write(list.addObject(), call, calls++);
                }
            }
            case ChatEvent.Finished(var why, var usage) -> {
                if (!usage.unfinishedThinking()) {
                    closeThinking(chunks);
                }
                ObjectNode last = chunk(chunks);
                choice(last).put("finish_reason", reason(why));
                tellHeldCalls(delta(last));
                tellStop(usage, choice(last));
                tellScores(last);
            }
            case ChatEvent.Progress read -> progress.tell(read, chunk(chunks));
            case ChatEvent.Intervened _, ChatEvent.Voted _ -> {}
        }
        return chunks;
    }

    private ObjectNode chunk(List<ObjectNode> chunks) {
        ObjectNode chunk = head.object("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        choice.putObject("delta");
        choice.putNull("finish_reason");
        chunks.add(chunk);
        return chunk;
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

    /// A turn from thinking to answer is one list with the end of one and the beginning of the
    /// other; behind it, content is a plain string until the model thinks again.
    private void writeText(String text, List<ObjectNode> chunks) {
        boolean turns = thinks;
        thinks = false;
        ObjectNode chunk = chunk(chunks);
        ObjectNode delta = delta(chunk);
        if (turns && format == ReasoningFormat.MISTRAL) {
            ArrayNode content = delta.putArray("content");
            writeThinking(content, "").put("closed", true);
            content.addObject().put("type", "text").put("text", text);
        } else {
            boolean isMerged = turns && format == ReasoningFormat.MERGED;
            delta.put("content", (isMerged ? "</think>\n\n" : "") + text);
        }
        tellScores(chunk);
    }

    /// All calls of a choice in one chunk, the last: some clients of Mistral forget those of a
    /// chunk before it.
    private void tellHeldCalls(ObjectNode delta) {
        if (!heldCalls.isEmpty()) {
            ArrayNode list = delta.put("content", "").putArray("tool_calls");
            heldCalls.forEach(call -> write(list.addObject(), call, calls++));
        }
    }

    private void tellScores(ObjectNode chunk) {
        if (!scores.isEmpty()) {
            Scores.write(choice(chunk), scores);
            scores.clear();
        }
    }

    /// Where no text follows the thinking.
    private void closeThinking(List<ObjectNode> chunks) {
        if (!thinks) {
            return;
        }
        thinks = false;
        switch (format) {
            case MISTRAL ->
                    writeThinking(delta(chunk(chunks)).putArray("content"), "").put("closed", true);
            case MERGED -> delta(chunk(chunks)).put("content", "</think>\n\n");
            case SEPARATE, HIDDEN -> {}
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

    /// Which stop text it was, as vLLM tells it.
    private static void tellStop(Usage usage, ObjectNode choice) {
        usage.stopText().ifPresent(text -> choice.put("stop_reason", text));
    }

    private static void write(ObjectNode into, ToolCall call, int index) {
        into.put("index", index).put("id", call.id().orElse("null")).put("type", "function");
        into.putObject("function").put("name", call.name()).put("arguments", call.arguments());
    }

    /// The choice in one piece.
    void writeWhole(AnswerWriter.Choice whole, ObjectNode choice) {
        ChatStream.Answer answer = whole.answer();
        choice.put("index", index);
        writeContent(answer, choice.putObject("message").put("role", "assistant"));
        choice.put("finish_reason", reason(answer.why()));
        tellStop(answer.usage(), choice);
        if (whole.scores().isEmpty()) {
            choice.putNull("logprobs");
        } else {
            Scores.write(choice, whole.scores());
        }
    }

    private void writeContent(ChatStream.Answer answer, ObjectNode message) {
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
    }
}
