package dev.tramontane.server.conversation;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.Optional;

/// A conversation without its messages.
///
/// @param id a UUID
/// @param titledBy whether its title is the beginning of its first message, or whose it is
/// @param leaf the message that the branch shown last ends with
/// @param answering whether an answer is being written
/// @param snippet where a search found its words; empty where nobody searched
public record Conversation(
        String id,
        String title,
        Titler titledBy,
        Instant created,
        Instant updated,
        boolean pinned,
        boolean archived,
        Optional<String> leaf,
        boolean answering,
        Optional<String> snippet) {
    /// Who gave a conversation its title.
    public enum Titler {
        /// Nobody: it is how its first message begins.
        WORDS,
        MODEL,
        PERSON
    }

    public Conversation withSnippet(Optional<String> found) {
        return new Conversation(
                id, title, titledBy, created, updated, pinned, archived, leaf, answering, found);
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("title", title);
        json.put("created_at", created.toString()).put("updated_at", updated.toString());
        json.put("pinned", pinned).put("archived", archived).put("answering", answering);
        snippet.ifPresent(text -> json.put("snippet", text));
        return json;
    }
}
