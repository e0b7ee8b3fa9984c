package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.server.conversation.Content;
import dev.tramontane.server.conversation.Conversation;
import dev.tramontane.server.conversation.ConversationReader;
import dev.tramontane.server.conversation.ConversationText;
import dev.tramontane.server.conversation.Conversations;
import dev.tramontane.server.conversation.Listing;
import dev.tramontane.server.conversation.StoredMessage;
import dev.tramontane.wire.Fields;

import io.helidon.http.Status;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// The page's conversations: `/web/conversations` and what is below it. Each caller has its own.
record ConversationsEndpoint(Optional<Conversations> stored, Models models, PageAnswers answers) {
    private static final int MOST_LISTED = 200;
    private static final int USUALLY_LISTED = 50;
    private static final int LONGEST_TITLE_CHARS = 200;
    private static final int LONGEST_QUERY_CHARS = 200;
    private static final String UUID_FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    private Conversations conversations() {
        return stored.orElseThrow(RefusedException::noStore);
    }

    /// Whoever asks where nobody has keys is one and the same.
    private static String owner(Exchange exchange) {
        String owner = exchange.caller().owner();
        return owner.isEmpty() ? "local" : owner;
    }

    /// `GET /web/conversations`.
    void list(Exchange exchange) {
        String query = exchange.query("query").orElse("");
        if (query.length() > LONGEST_QUERY_CHARS) {
            throw new InvalidRequestException(
                    "query",
                    "found %d characters, expected %d at most; search for less"
                            .formatted(query.length(), LONGEST_QUERY_CHARS));
        }
        var wish =
                new Listing.Wish(
                        query,
                        Parameters.flag(exchange, "archived"),
                        Parameters.integer(exchange, "limit", 1, MOST_LISTED, USUALLY_LISTED),
                        exchange.query("after").map(Listing.Cursor::of));
        Listing listing = conversations().list(owner(exchange), wish);
        ObjectNode told = Json.object();
        ArrayNode list = told.putArray("conversations");
        listing.conversations().forEach(each -> list.add(each.toJson()));
        told.put("next", listing.next().map(Listing.Cursor::text).orElse(null));
        exchange.send(told);
    }

    /// `POST /web/conversations`.
    void create(Exchange exchange) {
        var body = new Fields(exchange.json(), "");
        String title = title(body).orElse("");
        exchange.send(Status.CREATED_201, conversations().create(owner(exchange), title).toJson());
    }

    private static Optional<String> title(Fields body) {
        Optional<String> title = body.text("title").map(String::strip);
        if (title.filter(text -> text.length() > LONGEST_TITLE_CHARS).isPresent()) {
            throw body.unexpected("title", "%d characters at most".formatted(LONGEST_TITLE_CHARS));
        }
        return title.map(text -> text.replaceAll("[\\p{Cntrl}\\p{Cs}]+", " "));
    }

    /// `GET /web/conversations/{id}`.
    void tell(Exchange exchange) {
        Told told = find(exchange);
        exchange.send(ConversationText.json(told.head(), told.messages()));
    }

    private record Told(Conversation head, List<StoredMessage> messages) {}

    private Told find(Exchange exchange) {
        String id = exchange.pathPart("id");
        Optional<Conversation> head = conversations().find(owner(exchange), id);
        Optional<List<StoredMessage>> messages = conversations().messages(owner(exchange), id);
        if (head.isEmpty() || messages.isEmpty()) {
            throw RefusedException.noConversation(id);
        }
        return new Told(head.get(), messages.get());
    }

    /// `PATCH /web/conversations/{id}`.
    void change(Exchange exchange) {
        String id = exchange.pathPart("id");
        var body = new Fields(exchange.json(), "");
        var change =
                new Conversations.Change(
                        title(body), body.flag("pinned"), body.flag("archived"), body.text("leaf"));
        exchange.send(
                conversations()
                        .change(owner(exchange), id, change)
                        .orElseThrow(() -> RefusedException.noConversation(id))
                        .toJson());
    }

    /// `DELETE /web/conversations/{id}`.
    void delete(Exchange exchange) {
        String id = exchange.pathPart("id");
        conversations()
                .delete(owner(exchange), id)
                .orElseThrow(() -> RefusedException.noConversation(id))
                .forEach(
                        running ->
                                answers.find(running, exchange.caller())
                                        .ifPresent(PageAnswer::stop));
        exchange.send(Status.NO_CONTENT_204);
    }

    /// `POST /web/conversations/{id}/messages`.
    void ask(Exchange exchange) {
        String id = exchange.pathPart("id");
        if (!id.matches(UUID_FORM)) {
            throw RefusedException.noConversation(id);
        }
        var body = new Fields(exchange.json(), "");
        Content content = Content.read(body);
        if (content.isEmpty()) {
            throw body.unexpected("content", "a text, an image or an attachment");
        }
        Planned planned = Planned.read(exchange, body, models);
        planned.checkImages(exchange, content, "content");
        Conversations.Begun begun =
                conversations()
                        .ask(owner(exchange), id, body.text("parent_id"), content, planned.plan())
                        .orElseThrow(() -> RefusedException.noConversation(id));
        begin(exchange, id, planned, begun);
    }

    /// `POST /web/conversations/{id}/answers`.
    void again(Exchange exchange) {
        String id = exchange.pathPart("id");
        var body = new Fields(exchange.json(), "");
        String parent = body.requiredText("parent_id");
        Planned planned = Planned.read(exchange, body, models);
        Conversations.Begun begun =
                conversations()
                        .again(owner(exchange), id, parent, planned.plan())
                        .orElseThrow(() -> RefusedException.noConversation(id));
        begin(exchange, id, planned, begun);
    }

    private void begin(Exchange exchange, String id, Planned planned, Conversations.Begun begun) {
        PageAnswer answer =
                answers.start(
                        exchange,
                        planned.offer(),
                        new PageAnswers.Wanted(
                                begun.answer(),
                                Optional.of(id),
                                begun.isUntitled(),
                                planned.plan(),
                                begun.messages()));
        ObjectNode told = Json.object();
        told.set("message", begun.question().toJson());
        told.putObject("answer").put("id", answer.id());
        exchange.send(Status.CREATED_201, told);
    }

    /// `GET /web/conversations/{id}/export`.
    void export(Exchange exchange) {
        String format = exchange.query("format").orElse("json");
        ConversationText text =
                switch (format) {
                    case "json" -> ConversationText.JSON;
                    case "markdown" -> ConversationText.MARKDOWN;
                    case "html" -> ConversationText.HTML;
                    default ->
                            throw Parameters.unexpected(
                                    "format", exchange, "json, markdown or html");
                };
        Told told = find(exchange);
        exchange.header("Content-Disposition", text.disposition(told.head()));
        exchange.header("Content-Security-Policy", ConversationText.POLICY);
        exchange.header("X-Content-Type-Options", "nosniff");
        exchange.send(Status.OK_200, text.contentType(), text.write(told.head(), told.messages()));
    }

    /// `POST /web/import`: one or several conversations as they were exported.
    void add(Exchange exchange) {
        List<Conversations.Imported> imported = ConversationReader.read(exchange.json());
        ObjectNode told = Json.object();
        ArrayNode list = told.putArray("conversations");
        conversations().add(owner(exchange), imported).forEach(each -> list.add(each.toJson()));
        exchange.send(Status.CREATED_201, told);
    }
}
