package dev.tramontane.server.conversation;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.server.conversation.Conversation.Titler;
import dev.tramontane.server.conversation.StoredMessage.Role;
import dev.tramontane.server.conversation.StoredMessage.StoredAnswer;
import dev.tramontane.server.store.Store;
import dev.tramontane.server.store.StoreException;
import dev.tramontane.server.store.StoreSettings;

import org.jdbi.v3.core.Handle;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The conversations that are stored, each for its owner alone: every look-up asks for the owner
/// too. All methods throw {@link StoreException} where the store fails.
public final class Conversations implements AutoCloseable {
    /// An answer whose writer was not seen for so long has none any more.
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(10);

    private static final int MOST_MESSAGES = 10_000;
    private static final int TITLE_CHARS = 60;
    private static final String UNTITLED = "";

    private final Store store;
    private final InstantSource clock;

    public Conversations(StoreSettings settings) {
        this(settings, InstantSource.system());
    }

    /// For tests: with another clock.
    Conversations(StoreSettings settings, InstantSource clock) {
        this.clock = clock;
        this.store = new Store(settings, this::opened);
    }

    /// Whoever opens the database alone finds answers of servers that are no more.
    private void opened(Handle handle, boolean isAlone) {
        Recovery.interrupt(handle, isAlone ? clock.instant().plus(Duration.ofDays(1)) : longAgo());
    }

    private Instant longAgo() {
        return clock.instant().minus(LONGEST_ABSENCE);
    }

    /// What the store last failed of; empty where all is well.
    public Optional<StoreException> failure() {
        return store.failure();
    }

