package dev.tramontane.server.conversation;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

import java.util.List;
import java.util.Optional;

/// Lists an owner's conversations, all or those that contain words.
record Lister(Handle handle, String owner, long alive) {
    private static final int SNIPPET_BEFORE_CHARS = 40;
    private static final int SNIPPET_CHARS = 160;

    Listing list(Listing.Wish wish) {
        var sql =
                new StringBuilder(
                        Rows.CONVERSATION + "WHERE c.owner = :owner AND c.archived = :archived\n");
        if (!wish.query().isBlank()) {
            sql.append(
                    """
                    AND (c.folded LIKE :pattern ESCAPE '!'
                         OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id
                                    AND m.folded LIKE :pattern ESCAPE '!'))
                    """);
        }
        if (wish.after().isPresent()) {
            sql.append("AND (c.pinned, c.updated_at, c.id) < (:pinned, :updated, :id)\n");
        }
        sql.append("ORDER BY c.pinned DESC, c.updated_at DESC, c.id DESC LIMIT :limit");
        Query query =
                handle.createQuery(sql.toString())
                        .bind("owner", owner)
                        .bind("alive", alive)
                        .bind("archived", wish.archived() ? 1 : 0)
                        .bind("limit", wish.limit() + 1);
        if (!wish.query().isBlank()) {
            query.bind("pattern", Texts.containing(wish.query().strip()));
        }
        wish.after()
                .ifPresent(
                        cursor ->
                                query.bind("pinned", cursor.pinned())
                                        .bind("updated", cursor.updatedMillis())
                                        .bind("id", cursor.id()));
        List<Conversation> found = query.map(Rows::conversation).list();
        boolean isMore = found.size() > wish.limit();
        List<Conversation> told = isMore ? found.subList(0, wish.limit()) : found;
        Optional<Listing.Cursor> next =
                isMore ? Optional.of(Listing.Cursor.behind(told.getLast())) : Optional.empty();
        return new Listing(
                wish.query().isBlank()
                        ? told
                        : told.stream()
                                .map(
                                        each ->
                                                each.withSnippet(
                                                        snippet(each.id(), wish.query().strip())))
                                .toList(),
                next);
    }

    /// Around the words, in the last message that has them; empty where only the title does.
    private Optional<String> snippet(String conversation, String words) {
        return handle.createQuery(
                        """
                        SELECT m.folded FROM messages m
                        WHERE m.conversation_id = :id AND m.folded LIKE :pattern ESCAPE '!'
                        ORDER BY m.created_at DESC, m.id DESC LIMIT 1
                        """)
                .bind("id", conversation)
                .bind("pattern", Texts.containing(words))
                .mapTo(String.class)
                .findFirst()
                .map(text -> around(text, Texts.folded(words)));
    }

    private static String around(String text, String words) {
        int from = Math.max(0, text.indexOf(words) - SNIPPET_BEFORE_CHARS);
        return (from > 0 ? "…" : "") + Texts.shortened(text.substring(from), SNIPPET_CHARS);
    }
}
