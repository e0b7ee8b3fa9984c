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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Writes an answer as the Responses API tells it: item by item as events, or whole.
///
/// ```
/// response.created, response.in_progress
///   response.output_item.added                        thinking, text, or a call
///     response.content_part.added
///       response.reasoning_text.delta … .done         or response.output_text.delta … .done
///     response.content_part.done                      calls: response.function_call_arguments.delta, .done
///   response.output_item.done
/// response.completed, .incomplete or, behind error, .failed
/// ```
///
/// Events are numbered from 0. Thinking that its client is not to see is an item without content.
/// For one answer and one thread.
public final class ResponseWriter implements Answering {
    private final AnswerWriter.Head head;
    private final ObjectNode settings;
    private final ItemTeller teller;
    private final Consumer<Ended> atEnd;
    private final PromptProgress progress = new PromptProgress();
    private boolean isFinished;

    /// How a response ended.
    private enum End {
        COMPLETED,
        INCOMPLETE,
        CANCELLED,
        FAILED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static End of(FinishReason why) {
            return switch (why) {
                case STOP, TOOL_CALLS -> COMPLETED;
                case LENGTH, CONTEXT_FULL, REPETITION -> INCOMPLETE;
                case CANCELLED -> CANCELLED;
            };
        }

        /// How far the item is that was being told at the end.
        OutputItem.Status status(boolean isWhole) {
            return this == COMPLETED && isWhole
                    ? OutputItem.Status.COMPLETED
                    : OutputItem.Status.INCOMPLETE;
        }
    }

    /// A response that has ended, before anybody is told so.
    ///
    /// @param response as it is told
    /// @param items its output as the next request's conversation has it
    public record Ended(ObjectNode response, List<ObjectNode> items) {
        public Ended {
            items = List.copyOf(items);
        }
    }

    /// @param settings what is told again of the request
    /// @param isHidden whether thinking is kept from the client
    /// @param atEnd told of the end, whichever it is
    public ResponseWriter(
            AnswerWriter.Head head, ObjectNode settings, boolean isHidden, Consumer<Ended> atEnd) {
        this.head = head;
        this.settings = settings;
        this.teller = new ItemTeller(isHidden);
        this.atEnd = atEnd;
    }

    @Override
    public Framing framing() {
        return Framing.NAMED_BY_TYPE;
    }

    @Override
    public List<ObjectNode> begin() {
        List<ObjectNode> events = new ArrayList<>();
        teller.event("response.created", events).set("response", inProgress());
        teller.event("response.in_progress", events).set("response", inProgress());
        return events;
    }

    /// The response before anything of it is there.
    public ObjectNode inProgress() {
        return response("in_progress", List.of());
    }

    private ObjectNode response(String status, List<OutputItem> items) {
        ObjectNode response =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", head.id())
                        .put("object", "response")
                        .put("created_at", head.created())
                        .put("model", head.model())
                        .put("status", status);
        response.setAll(settings);
        response.putNull("completed_at").putNull("error").putNull("incomplete_details");
        ArrayNode output = response.putArray("output");
        items.forEach(item -> output.add(teller.told(item)));
        return response.putNull("usage");
    }

    @Override
    public List<ObjectNode> chunks(int choice, ChatEvent event) {
        List<ObjectNode> events = new ArrayList<>();
        switch (event) {
            case ChatEvent.Thinking(String piece) -> teller.think(piece, events);
            case ChatEvent.Text(String piece) -> teller.say(piece, events);
            case ChatEvent.Scored(TokenScore score) -> teller.score(score);
            case ChatEvent.ToolCalled(ToolCall call) -> teller.call(call, events);
            case ChatEvent.Progress read -> {
                if (teller.isUntouched()) { // clients begin anew with such an event
                    ObjectNode told = teller.event("response.in_progress", events);
                    told.set("response", inProgress());
                    progress.tell(read, told);
                }
            }
            case ChatEvent.Finished(FinishReason why, Usage usage) -> finish(why, usage, events);
            case ChatEvent.Intervened _, ChatEvent.Voted _ -> {}
        }
        return events;
    }

