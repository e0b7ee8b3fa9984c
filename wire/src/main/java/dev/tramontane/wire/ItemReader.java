package dev.tramontane.wire;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts the items of the Responses API together as messages.
///
/// There, what a model says at once is several items: its thinking, its text and each of its calls.
/// They are one message here, until somebody else has the word or the model begins anew. For one
/// conversation.
final class ItemReader {
    private final List<Responses.Placed> placed = new ArrayList<>();

    /// What the model is saying.
    private final List<Chunk> said = new ArrayList<>();

    private final List<ToolCall> calls = new ArrayList<>();
    private boolean continues;
    private String place = "";

    /// What a request sets above its conversation.
    void instruct(String instructions) {
        placed.add(new Responses.Placed(new Message.SystemMessage(instructions), "instructions"));
    }

    /// @param at the place that a fault in the conversation is told with
    void read(Fields item, String at) {
        switch (type(item)) {
            case "message" -> message(item, at);
            case "reasoning" -> think(item, at);
            case "function_call" -> {
                begin(at, continues);
                calls.add(call(item));
            }
            case "function_call_output" ->
                    add(
                            new Message.ToolMessage(
                                    MessageReader.content(item, "output"),
                                    Optional.of(item.requiredText("call_id")),
                                    item.text("name")),
                            at);
            default ->
                    throw item.unexpected(
                            "type",
                            "message, reasoning, function_call, function_call_output or item_reference, which is all that is taken");
        }
    }

    /// A message may leave its type out, and so may a reference.
    static String type(Fields item) {
        return item.text("type").orElse(item.has("role") ? "message" : "item_reference");
    }

    private void message(Fields item, String at) {
        String role = item.requiredText("role");
        if (role.equals("tool") || role.equals("function")) {
            throw item.unexpected("role", "user, assistant, system or developer");
        }
        Message message = MessageReader.read(item, false);
        switch (message) {
            case Message.AssistantMessage(var content, var _, boolean prefix) -> {
                begin(at, continues || !calls.isEmpty() || hasText());
                content.stream().filter(chunk -> !isEmpty(chunk)).forEach(said::add);
                continues = prefix;
            }
            case Message.SystemMessage _, Message.UserMessage _, Message.ToolMessage _ ->
                    add(message, at);
        }
    }

    private boolean hasText() {
        return said.stream().anyMatch(chunk -> chunk instanceof Chunk.TextChunk);
    }

    private static boolean isEmpty(Chunk chunk) {
        return chunk instanceof Chunk.TextChunk(String text) && text.isEmpty();
    }

    /// A summary is no thinking, and what others have encrypted is nothing here.
    private void think(Fields item, String at) {
        begin(at, continues || !calls.isEmpty() || !said.isEmpty());
        var text = new StringBuilder();
        item.objects("content").forEach(part -> text.append(part.requiredText("text")));
        boolean isClosed = !item.text("status").orElse("").equals("incomplete");
        if (!text.isEmpty()) {
            said.add(new Chunk.ThinkChunk(text.toString(), isClosed));
        }
    }

    private static ToolCall call(Fields item) {
        return new ToolCall(
                Optional.of(item.requiredText("call_id")),
                item.requiredText("name"),
                MessageReader.arguments(item));
    }

    /// @param anew whether this is another message than that of the item before
    private void begin(String at, boolean anew) {
        if (anew) {
            end();
        }
        if (said.isEmpty() && calls.isEmpty()) {
            place = at;
        }
    }

    private void add(Message message, String at) {
        end();
        placed.add(new Responses.Placed(message, at));
    }

    private void end() {
        if (!said.isEmpty() || !calls.isEmpty()) {
            placed.add(
                    new Responses.Placed(
                            new Message.AssistantMessage(said, calls, continues), place));
        }
        said.clear();
        calls.clear();
        continues = false;
    }

    /// The conversation that was read.
    ///
    /// @throws InvalidRequestException when it is none
    List<Responses.Placed> messages() {
        end();
        if (placed.isEmpty()) {
            throw new InvalidRequestException(
                    "input", "empty, expected a text or an item at least; add the question");
        }
        return List.copyOf(placed);
    }
}
