package dev.tramontane.server.conversation;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// What a message holds beside its thinking, as it is stored and told.
///
/// @param parts `{"type":"text","text"}` and `{"type":"image","url","alt"}`, whose address is a
///   `data:` URL
/// @param attachments `{"name","text","pages"?,"characters"}`: documents that were made text of
public record Content(ArrayNode parts, ArrayNode attachments) {
    private static final int MOST_PARTS = 64;
    private static final int MOST_ATTACHMENTS = 32;
    private static final int LONGEST_TEXT_CHARS = 4 << 20;
    private static final int LONGEST_IMAGE_CHARS = 16 << 20;
    private static final int LONGEST_NAME_CHARS = 256;
    private static final int LONGEST_ALT_CHARS = 2048;
    private static final String IMAGE = "data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\\s]+";

    /// Of one text.
    public static Content of(String text) {
        var content =
                new Content(
                        JsonNodeFactory.instance.arrayNode(), JsonNodeFactory.instance.arrayNode());
        if (!text.isEmpty()) {
            content.parts.addObject().put("type", "text").put("text", Texts.clean(text));
        }
        return content;
    }

    /// Reads `content`, a string or a list of parts, and `attachments` of a message.
    ///
    /// @throws InvalidRequestException when there is too much, or what it must not hold
    public static Content read(Fields message) {
        if (message.value("content").filter(JsonNode::isString).isPresent()) {
            Content content = of(text(message, "content", LONGEST_TEXT_CHARS));
            return new Content(content.parts, attachments(message));
        }
        List<Fields> told = few(message, "content", MOST_PARTS);
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        for (Fields part : told) {
            switch (part.requiredText("type")) {
                case "text" ->
                        parts.addObject()
                                .put("type", "text")
                                .put("text", text(part, "text", LONGEST_TEXT_CHARS));
                case "image" -> {
                    String url = text(part, "url", LONGEST_IMAGE_CHARS);
                    if (!url.matches(IMAGE)) {
                        throw part.unexpected(
                                "url", "data:image/png;base64,… (or jpeg, gif, webp)");
                    }
                    parts.addObject()
                            .put("type", "image")
                            .put("url", url.replaceAll("\\s", ""))
                            .put(
                                    "alt",
                                    part.has("alt") ? text(part, "alt", LONGEST_ALT_CHARS) : "");
                }
                default -> throw part.unexpected("type", "text or image");
            }
        }
        return new Content(parts, attachments(message));
    }

    private static ArrayNode attachments(Fields message) {
        ArrayNode attachments = JsonNodeFactory.instance.arrayNode();
        for (Fields told : few(message, "attachments", MOST_ATTACHMENTS)) {
            String text = text(told, "text", LONGEST_TEXT_CHARS);
            var attachment =
                    attachments
                            .addObject()
                            .put("name", text(told, "name", LONGEST_NAME_CHARS))
                            .put("text", text)
                            .put("characters", text.codePointCount(0, text.length()));
            told.integer("pages", 0, Integer.MAX_VALUE)
                    .ifPresent(pages -> attachment.put("pages", pages));
        }
        return attachments;
    }

    private static List<Fields> few(Fields message, String field, int most) {
        List<Fields> parts = message.objects(field);
        if (parts.size() > most) {
            throw new InvalidRequestException(
                    message.path(field),
                    "found %d, expected %d at most; leave some out".formatted(parts.size(), most));
        }
        return parts;
    }

    private static String text(Fields fields, String field, int longest) {
        String text = fields.requiredText(field);
        if (text.length() > longest) {
            throw new InvalidRequestException(
                    fields.path(field),
                    "found %d characters, expected %d at most; send less"
                            .formatted(text.length(), longest));
        }
        return Texts.clean(text);
    }

    /// Whether there is nothing to send.
    public boolean isEmpty() {
        return parts.isEmpty() && attachments.isEmpty();
    }

    /// Its text without images and attachments.
    public String text() {
        var text = new StringBuilder();
        for (JsonNode part : parts) {
            if (part.path("type").stringValue("").equals("text")) {
                text.append(text.isEmpty() ? "" : "\n").append(part.path("text").stringValue(""));
            }
        }
        return text.toString();
    }

    /// As a model reads it: documents in front, each between lines that name it.
    public List<Chunk> chunks() {
        List<Chunk> chunks = new ArrayList<>();
        for (JsonNode document : attachments) {
            String name = document.path("name").stringValue("").replaceAll("[\\s\"<>]+", " ");
            chunks.add(
                    new Chunk.TextChunk(
                            "<document name=\"%s\">%n%s%n</document>%n%n"
                                    .formatted(name, document.path("text").stringValue(""))
                                    .replace("\r\n", "\n")));
        }
        for (JsonNode part : parts) {
            chunks.add(
                    part.path("type").stringValue("").equals("image")
                            ? new Chunk.ImageChunk(URI.create(part.path("url").stringValue("")))
                            : new Chunk.TextChunk(part.path("text").stringValue("")));
        }
        return chunks;
    }
}
