package dev.tramontane.wire;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Writes messages as a server's dialect has them: content of one text as a string, of anything
/// else as a list of parts; an assistant's thinking where the dialect keeps it.
///
/// Mistral keeps it as chunks of the content, servers of open models under `reasoning_content` and
/// `reasoning` (each reads one of them), OpenAI nowhere.
record MessageWriter(Dialect dialect) {
    private static final Set<String> IMAGE_SCHEMES = Set.of("data", "http", "https");

    ObjectNode write(Message message, String at) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        switch (message) {
            case Message.SystemMessage(var content) -> {
                node.put("role", "system");
                writeContent(node, content, at);
            }
            case Message.UserMessage(var content) -> {
                node.put("role", "user");
                writeContent(node, content, at);
            }
            case Message.ToolMessage(var content, var callId, var name) -> {
                node.put("role", "tool");
                node.put(
                        "tool_call_id",
                        callId.orElseThrow(() -> absent(at + ".tool_call_id", "the call's id")));
                name.ifPresent(text -> node.put("name", text));
                writeContent(node, content, at);
            }
            case Message.AssistantMessage answer -> writeAnswer(node, answer, at);
        }
        return node;
    }

    private void writeAnswer(ObjectNode node, Message.AssistantMessage answer, String at) {
        node.put("role", "assistant");
        List<Chunk> content = answer.content();
        boolean keepsChunks =
                switch (dialect) {
                    case MISTRAL -> true;
                    case OPEN, OPENAI -> false;
                };
        if (!keepsChunks) {
            var thinking = new StringBuilder();
            List<Chunk> rest = new ArrayList<>();
            for (Chunk chunk : content) {
                if (!(chunk instanceof Chunk.ThinkChunk(String text, boolean _))) {
                    rest.add(chunk);
                } else if (rest.isEmpty()) {
                    thinking.append(text);
                } else {
                    throw new InvalidRequestException(
                            at + ".content",
                            "thinking stands behind text, expected it first; this server's dialect"
                                    + " keeps them apart, so put the thinking first");
                }
            }
            content = rest;
            if (dialect == Dialect.OPEN && !thinking.isEmpty()) {
                node.put("reasoning_content", thinking.toString());
                node.put("reasoning", thinking.toString());
            }
        }
        if (content.isEmpty() && !answer.toolCalls().isEmpty()) {
            node.putNull("content");
        } else {
            writeContent(node, content, at);
        }
        writeCalls(node, answer.toolCalls(), at);
        if (answer.prefix() && dialect == Dialect.OPENAI) {
            throw new InvalidRequestException(
                    at + ".prefix",
                    "true, but a server of the dialect OPENAI cannot go on from a beginning; end"
                            + " with a user's message");
        }
        if (answer.prefix() && dialect == Dialect.MISTRAL) {
            node.put("prefix", true);
        }
    }

    private static void writeCalls(ObjectNode node, List<ToolCall> calls, String at) {
        if (calls.isEmpty()) {
            return;
        }
        ArrayNode list = node.putArray("tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            String place = at + ".tool_calls[" + i + "].id";
            ObjectNode written = list.addObject();
            written.put("id", call.id().orElseThrow(() -> absent(place, "an id")));
            written.put("type", "function");
            written.putObject("function")
                    .put("name", call.name())
                    .put("arguments", call.arguments());
        }
    }

    private void writeContent(ObjectNode node, List<Chunk> content, String at) {
        if (content.isEmpty()) {
            node.put("content", "");
        } else if (content.size() == 1
                && content.getFirst() instanceof Chunk.TextChunk(String text)) {
            node.put("content", text);
        } else {
            ArrayNode parts = node.putArray("content");
            for (int i = 0; i < content.size(); i++) {
                writeChunk(parts.addObject(), content.get(i), at + ".content[" + i + "]");
            }
        }
    }

    private void writeChunk(ObjectNode part, Chunk chunk, String at) {
        switch (chunk) {
            case Chunk.TextChunk(String text) -> part.put("type", "text").put("text", text);
            case Chunk.ThinkChunk(String text, boolean closed) -> {
                if (dialect == Dialect.OPENAI) {
                    throw new InvalidRequestException(
                            at,
                            "thinking, which a server of the dialect OPENAI does not take; leave it"
                                    + " out");
                }
                part.put("type", "thinking");
                part.putArray("thinking").addObject().put("type", "text").put("text", text);
                if (!closed) {
                    part.put("closed", false);
                }
            }
            case Chunk.ImageChunk(ImageSource.Pixels _) ->
                    throw new InvalidRequestException(
                            at,
                            "an image that is decoded already, expected an address, which a server elsewhere opens itself; encode it as a data: address");
            case Chunk.ImageChunk(ImageSource.Address(URI source)) -> {
                if (!IMAGE_SCHEMES.contains(String.valueOf(source.getScheme()))) {
                    throw new InvalidRequestException(
                            at,
                            "an image at an address of the kind %s, which a server elsewhere cannot open; expected data:, http: or https:; encode it as a data: address"
                                    .formatted(source.getScheme()));
                }
                part.put("type", "image_url").putObject("image_url").put("url", source.toString());
            }
        }
    }

    private static InvalidRequestException absent(String path, String expected) {
        return new InvalidRequestException(
                path, "absent, expected " + expected + " as servers match calls by it; add it");
    }
}
