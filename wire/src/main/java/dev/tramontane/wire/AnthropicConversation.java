package dev.tramontane.wire;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the conversation of a request to the messages API. There the system prompt stands beside
/// the messages, and results of tools are blocks of the user's next message; here each is a message
/// of its own. An assistant's message at the end is the beginning of the answer.
///
/// Signatures are not looked at: thinking of any server is taken. What is encrypted
/// (`redacted_thinking`) says nothing here, and is left out.
final class AnthropicConversation {
    private static final String FAILED = "Error: ";

    private final List<Message> messages = new ArrayList<>();
    private final List<String> images = new ArrayList<>();

    /// Calls of the message before, by their ids: their names.
    private final Map<String, String> unanswered = new LinkedHashMap<>();

    /// In the order in which the model reads them.
    List<Message> messages() {
        return messages;
    }

    /// Where they are.
    List<String> images() {
        return images;
    }

    void read(Fields body) {
        List<Chunk> system = blocks(body, "system").stream().map(this::textOf).toList();
        if (!system.isEmpty()) {
            messages.add(new Message.SystemMessage(system));
        }
        List<Fields> list = body.objects("messages");
        if (list.isEmpty()) {
            throw body.unexpected("messages", "a list with one message at least");
        }
        for (int i = 0; i < list.size(); i++) {
            readMessage(list.get(i), i == list.size() - 1);
        }
        if (!unanswered.isEmpty()) {
            throw unanswered(list.getLast());
        }
    }

    private void readMessage(Fields message, boolean isLast) {
        String role = message.requiredText("role");
        if (message.value("content").isEmpty()) {
            throw message.unexpected("content", "a string or a list of blocks");
        }
        List<Fields> blocks = blocks(message, "content");
        switch (role) {
            case "user" -> readUser(message, blocks);
            case "assistant" -> readAssistant(message, blocks, isLast);
            case "system" ->
                    messages.add(
                            new Message.SystemMessage(blocks.stream().map(this::textOf).toList()));
            default -> throw message.unexpected("role", "user, assistant or system");
        }
    }

    /// A text is a block of its own; an empty one is none.
    private static List<Fields> blocks(Fields fields, String field) {
        Optional<JsonNode> value = fields.value(field).filter(JsonNode::isString);
        if (value.isEmpty()) {
            return fields.objects(field);
        }
        String text = value.get().stringValue();
        JsonNode block =
                JsonNodeFactory.instance.objectNode().put("type", "text").put("text", text);
        return text.isEmpty() ? List.of() : List.of(new Fields(block, fields.path(field)));
    }

    private Chunk textOf(Fields block) {
        if (!block.requiredText("type").equals("text")) {
            throw block.unexpected("type", "text");
        }
        return new Chunk.TextChunk(block.requiredText("text"));
    }

    private void readUser(Fields message, List<Fields> blocks) {
        List<Chunk> said = new ArrayList<>();
        for (Fields block : blocks) {
            if (block.requiredText("type").equals("tool_result")) {
                messages.add(result(block));
            } else {
                said.add(chunk(block));
            }
        }
        if (!unanswered.isEmpty()) {
            throw unanswered(message);
        }
        boolean isResults = said.isEmpty() && !blocks.isEmpty();
        if (!isResults) {
            messages.add(new Message.UserMessage(said));
        }
    }

    private InvalidRequestException unanswered(Fields message) {
        return message.unexpected(
                "content",
                "a tool_result for each tool_use before it, as for "
                        + HubAddress.printable(unanswered.keySet().iterator().next()));
    }

    /// No format can say that a tool failed; so its result does.
    private Message result(Fields block) {
        String id = block.requiredText("tool_use_id");
        String name = unanswered.remove(id);
        if (name == null) {
            throw block.unexpected(
                    "tool_use_id", "the id of a tool_use in the message before, each once");
        }
        List<Chunk> content = new ArrayList<>();
        blocks(block, "content").forEach(part -> content.add(chunk(part)));
        if (block.flag("is_error").orElse(false)) {
            String told = "";
            if (!content.isEmpty() && content.getFirst() instanceof Chunk.TextChunk(String text)) {
                content.removeFirst();
                told = text;
            }
            content.addFirst(new Chunk.TextChunk(FAILED + told));
        }
        return new Message.ToolMessage(content, Optional.of(id), Optional.of(name));
    }

    private void readAssistant(Fields message, List<Fields> blocks, boolean isLast) {
        if (!unanswered.isEmpty()) {
            throw unanswered(message);
        }
        List<Chunk> content = new ArrayList<>();
        List<ToolCall> calls = new ArrayList<>();
        for (Fields block : blocks) {
            switch (block.requiredText("type")) {
                case "thinking" ->
                        content.add(new Chunk.ThinkChunk(block.requiredText("thinking"), true));
                case "redacted_thinking" -> {}
                case "tool_use" -> calls.add(call(block));
                default -> content.add(chunk(block));
            }
        }
        messages.add(new Message.AssistantMessage(content, calls, isLast));
    }

    private ToolCall call(Fields block) {
        String id = block.requiredText("id");
        String name = block.requiredText("name");
        if (unanswered.put(id, name) != null) {
            throw block.unexpected("id", "another one for each tool_use of a message");
        }
        Fields input =
                block.object("input").orElseThrow(() -> block.unexpected("input", "an object"));
        return new ToolCall(Optional.of(id), name, input.node().toString());
    }

    private Chunk chunk(Fields block) {
        return switch (block.requiredText("type")) {
            case "text" -> textOf(block);
            case "image" -> image(block);
            case "document" -> document(block);
            default ->
                    throw block.unexpected(
                            "type",
                            "text, image, document, thinking, tool_use or tool_result, where each belongs");
        };
    }

    private Chunk image(Fields block) {
        images.add(block.at());
        Fields source = source(block);
        String address =
                switch (source.requiredText("type")) {
                    case "base64" ->
                            "data:%s;base64,%s"
                                    .formatted(
                                            source.requiredText("media_type"),
                                            source.requiredText("data"));
                    case "url" -> source.requiredText("url");
                    default -> throw source.unexpected("type", "base64 or url");
                };
        try {
            return new Chunk.ImageChunk(ImageSource.Address.of(address));
        } catch (URISyntaxException _) {
            throw source.unexpected("type", "an image in base64, or the address of one");
        }
    }

    /// Text alone; its title stands in front.
    private static Chunk document(Fields block) {
        Fields source = source(block);
        if (!source.requiredText("type").equals("text")) {
            throw source.unexpected("type", "text, as other documents are not read here");
        }
        String title = block.text("title").map(text -> text + "\n\n").orElse("");
        return new Chunk.TextChunk(title + source.requiredText("data"));
    }

    private static Fields source(Fields block) {
        return block.object("source").orElseThrow(() -> block.unexpected("source", "an object"));
    }
}
