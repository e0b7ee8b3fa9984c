package dev.tramontane.server.conversation;

import dev.tramontane.server.conversation.StoredMessage.StoredAnswer;

import org.jdbi.v3.core.Handle;

import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Answers between their first piece and their end, which may never come: pieces are stored as the
/// answer grows, and become its message when it ends or when its writer has gone.
final class Recovery {
    private static final String RUNNING = AnswerState.RUNNING.word();

    private Recovery() {}

    private record Piece(String thinking, String text) {}

    /// Stores a piece, also in place of one with its number: whoever does not know whether it was
    /// stored sends it again, longer perhaps. What happened beside the words is stored whole.
    ///
    /// @return whether there is such an answer
    static boolean append(
            Handle handle, String answer, long now, long number, Conversations.Growth growth) {
        int there =
                handle.createUpdate(
                                """
                                UPDATE answers SET beat_at = :now, state = :running
                                WHERE message_id = :id AND state IN (:running, :interrupted)
                                """)
                        .bind("id", answer)
                        .bind("now", now)
                        .bind("running", RUNNING)
                        .bind("interrupted", AnswerState.INTERRUPTED.word())
                        .execute();
        if (there > 0) {
            growth.beside().ifPresent(beside -> outcome(handle, answer, beside));
        }
        if (there > 0 && !(growth.thinking().isEmpty() && growth.text().isEmpty())) {
            handle.createUpdate(
                            """
                            INSERT INTO pieces (message_id, number, thinking, text)
                            VALUES (:id, :number, :thinking, :text)
                            ON CONFLICT (message_id, number)
                            DO UPDATE SET thinking = excluded.thinking, text = excluded.text
                            """)
                    .bind("id", answer)
                    .bind("number", number)
                    .bind("thinking", Texts.clean(growth.thinking()))
                    .bind("text", Texts.clean(growth.text()))
                    .execute();
        }
        return there > 0;
    }

    private static void outcome(Handle handle, String answer, ObjectNode outcome) {
        handle.createUpdate("UPDATE answers SET outcome = :outcome WHERE message_id = :id")
                .bind("id", answer)
                .bind("outcome", outcome.toString())
                .execute();
    }

    /// @return whether there was such an answer
    static boolean finish(Handle handle, String answer, long now, Conversations.End end) {
        int there =
                handle.createUpdate(
                                "UPDATE answers SET state = :state, outcome = :outcome WHERE message_id = :id")
                        .bind("id", answer)
                        .bind("state", end.state().word())
                        .bind("outcome", end.outcome().toString())
                        .execute();
        if (there > 0) {
            keep(handle, answer, end.thinking(), end.text());
            handle.createUpdate(
                            """
                            UPDATE conversations SET updated_at = :now
                            WHERE id = (SELECT conversation_id FROM messages WHERE id = :id)
                            """)
                    .bind("id", answer)
                    .bind("now", now)
                    .execute();
        }
        return there > 0;
    }

    /// The whole text in place of the pieces.
    private static void keep(Handle handle, String answer, String thinking, String text) {
        handle.createUpdate(
                        """
                        UPDATE messages SET content = :content, thinking = :thinking, folded = :folded
                        WHERE id = :id
                        """)
                .bind("id", answer)
                .bind("content", Content.of(text).parts().toString())
                .bind("thinking", Texts.clean(thinking))
                .bind("folded", Texts.folded(text))
                .execute();
        handle.createUpdate("DELETE FROM pieces WHERE message_id = :id")
                .bind("id", answer)
                .execute();
    }

    private static List<Piece> pieces(Handle handle, String answer) {
        return handle.createQuery(
                        "SELECT thinking, text FROM pieces WHERE message_id = :id ORDER BY number")
                .bind("id", answer)
                .map((row, _) -> new Piece(row.getString("thinking"), row.getString("text")))
                .list();
    }

    private static String joined(List<Piece> pieces, Function<Piece, String> part) {
        return pieces.stream().map(part).collect(Collectors.joining());
    }

    /// Ends the answers whose writers were not seen since then, with what is stored of them.
    static void interrupt(Handle handle, Instant since) {
        List<String> left =
                handle.createQuery(
                                """
                                SELECT message_id FROM answers
                                WHERE state = :running AND beat_at < :since
                                """)
                        .bind("running", RUNNING)
                        .bind("since", since.toEpochMilli())
                        .mapTo(String.class)
                        .list();
        for (String answer : left) {
            if (ends(handle, answer, since)) {
                StoredMessage there = gathered(handle, Rows.answer(handle, answer));
                keep(handle, answer, there.thinking(), there.content().text());
            }
        }
    }

    /// Takes an answer from its writer, who stores no piece from here on until this is done; one
    /// that was seen meanwhile keeps it.
    ///
    /// @return whether it was taken
    private static boolean ends(Handle handle, String answer, Instant since) {
        return handle.createUpdate(
                                """
                                UPDATE answers SET state = :interrupted
                                WHERE message_id = :id AND state = :running AND beat_at < :since
                                """)
                        .bind("id", answer)
                        .bind("interrupted", AnswerState.INTERRUPTED.word())
                        .bind("running", RUNNING)
                        .bind("since", since.toEpochMilli())
                        .execute()
                > 0;
    }

    /// A message whose writer has gone.
    static StoredMessage interrupted(StoredMessage message) {
        Optional<StoredAnswer> answer =
                message.answer()
                        .map(
                                told ->
                                        told.state() == AnswerState.RUNNING
                                                ? new StoredAnswer(
                                                        told.plan(),
                                                        AnswerState.INTERRUPTED,
                                                        told.outcome())
                                                : told);
        return with(message, message.content(), message.thinking(), answer);
    }

    /// A message with the pieces of its text behind what was put together, which is something only
    /// where its writer was taken for gone, and was not.
    static StoredMessage gathered(Handle handle, StoredMessage message) {
        boolean isOpen =
                message.answer()
                        .filter(
                                told ->
                                        told.state() == AnswerState.RUNNING
                                                || told.state() == AnswerState.INTERRUPTED)
                        .isPresent();
        List<Piece> pieces = isOpen ? pieces(handle, message.id()) : List.of();
        return pieces.isEmpty()
                ? message
                : with(
                        message,
                        Content.of(message.content().text() + joined(pieces, Piece::text)),
                        message.thinking() + joined(pieces, Piece::thinking),
                        message.answer());
    }

    private static StoredMessage with(
            StoredMessage message,
            Content content,
            String thinking,
            Optional<StoredAnswer> answer) {
        return new StoredMessage(
                message.id(),
                message.parent(),
                message.role(),
                content,
                thinking,
                message.created(),
                answer);
    }
}
