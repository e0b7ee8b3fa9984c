package dev.tramontane.server.conversation;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A conversation as a file: all of it to be imported again, or the branch shown last to be read.
public enum ConversationText {
    JSON("json", "application/json; charset=utf-8"),
    MARKDOWN("md", "text/markdown; charset=utf-8"),
    /// One page without scripts that asks for nothing.
    HTML("html", "text/html; charset=utf-8");

    /// Of the page: styles of its own, images inside it, and nothing else.
    public static final String POLICY =
            "default-src 'none'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-modals"
                    .formatted(PrintedPage.STYLE_HASH);

    private static final int LONGEST_NAME_CHARS = 60;
    private static final int FEWEST_BACKTICKS = 3; // of a fence

    private final String ending;
    private final String contentType;

    ConversationText(String ending, String contentType) {
        this.ending = ending;
        this.contentType = contentType;
    }

    public String contentType() {
        return contentType;
    }

    /// The header `Content-Disposition` (RFC 6266) with a name that every file system takes.
    public String disposition(Conversation head) {
        String title = head.title().replaceAll("[\\p{Cntrl}/\\\\:*?\"<>|.]+", " ");
        String name = Texts.shortened(title, LONGEST_NAME_CHARS).replace("…", "");
        String file = (name.isEmpty() ? "conversation" : name) + "." + ending;
        String plain = file.replaceAll("[^ -~]", "_");
        String encoded = URLEncoder.encode(file, StandardCharsets.UTF_8).replace("+", "%20");
        String place = this == HTML ? "inline" : "attachment"; // what is to be printed is shown
        return "%s; filename=\"%s\"; filename*=UTF-8''%s".formatted(place, plain, encoded);
    }

    public String write(Conversation head, List<StoredMessage> messages) {
        return switch (this) {
            case JSON -> json(head, messages).toPrettyString() + "\n";
            case MARKDOWN -> markdown(head, branch(head, messages));
            case HTML -> PrintedPage.write(head, branch(head, messages));
        };
    }

    /// All of it.
    public static ObjectNode json(Conversation head, List<StoredMessage> messages) {
        ObjectNode json = head.toJson();
        json.put("leaf", head.leaf().orElse(null));
        ArrayNode list = json.putArray("messages");
        messages.forEach(message -> list.add(message.toJson()));
        return json;
    }

    /// The messages of the branch that was shown last.
    private static List<StoredMessage> branch(Conversation head, List<StoredMessage> messages) {
        Map<String, StoredMessage> byId = new HashMap<>();
        messages.forEach(message -> byId.put(message.id(), message));
        List<StoredMessage> branch = new ArrayList<>();
        Optional<String> next =
                head.leaf()
                        .filter(byId::containsKey)
                        .or(
                                () ->
                                        messages.isEmpty()
                                                ? Optional.empty()
                                                : Optional.of(messages.getLast().id()));
        while (next.isPresent() && branch.size() < messages.size()) {
            StoredMessage message = byId.get(next.get());
            if (message == null) {
                break;
            }
            branch.add(message);
            next = message.parent();
        }
        Collections.reverse(branch);
        return branch;
    }

    private static String markdown(Conversation head, List<StoredMessage> branch) {
        var text = new StringBuilder("# " + head.title() + "\n\n");
        text.append("_").append(head.created()).append("_\n");
        for (StoredMessage message : branch) {
            text.append("\n## ").append(speaker(message)).append("\n\n");
            for (JsonNode attachment : message.content().attachments()) {
                text.append("> ").append(attachment.path("name").stringValue("")).append("\n\n");
                text.append(fenced(attachment.path("text").stringValue("")));
            }
            if (!message.thinking().isEmpty()) {
                text.append("<details><summary>Thinking</summary>\n\n")
                        .append(fenced(message.thinking()))
                        .append("\n</details>\n\n");
            }
            for (JsonNode part : message.content().parts()) {
                boolean isImage = part.path("type").stringValue("").equals("image");
                text.append(
                        isImage
                                ? "![%s](%s)\n"
                                        .formatted(
                                                part.path("alt")
                                                        .stringValue("")
                                                        .replaceAll("[\\[\\]]", " "),
                                                part.path("url").stringValue(""))
                                : part.path("text").stringValue("") + "\n");
            }
        }
        return text.toString();
    }

    /// Within more backticks than the text has in a row.
    private static String fenced(String text) {
        int longest = FEWEST_BACKTICKS - 1;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        String fence = "`".repeat(longest + 1);
        return fence + "\n" + text + "\n" + fence + "\n";
    }

    /// Who speaks, and with which model.
    static String speaker(StoredMessage message) {
        return switch (message.role()) {
            case SYSTEM -> "System";
            case USER -> "You";
            case ASSISTANT ->
                    message.answer().map(answer -> answer.plan().model()).orElse("Assistant");
        };
    }
}
