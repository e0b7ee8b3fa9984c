package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes an answer as Ollama's API has it: a line for each piece, the last of which says that it
/// is `done`, and how long it took in nanoseconds. For one answer and one thread.
public final class OllamaWriter implements Answering {
    private final AnswerWriter.Head head;
    private final Kind kind;
    private final boolean showsThinking;
    private final List<TokenScore> scores = new ArrayList<>();
    private boolean finished;
    private int calls;

    /// Where the words of an answer stand.
    public enum Kind {
        /// In a `message` (`/api/chat`).
        CHAT,
        /// In `response` (`/api/generate`).
        GENERATE
    }

    /// @param showsThinking whether the thinking is told
    public OllamaWriter(AnswerWriter.Head head, Kind kind, boolean showsThinking) {
        this.head = head;
        this.kind = kind;
        this.showsThinking = showsThinking;
    }

    @Override
    public Framing framing() {
        return Framing.LINES;
    }

    /// A piece without words.
    @Override
    public Optional<ObjectNode> sign() {
        return Optional.of(piece(""));
    }

    @Override
    public List<ObjectNode> failed(ApiError error) {
        return List.of(error.toOllamaJson());
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    /// The answer to a request that the model be let go.
    public ObjectNode unloaded() {
        return piece("").put("done", true).put("done_reason", "unload");
    }

    /// The answer to a request that wants none.
    public ObjectNode loaded() {
        return piece("").put("done", true).put("done_reason", "load");
    }

    @Override
    public List<ObjectNode> chunks(int choice, ChatEvent event) {
        return switch (event) {
            case ChatEvent.Thinking(String text) ->
                    showsThinking ? List.of(thought(text)) : List.of();
            case ChatEvent.Text(String text) -> List.of(scored(piece(text)));
            case ChatEvent.Scored(TokenScore score) -> {
                scores.add(score);
                yield List.of();
            }
            case ChatEvent.ToolCalled(ToolCall call) -> {
                ObjectNode piece = piece("");
                tell(call, words(piece).putArray("tool_calls"));
                yield List.of(piece);
            }
            case ChatEvent.Finished(FinishReason why, Usage usage) -> {
                finished = true;
                ObjectNode last = scored(piece(""));
                tellEnd(why, usage, last);
                yield List.of(last);
            }
            case ChatEvent.Progress _, ChatEvent.Intervened _, ChatEvent.Voted _ -> List.of();
        };
    }

    private ObjectNode piece(String text) {
        ObjectNode piece =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("model", head.model())
                        .put("created_at", Instant.ofEpochSecond(head.created()).toString());
        switch (kind) {
            case CHAT -> piece.putObject("message").put("role", "assistant").put("content", text);
            case GENERATE -> piece.put("response", text);
        }
        return piece.put("done", false);
    }

    private ObjectNode thought(String text) {
        ObjectNode piece = piece("");
        words(piece).put("thinking", text);
        return piece;
    }

    /// What thinking and calls stand in.
    private ObjectNode words(ObjectNode piece) {
        return switch (kind) {
            case CHAT -> (ObjectNode) piece.path("message");
            case GENERATE -> piece;
        };
    }

    private ObjectNode scored(ObjectNode piece) {
        if (!scores.isEmpty()) {
            Scores.write(piece.putArray("logprobs"), scores);
            scores.clear();
        }
        return piece;
    }

    private void tell(ToolCall call, ArrayNode list) {
        ObjectNode told = list.addObject().put("id", call.id().orElse(""));
        told.putObject("function")
                .put("index", calls++)
                .put("name", call.name())
                .set("arguments", Arguments.read(call));
    }

    private static void tellEnd(FinishReason why, Usage usage, ObjectNode into) {
        into.put("done", true);
        into.put(
                "done_reason",
                switch (why) {
                    case STOP, TOOL_CALLS -> "stop";
                    case LENGTH, CONTEXT_FULL, REPETITION, CANCELLED -> "length";
                });
        into.put("prompt_eval_count", usage.promptTokens());
        into.put("eval_count", usage.completionTokens());
    }

    @Override
    public void tell(Timings timings, ObjectNode last) {
        long prompt = timings.prompt().toNanos();
        long generating = timings.generating().toNanos();
        last.put("total_duration", prompt + generating).put("load_duration", 0);
        last.put("prompt_eval_duration", prompt).put("eval_duration", generating);
    }

    @Override
    public ObjectNode whole(List<AnswerWriter.Choice> answers) {
        AnswerWriter.Choice only = answers.getFirst();
        ChatStream.Answer answer = only.answer();
        ObjectNode body = piece(answer.text());
        if (showsThinking && !answer.thinking().isEmpty()) {
            words(body).put("thinking", answer.thinking());
        }
        if (!answer.toolCalls().isEmpty()) {
            ArrayNode list = words(body).putArray("tool_calls");
            answer.toolCalls().forEach(call -> tell(call, list));
        }
        scores.addAll(only.scores());
        scored(body);
        tellEnd(answer.why(), answer.usage(), body);
        return body;
    }
}
