package dev.tramontane.server.conversation;

import dev.tramontane.server.conversation.Conversation.Titler;
import dev.tramontane.server.conversation.StoredMessage.Role;
import dev.tramontane.server.conversation.StoredMessage.StoredAnswer;
import dev.tramontane.wire.Fields;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows of the tables as what they mean.
final class Rows {
    private static final JsonMapper MAPPER = new JsonMapper();

    /// Wants `:alive`: answers whose writer was seen since then are being written.
    static final String CONVERSATION =
            """
            SELECT c.id, c.title, c.titled_by, c.pinned, c.archived, c.leaf, c.created_at, c.updated_at,
                   EXISTS (SELECT 1 FROM answers a JOIN messages m ON m.id = a.message_id
                           WHERE m.conversation_id = c.id AND a.state = 'running' AND a.beat_at >= :alive)
                   AS answering
            FROM conversations c
            """;

    private static final String MESSAGE =
            """
            SELECT m.id, m.parent_id, m.role, m.content, m.attachments, m.thinking, m.created_at,
                   a.plan, a.state, a.outcome, a.beat_at
            FROM messages m LEFT JOIN answers a ON a.message_id = m.id
            """;

    private Rows() {}

    static Conversation conversation(ResultSet row, StatementContext context) throws SQLException {
        return new Conversation(
                row.getString("id"),
                row.getString("title"),
                Titler.valueOf(row.getString("titled_by")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("updated_at")),
                row.getInt("pinned") != 0,
                row.getInt("archived") != 0,
                Optional.ofNullable(row.getString("leaf")),
                row.getBoolean("answering"),
                Optional.empty());
    }

    private static StoredMessage message(ResultSet row) throws SQLException {
        Optional<StoredAnswer> answer = Optional.empty();
        if (row.getString("plan") != null) {
            answer =
                    Optional.of(
                            new StoredAnswer(
                                    AnswerPlan.stored(new Fields(json(row, "plan"), "plan")),
                                    AnswerState.of(row.getString("state")),
                                    (ObjectNode) json(row, "outcome")));
        }
        return new StoredMessage(
                row.getString("id"),
                Optional.ofNullable(row.getString("parent_id")),
                Role.of(row.getString("role")),
                new Content((ArrayNode) json(row, "content"), (ArrayNode) json(row, "attachments")),
                row.getString("thinking"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                answer);
    }

    private static JsonNode json(ResultSet row, String column) throws SQLException {
        return MAPPER.readTree(row.getString(column));
    }

    /// @param alive answers whose writer was not seen since then are interrupted
    private static StoredMessage message(ResultSet row, long alive) throws SQLException {
        StoredMessage message = message(row);
        return row.getLong("beat_at") < alive ? Recovery.interrupted(message) : message;
    }

    /// A message of a conversation.
    ///
    /// @param alive answers whose writer was not seen since then are interrupted
    static Optional<StoredMessage> message(
            Handle handle, String conversation, String id, long alive) {
        return handle.createQuery(
                        MESSAGE + "WHERE m.conversation_id = :conversation AND m.id = :id")
                .bind("conversation", conversation)
                .bind("id", id)
                .map((row, _) -> message(row, alive))
                .findFirst();
    }

    /// An answer that is there, in whichever conversation.
    static StoredMessage answer(Handle handle, String id) {
        return handle.createQuery(MESSAGE + "WHERE m.id = :id")
                .bind("id", id)
                .map((row, _) -> message(row))
                .one();
    }

    /// All messages, running answers as far as they are stored.
    ///
    /// @param alive answers whose writer was not seen since then are interrupted
    static List<StoredMessage> messages(Handle handle, String conversation, long alive) {
        List<StoredMessage> messages =
                handle.createQuery(
                                MESSAGE
                                        + "WHERE m.conversation_id = :conversation ORDER BY m.created_at, m.id")
                        .bind("conversation", conversation)
                        .map((row, _) -> message(row, alive))
                        .list();
        messages.replaceAll(message -> Recovery.gathered(handle, message));
        return parentsFirst(messages);
    }

    /// The same messages, none before what it follows, as it would stand where a clock was set
    /// back, or where both were made in one moment.
    private static List<StoredMessage> parentsFirst(List<StoredMessage> messages) {
        Map<String, StoredMessage> left = new HashMap<>();
        messages.forEach(message -> left.put(message.id(), message));
        List<StoredMessage> ordered = new ArrayList<>();
        for (StoredMessage message : messages) {
            Deque<StoredMessage> line = new ArrayDeque<>();
            Optional<StoredMessage> next = Optional.ofNullable(left.remove(message.id()));
            while (next.isPresent()) {
                line.push(next.get());
                next = next.get().parent().map(left::remove);
            }
            ordered.addAll(line);
        }
        return ordered;
    }

    /// From the first message to one of its branch.
    static List<StoredMessage> path(Handle handle, String conversation, String last) {
        List<StoredMessage> path =
                handle.createQuery(
                                """
                                WITH RECURSIVE path (id, parent_id, depth) AS (
                                    SELECT id, parent_id, 0 FROM messages
                                    WHERE conversation_id = :conversation AND id = :last
                                    UNION ALL
                                    SELECT p.id, p.parent_id, depth + 1
                                    FROM messages p JOIN path ON p.id = path.parent_id
                                    WHERE p.conversation_id = :conversation)
                                """
                                        + MESSAGE
                                        + "JOIN path ON path.id = m.id ORDER BY path.depth DESC")
                        .bind("conversation", conversation)
                        .bind("last", last)
                        .map((row, _) -> message(row))
                        .list();
        path.replaceAll(message -> Recovery.gathered(handle, message));
        return path;
    }

    static int count(Handle handle, String conversation) {
        return handle.createQuery("SELECT COUNT(*) FROM messages WHERE conversation_id = :id")
                .bind("id", conversation)
                .mapTo(Integer.class)
                .one();
    }

    /// Answers of a conversation that are being written.
    static List<String> running(Handle handle, String conversation) {
        return handle.createQuery(
                        """
                        SELECT a.message_id FROM answers a JOIN messages m ON m.id = a.message_id
                        WHERE m.conversation_id = :id AND a.state = 'running'
                        """)
                .bind("id", conversation)
                .mapTo(String.class)
                .list();
    }

    /// @param beat when whoever writes an answer was last seen
    static void insert(Handle handle, String conversation, StoredMessage message, long beat) {
        handle.createUpdate(
                        """
                        INSERT INTO messages
                            (id, conversation_id, parent_id, role, content, attachments, thinking, folded, created_at)
                        VALUES (:id, :conversation, :parent, :role, :content, :attachments, :thinking, :folded, :created)
                        """)
                .bind("id", message.id())
                .bind("conversation", conversation)
                .bind("parent", message.parent().orElse(null))
                .bind("role", message.role().word())
                .bind("content", message.content().parts().toString())
                .bind("attachments", message.content().attachments().toString())
                .bind("thinking", message.thinking())
                .bind("folded", Texts.folded(message.content().text()))
                .bind("created", message.created().toEpochMilli())
                .execute();
        message.answer()
                .ifPresent(
                        answer ->
                                handle.createUpdate(
                                                """
                                                INSERT INTO answers (message_id, plan, state, outcome, beat_at)
                                                VALUES (:id, :plan, :state, :outcome, :beat)
                                                """)
                                        .bind("id", message.id())
                                        .bind("plan", answer.plan().toJson().toString())
                                        .bind("state", answer.state().word())
                                        .bind("outcome", answer.outcome().toString())
                                        .bind("beat", beat)
                                        .execute());
    }
}
