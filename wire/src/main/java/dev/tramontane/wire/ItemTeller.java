package dev.tramontane.wire;

import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/// Tells the items of a response as they come; {@link ResponseWriter} has the picture. One is open
/// at a time: whatever begins another one closes it. For one answer and one thread.
final class ItemTeller {
    private final boolean isHidden;
    private final List<OutputItem> items = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final List<TokenScore> scores = new ArrayList<>();
    private final List<TokenScore> untold = new ArrayList<>();

    /// The item that is being told; its text so far is in {@link #text}.
    private @Nullable OutputItem open;

    private int sequence;

    /// @param isHidden whether thinking is kept from the client
    ItemTeller(boolean isHidden) {
        this.isHidden = isHidden;
    }

    /// Those that are complete, or as complete as they become.
    List<OutputItem> items() {
        return List.copyOf(items);
    }

    /// Whether nothing was told yet.
    boolean isUntouched() {
        return open == null && items.isEmpty();
    }

    /// As the client may see it.
    ObjectNode told(OutputItem item) {
        return switch (item) {
            case OutputItem.Thought thought when isHidden -> thought.veiled();
            case OutputItem.Thought _, OutputItem.Spoken _, OutputItem.Called _ -> item.toJson();
        };
    }

    /// The next event, which is added to those there are.
    ObjectNode event(String type, List<ObjectNode> events) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        events.add(event.put("type", type).put("sequence_number", sequence++));
        return event;
    }

    private ObjectNode event(String type, OutputItem item, List<ObjectNode> events) {
        return event(type, events).put("item_id", item.id()).put("output_index", items.size());
    }

    private ObjectNode partEvent(String type, OutputItem item, List<ObjectNode> events) {
        return event(type, item, events).put("content_index", 0);
    }

    /// A token of the text that comes next.
    void score(TokenScore score) {
        untold.add(score);
    }

    void think(String piece, List<ObjectNode> events) {
        if (!(open instanceof OutputItem.Thought)) {
            close(OutputItem.Status.COMPLETED, events);
            var begun =
                    new OutputItem.Thought(KeptItem.id("rs"), "", OutputItem.Status.IN_PROGRESS);
            open = begun;
            added(begun, events);
            if (!isHidden) {
                partEvent("response.content_part.added", begun, events)
                        .set("part", OutputItem.Thought.part(""));
            }
        }
        text.append(piece);
        if (open != null && !isHidden) {
            partEvent("response.reasoning_text.delta", open, events).put("delta", piece);
        }
    }

    void say(String piece, List<ObjectNode> events) {
        OutputItem.Spoken spoken = spoken(events);
        text.append(piece);
        ObjectNode delta =
                partEvent("response.output_text.delta", spoken, events).put("delta", piece);
        Scores.write(delta.putArray("logprobs"), untold);
        scores.addAll(untold);
        untold.clear();
    }

    /// An item of text, though none came.
    void sayNothing(List<ObjectNode> events) {
        spoken(events);
    }

    private OutputItem.Spoken spoken(List<ObjectNode> events) {
        if (open instanceof OutputItem.Spoken spoken) {
            return spoken;
        }
        close(OutputItem.Status.COMPLETED, events);
        var begun =
                new OutputItem.Spoken(
                        KeptItem.id("msg"), "", List.of(), OutputItem.Status.IN_PROGRESS);
        open = begun;
        added(begun, events);
        partEvent("response.content_part.added", begun, events)
                .set("part", OutputItem.Spoken.part("", List.of()));
        return begun;
    }

    void call(ToolCall call, List<ObjectNode> events) {
        close(OutputItem.Status.COMPLETED, events);
        OutputItem.Called called = OutputItem.Called.of(call);
        added(called.begun(), events);
        event("response.function_call_arguments.delta", called, events)
                .put("delta", called.arguments());
        event("response.function_call_arguments.done", called, events)
                .put("name", called.name())
                .put("arguments", called.arguments());
        done(called, events);
    }

    private void added(OutputItem item, List<ObjectNode> events) {
        event("response.output_item.added", events)
                .put("output_index", items.size())
                .set("item", told(item));
    }

    /// The open item, where there is one, as far as it came.
    void close(OutputItem.Status status, List<ObjectNode> events) {
        switch (open) {
            case OutputItem.Thought(String id, var _, var _) -> {
                var whole = new OutputItem.Thought(id, text.toString(), status);
                if (!isHidden) {
                    partEvent("response.reasoning_text.done", whole, events)
                            .put("text", whole.text());
                    partEvent("response.content_part.done", whole, events)
                            .set("part", OutputItem.Thought.part(whole.text()));
                }
                done(whole, events);
            }
            case OutputItem.Spoken(String id, var _, var _, var _) -> {
                var whole = new OutputItem.Spoken(id, text.toString(), scores, status);
                ObjectNode part = OutputItem.Spoken.part(whole.text(), scores);
                partEvent("response.output_text.done", whole, events)
                        .put("text", whole.text())
                        .set("logprobs", part.path("logprobs"));
                partEvent("response.content_part.done", whole, events).set("part", part);
                done(whole, events);
            }
            case OutputItem.Called called -> done(called, events);
            case null -> {}
        }
    }

    private void done(OutputItem whole, List<ObjectNode> events) {
        event("response.output_item.done", events)
                .put("output_index", items.size())
                .set("item", told(whole));
        items.add(whole);
        open = null;
        text.setLength(0);
        scores.clear();
        untold.clear(); // tokens of a call, or of the text that ended the answer
    }
}