    /// Looks whether the store can be used, which opens it.
    public void look() {
        store.read(handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
    }

    /// A page of an owner's list.
    public Listing list(String owner, Listing.Wish wish) {
        return store.read(handle -> new Lister(handle, owner, longAgo().toEpochMilli()).list(wish));
    }

    public Optional<Conversation> find(String owner, String id) {
        return store.read(handle -> find(handle, owner, id));
    }

    private Optional<Conversation> find(Handle handle, String owner, String id) {
        return handle.createQuery(
                        Rows.CONVERSATION
                                + """
                                WHERE c.id = :id AND c.owner = :owner
                                """)
                .bind("id", id)
                .bind("owner", owner)
                .bind("alive", longAgo().toEpochMilli())
                .map(Rows::conversation)
                .findFirst();
    }

    /// A new conversation without messages.
    ///
    /// @param title empty for one that its first message gives
    public Conversation create(String owner, String title) {
        return store.write(
                handle -> {
                    String id = UUID.randomUUID().toString();
                    insert(
                            handle,
                            owner,
                            id,
                            title,
                            title.isEmpty() ? Titler.WORDS : Titler.PERSON);
                    return find(handle, owner, id).orElseThrow();
                });
    }

    /// @return whether the id was free
    private boolean insert(Handle handle, String owner, String id, String title, Titler titler) {
        return handle.createUpdate(
                                """
                                INSERT INTO conversations
                                    (id, owner, title, titled_by, folded, pinned, archived, leaf, created_at, updated_at)
                                VALUES (:id, :owner, :title, :by, :folded, 0, 0, NULL, :now, :now)
                                ON CONFLICT DO NOTHING
                                """)
                        .bind("id", id)
                        .bind("owner", owner)
                        .bind("title", title)
                        .bind("by", titler.name())
                        .bind("folded", Texts.folded(title))
                        .bind("now", now())
                        .execute()
                > 0;
    }

    private long now() {
        return clock.millis();
    }

    /// All messages of a conversation, in the order in which they were made, each behind the one
    /// that it follows; what is stored of running answers included.
    public Optional<List<StoredMessage>> messages(String owner, String id) {
        return store.read(
                handle ->
                        find(handle, owner, id)
                                .map(_ -> Rows.messages(handle, id, longAgo().toEpochMilli())));
    }

    /// What somebody changes of a conversation.
    public record Change(
            Optional<String> title,
            Optional<Boolean> pinned,
            Optional<Boolean> archived,
            Optional<String> leaf) {}

    /// @return empty where there is no such conversation
    /// @throws InvalidRequestException when the leaf is no message of it
    public Optional<Conversation> change(String owner, String id, Change change) {
        return store.write(
                handle -> {
                    if (find(handle, owner, id).isEmpty()) {
                        return Optional.empty();
                    }
                    change.title().ifPresent(title -> title(handle, id, title, Titler.PERSON));
                    change.pinned().ifPresent(yes -> flag(handle, id, "pinned", yes));
                    change.archived().ifPresent(yes -> flag(handle, id, "archived", yes));
                    change.leaf().ifPresent(leaf -> leaf(handle, id, leaf));
                    return find(handle, owner, id);
                });
    }

    private static void title(Handle handle, String id, String title, Titler titler) {
        handle.createUpdate(
                        """
                        UPDATE conversations SET title = :title, folded = :folded, titled_by = :by
                        WHERE id = :id
                        """)
                .bind("id", id)
                .bind("title", title)
                .bind("folded", Texts.folded(title))
                .bind("by", titler.name())
                .execute();
    }

    /// @param column of ours, never what somebody sent
    private static void flag(Handle handle, String id, String column, boolean yes) {
        handle.createUpdate("UPDATE conversations SET " + column + " = :yes WHERE id = :id")
                .bind("id", id)
                .bind("yes", yes ? 1 : 0)
                .execute();
    }

    private void leaf(Handle handle, String id, String leaf) {
        if (message(handle, id, leaf).isEmpty()) {
            throw unknown("leaf");
        }
        handle.createUpdate("UPDATE conversations SET leaf = :leaf WHERE id = :id")
                .bind("id", id)
                .bind("leaf", leaf)
                .execute();
    }

    private Optional<StoredMessage> message(Handle handle, String id, String message) {
        return Rows.message(handle, id, message, longAgo().toEpochMilli());
    }

    private static InvalidRequestException unknown(String field) {
        return new InvalidRequestException(
                field,
                "found no message of this conversation, expected the id of one; load the conversation again");
    }

    /// A title that a model found, unless a person was quicker.
    ///
    /// @return whether it holds now
    public boolean entitle(String id, String title) {
        return store.write(
                handle -> {
                    boolean isOpen =
                            handle.createQuery(
                                            """
                                            SELECT 1 FROM conversations
                                            WHERE id = :id AND titled_by = 'WORDS'
                                            """)
                                    .bind("id", id)
                                    .mapTo(Integer.class)
                                    .findFirst()
                                    .isPresent();
                    if (isOpen) {
                        title(handle, id, title, Titler.MODEL);
                    }
                    return isOpen;
                });
    }

    /// Forgets a conversation and all that belongs to it.
    ///
    /// @return its answers that were being written; empty where there is no such conversation
    public Optional<List<String>> delete(String owner, String id) {
        return store.write(
                handle -> {
                    if (find(handle, owner, id).isEmpty()) {
                        return Optional.empty();
                    }
                    List<String> running = Rows.running(handle, id);
                    handle.createUpdate("DELETE FROM conversations WHERE id = :id")
                            .bind("id", id)
                            .execute();
                    return Optional.of(running);
                });
    }

    /// What was begun: a question and the answer to it, not written yet.
    ///
    /// @param path the messages up to the question
    /// @param isUntitled whether the conversation has the title of its first words still
    public record Begun(
            StoredMessage question, String answer, List<StoredMessage> path, boolean isUntitled) {
        /// What a model is asked.
        public List<Message> messages() {
            return path.stream().flatMap(message -> message.message().stream()).toList();
        }
    }

    /// Stores what somebody says, and that an answer begins. A conversation that is not there yet
    /// is made.
    ///
    /// @param parent the answer that it follows; empty for the beginning
    /// @return empty where the id is that of somebody else's conversation
    /// @throws InvalidRequestException when there is no such parent, or it is no answer
    public Optional<Begun> ask(
            String owner, String id, Optional<String> parent, Content content, AnswerPlan plan) {
        return store.write(
                handle -> {
                    if (find(handle, owner, id).isEmpty()) {
                        if (parent.isPresent()) {
                            throw unknown("parent_id");
                        }
                        if (!insert(handle, owner, id, UNTITLED, Titler.WORDS)) {
                            return Optional.empty();
                        }
                    }
                    parent.ifPresent(before -> checkAnswered(handle, id, before));
                    var question =
                            new StoredMessage(
                                    UUID.randomUUID().toString(),
                                    parent,
                                    Role.USER,
                                    content,
                                    "",
                                    Instant.ofEpochMilli(now()),
                                    Optional.empty());
                    insert(handle, id, question);
                    return Optional.of(begin(handle, owner, id, question, plan));
                });
    }

    private void checkAnswered(Handle handle, String id, String parent) {
        StoredMessage before = message(handle, id, parent).orElseThrow(() -> unknown("parent_id"));
        if (before.role() == Role.USER) {
            throw new InvalidRequestException(
                    "parent_id",
                    "found a person's message, expected an answer, which a question follows; name that");
        }
        boolean isRunning =
                before.answer().filter(told -> told.state() == AnswerState.RUNNING).isPresent();
        if (isRunning) {
            throw new InvalidRequestException(
                    "parent_id",
                    "found an answer that is being written, expected one that has ended; wait, or stop it");
        }
    }

    /// Stores that a question is answered anew.
    ///
    /// @return empty where there is no such conversation
    /// @throws InvalidRequestException when the parent is no question of it
    public Optional<Begun> again(String owner, String id, String parent, AnswerPlan plan) {
        return store.write(
                handle -> {
                    if (find(handle, owner, id).isEmpty()) {
                        return Optional.empty();
                    }
                    StoredMessage question =
                            message(handle, id, parent)
                                    .filter(told -> told.role() == Role.USER)
                                    .orElseThrow(() -> unknown("parent_id"));
                    return Optional.of(begin(handle, owner, id, question, plan));
                });
    }

    private Begun begin(
            Handle handle, String owner, String id, StoredMessage question, AnswerPlan plan) {
        int messages = Rows.count(handle, id);
        if (messages >= MOST_MESSAGES) {
            throw new InvalidRequestException(
                    "conversation",
                    "found %d messages, expected %d at most; begin another"
                            .formatted(messages, MOST_MESSAGES));
        }
        Conversation now = find(handle, owner, id).orElseThrow();
        if (now.title().isEmpty()) {
            String words = Texts.shortened(question.content().text(), TITLE_CHARS);
            title(handle, id, words, Titler.WORDS);
        }
        var answer =
                new StoredMessage(
                        UUID.randomUUID().toString(),
                        Optional.of(question.id()),
                        Role.ASSISTANT,
                        Content.of(""),
                        "",
                        Instant.ofEpochMilli(
                                Math.max(now(), question.created().toEpochMilli() + 1)),
                        Optional.of(
                                new StoredAnswer(
                                        plan,
                                        AnswerState.RUNNING,
                                        JsonNodeFactory.instance.objectNode())));
        insert(handle, id, answer);
        touch(handle, id, answer.id());
        List<StoredMessage> path = Rows.path(handle, id, question.id());
        boolean isUntitled = now.titledBy() == Titler.WORDS && question.parent().isEmpty();
        return new Begun(question, answer.id(), path, isUntitled);
    }

    private void touch(Handle handle, String id, String leaf) {
        handle.createUpdate(
                        "UPDATE conversations SET leaf = :leaf, updated_at = :now WHERE id = :id")
                .bind("id", id)
                .bind("leaf", leaf)
                .bind("now", now())
                .execute();
    }

    private void insert(Handle handle, String id, StoredMessage message) {
        Rows.insert(handle, id, message, now());
    }

    /// What a running answer has more than before.
    ///
    /// @param beside all that is known beside its words, as an outcome has it; empty where that is
    ///   as before
    public record Growth(String thinking, String text, Optional<ObjectNode> beside) {
        /// Words alone.
        public static Growth of(String thinking, String text) {
            return new Growth(thinking, text, Optional.empty());
        }
    }

    /// Stores a piece of a running answer; an empty one shows that somebody still writes it. One
    /// that was taken for interrupted meanwhile runs again.
    ///
    /// @param number of the piece, from 0
    /// @return whether the answer is still there
    public boolean append(String answer, long number, Growth growth) {
        return store.write(handle -> Recovery.append(handle, answer, now(), number, growth));
    }

    /// How an answer ended.
    public record End(String thinking, String text, AnswerState state, ObjectNode outcome) {}

    /// Stores an answer that has ended.
    ///
    /// @return whether it was still there
    public boolean finish(String answer, End end) {
        return store.write(handle -> Recovery.finish(handle, answer, now(), end));
    }

    /// Stores conversations that were exported somewhere, under new ids.
    public List<Conversation> add(String owner, List<Imported> imported) {
        return store.write(
                handle -> {
                    List<Conversation> added = new ArrayList<>();
                    for (Imported each : imported) {
                        String id = UUID.randomUUID().toString();
                        insert(handle, owner, id, each.title(), Titler.PERSON);
                        each.messages().forEach(message -> insert(handle, id, message));
                        handle.createUpdate(
                                        """
                                        UPDATE conversations
                                        SET leaf = :leaf, created_at = :created, updated_at = :updated,
                                            pinned = :pinned, archived = :archived
                                        WHERE id = :id
                                        """)
                                .bind("id", id)
                                .bind("leaf", each.leaf().orElse(null))
                                .bind("created", each.created().toEpochMilli())
                                .bind("updated", each.updated().toEpochMilli())
                                .bind("pinned", each.pinned() ? 1 : 0)
                                .bind("archived", each.archived() ? 1 : 0)
                                .execute();
                        added.add(find(handle, owner, id).orElseThrow());
                    }
                    return added;
                });
    }

    /// A conversation of a file.
    public record Imported(
            String title,
            Instant created,
            Instant updated,
            boolean pinned,
            boolean archived,
            Optional<String> leaf,
            List<StoredMessage> messages) {
        public Imported {
            messages = List.copyOf(messages);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
