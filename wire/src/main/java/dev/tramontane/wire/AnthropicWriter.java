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
import java.util.Optional;

/// Writes an answer as Anthropic's messages API has it: blocks of thinking, text and calls, one
/// after the other, each with its beginning and its end where it is streamed.
///
/// Tokens of the prompt that were computed before count as `cache_read_input_tokens` and not as
/// `input_tokens`. A stream begins before that is known; its last usage is right. An answer of
/// nothing is one empty text.
public final class AnthropicWriter implements Answering {
    private final AnswerWriter.Head head;
    private final boolean showsThinking;
    private boolean begun;
    private boolean finished;
    private int blocks;
    private Optional<Block> open = Optional.empty();

    /// A block that is being streamed.
    private sealed interface Block {
        /// @param signature of what was told of it
        record Thinking(ThoughtSignature signature) implements Block {}

        record Text() implements Block {}
    }

    /// @param showsThinking whether the thinking is told
    public AnthropicWriter(AnswerWriter.Head head, boolean showsThinking) {
        this.head = head;
        this.showsThinking = showsThinking;
    }

    @Override
    public Framing framing() {
        return Framing.NAMED_BY_TYPE;
    }

    @Override
    public Optional<ObjectNode> sign() {
        return Optional.of(event("ping"));
    }

    @Override
    public List<ObjectNode> failed(ApiError error) {
        return List.of(error.toAnthropicJson());
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    @Override
    public List<ObjectNode> chunks(int choice, ChatEvent event) {
        List<ObjectNode> chunks = new ArrayList<>();
        begin(event, chunks);
        switch (event) {
            case ChatEvent.Thinking(String text) -> {
                if (showsThinking) {
                    thinking(chunks).add(text);
                    delta(chunks, "thinking_delta").put("thinking", text);
                }
            }
            case ChatEvent.Text(String text) -> tellText(text, chunks);
            case ChatEvent.ToolCalled(ToolCall call) -> {
                close(chunks);
                ObjectNode block = start(chunks, "tool_use");
                block.put("id", call.id().orElse("")).put("name", call.name()).putObject("input");
                delta(chunks, "input_json_delta").put("partial_json", call.arguments());
                stop(chunks);
            }
            case ChatEvent.Finished(FinishReason why, Usage usage) -> {
                if (blocks == 0 && open.isEmpty()) {
                    openText(chunks);
                }
                close(chunks);
                end(why, usage, chunks);
            }
            case ChatEvent.Progress _,
                    ChatEvent.Scored _,
                    ChatEvent.Intervened _,
                    ChatEvent.Voted _ -> {}
        }
        return chunks;
    }

    private void begin(ChatEvent event, List<ObjectNode> chunks) {
        if (begun) {
            return;
        }
        begun = true;
        int prompt =
                event instanceof ChatEvent.Progress(int _, int _, int tokens, int _) ? tokens : 0;
        ObjectNode start = event("message_start");
        ObjectNode message = start.putObject("message");
        message(message).putNull("stop_reason").putNull("stop_sequence");
        message.set("usage", usage(new Usage(prompt, 0, 0)));
        chunks.add(start);
    }

    private ObjectNode message(ObjectNode message) {
        message.put("id", head.id()).put("type", "message").put("role", "assistant");
        message.put("model", head.model()).putArray("content");
        return message;
    }

    private ThoughtSignature thinking(List<ObjectNode> chunks) {
        if (open.orElse(null) instanceof Block.Thinking(ThoughtSignature signature)) {
            return signature;
        }
        close(chunks);
        start(chunks, "thinking").put("thinking", "").put("signature", "");
        var signature = new ThoughtSignature();
        open = Optional.of(new Block.Thinking(signature));
        return signature;
    }

    private void tellText(String text, List<ObjectNode> chunks) {
        if (!(open.orElse(null) instanceof Block.Text)) {
            close(chunks);
            openText(chunks);
        }
        delta(chunks, "text_delta").put("text", text);
    }

    private void openText(List<ObjectNode> chunks) {
        start(chunks, "text").put("text", "");
        open = Optional.of(new Block.Text());
    }

    private void close(List<ObjectNode> chunks) {
        if (open.isEmpty()) {
            return;
        }
        if (open.get() instanceof Block.Thinking(ThoughtSignature signature)) {
            delta(chunks, "signature_delta").put("signature", signature.text());
        }
        stop(chunks);
        open = Optional.empty();
    }

    private ObjectNode start(List<ObjectNode> chunks, String type) {
        ObjectNode start = event("content_block_start").put("index", blocks);
        chunks.add(start);
        return start.putObject("content_block").put("type", type);
    }

    private ObjectNode delta(List<ObjectNode> chunks, String type) {
        ObjectNode delta = event("content_block_delta").put("index", blocks);
        chunks.add(delta);
        return delta.putObject("delta").put("type", type);
    }

    private void stop(List<ObjectNode> chunks) {
        chunks.add(event("content_block_stop").put("index", blocks++));
    }

    private void end(FinishReason why, Usage usage, List<ObjectNode> chunks) {
        ObjectNode delta = event("message_delta");
        tellEnd(why, usage, delta.putObject("delta"));
        delta.set("usage", usage(usage));
        chunks.add(delta);
        chunks.add(event("message_stop"));
        finished = true;
    }

    private static ObjectNode event(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /// What was stopped by control or by somebody did not come to its own end.
    private static void tellEnd(FinishReason why, Usage usage, ObjectNode into) {
        boolean byText = usage.stopText().isPresent();
        into.put(
                "stop_reason",
                switch (why) {
                    case STOP -> byText ? "stop_sequence" : "end_turn";
                    case TOOL_CALLS -> "tool_use";
                    case LENGTH, CONTEXT_FULL, REPETITION, CANCELLED -> "max_tokens";
                });
        into.put("stop_sequence", usage.stopText().orElse(null));
    }

    /// Not told: these clients know of none, and llama-server leaves it out for them too.
    @Override
    public void tell(Timings timings, ObjectNode last) {}

    private static ObjectNode usage(Usage usage) {
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("input_tokens", usage.promptTokens() - usage.cachedTokens())
                        .put("cache_creation_input_tokens", 0)
                        .put("cache_read_input_tokens", usage.cachedTokens())
                        .put("output_tokens", usage.completionTokens());
        node.putObject("output_tokens_details").put("thinking_tokens", usage.reasoningTokens());
        return node;
    }

    @Override
    public ObjectNode whole(List<AnswerWriter.Choice> answers) {
        ChatStream.Answer answer = answers.getFirst().answer();
        ObjectNode body = message(JsonNodeFactory.instance.objectNode());
        ArrayNode content = body.withArray("content");
        if (showsThinking && !answer.thinking().isEmpty()) {
            var signature = new ThoughtSignature();
            signature.add(answer.thinking());
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", answer.thinking())
                    .put("signature", signature.text());
        }
        boolean isNothing = content.isEmpty() && answer.toolCalls().isEmpty();
        if (!answer.text().isEmpty() || isNothing) {
            content.addObject().put("type", "text").put("text", answer.text());
        }
        for (ToolCall call : answer.toolCalls()) {
            content.addObject()
                    .put("type", "tool_use")
                    .put("id", call.id().orElse(""))
                    .put("name", call.name())
                    .set("input", Arguments.read(call));
        }
        tellEnd(answer.why(), answer.usage(), body);
        body.set("usage", usage(answer.usage()));
        return body;
    }
}