    private void finish(FinishReason why, Usage usage, List<ObjectNode> events) {
        End end = End.of(why);
        OutputItem.Status last = end.status(!usage.unfinishedThinking());
        teller.close(last, events);
        if (why == FinishReason.STOP && lacksText(teller.items())) {
            teller.sayNothing(events);
            teller.close(last, events);
        }
        ObjectNode response = ended(end, teller.items(), usage);
        remember(response, teller.items(), usage.repetition());
        String told = end == End.COMPLETED ? "response.completed" : "response.incomplete";
        teller.event(told, events).set("response", response);
        isFinished = true;
    }

    /// An answer that came to its own end says something, be it nothing: programs look for it.
    private static boolean lacksText(List<OutputItem> items) {
        return items.stream().allMatch(item -> item instanceof OutputItem.Thought);
    }

    private ObjectNode ended(End end, List<OutputItem> items, Usage usage) {
        ObjectNode response = response(end.word(), items);
        switch (end) {
            case COMPLETED -> response.put("completed_at", System.currentTimeMillis() / 1000);
            case INCOMPLETE ->
                    response.putObject("incomplete_details").put("reason", "max_output_tokens");
            case CANCELLED, FAILED -> {}
        }
        response.set("usage", usage(usage));
        return response;
    }

    /// Counts that are not known are 0, since clients insist on them.
    private static ObjectNode usage(Usage usage) {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        told.put("input_tokens", usage.promptTokens());
        told.putObject("input_tokens_details")
                .put("cached_tokens", usage.cachedTokens())
                .put("cache_write_tokens", 0);
        told.put("output_tokens", usage.completionTokens());
        told.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        return told.put("total_tokens", usage.totalTokens());
    }

    /// What is remembered has the thinking, and no circle's repeats.
    private void remember(
            ObjectNode response, List<OutputItem> items, Usage.Repetition repetition) {
        List<ObjectNode> kept = new ArrayList<>();
        for (OutputItem item : items) {
            kept.add(
                    switch (item) {
                        case OutputItem.Spoken spoken -> spoken.trimmed(repetition).toJson();
                        case OutputItem.Thought _, OutputItem.Called _ -> item.toJson();
                    });
        }
        atEnd.accept(new Ended(response, kept));
    }

    @Override
    public boolean isFinished() {
        return isFinished;
    }

    @Override
    public List<ObjectNode> failed(ApiError error) {
        List<ObjectNode> events = new ArrayList<>();
        teller.close(OutputItem.Status.INCOMPLETE, events);
        teller.event("error", events)
                .put("code", error.code().orElse(error.type()))
                .put("message", error.message())
                .put("param", error.param().orElse(null));
        ObjectNode response = response(End.FAILED.word(), teller.items());
        response.putObject("error")
                .put("code", error.status() == 400 ? "invalid_prompt" : "server_error")
                .put("message", error.message());
        remember(response, teller.items(), Usage.Repetition.NONE);
        teller.event("response.failed", events).set("response", response);
        return events;
    }

    @Override
    public ObjectNode whole(List<AnswerWriter.Choice> answers) {
        ChatStream.Answer answer = answers.getFirst().answer();
        boolean isWhole = !answer.usage().unfinishedThinking();
        End end = End.of(answer.why());
        List<OutputItem> items = new ArrayList<>();
        if (!answer.thinking().isEmpty()) {
            OutputItem.Status status =
                    isWhole ? OutputItem.Status.COMPLETED : OutputItem.Status.INCOMPLETE;
            items.add(new OutputItem.Thought(KeptItem.id("rs"), answer.thinking(), status));
        }
        List<OutputItem> calls = new ArrayList<>();
        answer.toolCalls().forEach(call -> calls.add(OutputItem.Called.of(call)));
        boolean isSilent = answer.why() != FinishReason.STOP || !calls.isEmpty();
        if (!answer.text().isEmpty() || !isSilent) {
            List<TokenScore> scores = scoresOf(answer.text(), answers.getFirst().scores());
            items.add(
                    new OutputItem.Spoken(
                            KeptItem.id("msg"), answer.text(), scores, end.status(isWhole)));
        }
        items.addAll(calls);
        ObjectNode response = ended(end, items, answer.usage());
        remember(response, items, Usage.Repetition.NONE);
        return response;
    }

    /// Those of the text: tokens of calls and of a text that ends the answer are behind them.
    private static List<TokenScore> scoresOf(String text, List<TokenScore> scores) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        List<TokenScore> own = new ArrayList<>();
        for (TokenScore score : scores) {
            if (bytes <= 0) {
                break;
            }
            own.add(score);
            bytes -= score.bytes().length;
        }
        return own;
    }
}
