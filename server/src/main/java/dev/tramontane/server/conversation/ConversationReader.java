package dev.tramontane.server.conversation;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.server.conversation.Conversations.Imported;
import dev.tramontane.server.conversation.StoredMessage.Role;
import dev.tramontane.server.conversation.StoredMessage.StoredAnswer;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/// Reads conversations as they were exported, here or elsewhere. Whatever they hold was written by
/// others: all of it is checked, and ids are given anew.
public final class ConversationReader {
    private static final int MOST_CONVERSATIONS = 1000;
    private static final int MOST_MESSAGES = 10_000;
    private static final int LONGEST_TITLE_CHARS = 200;
    private static final int LONGEST_THINKING_CHARS = 16 << 20;
    private static final int LONGEST_OUTCOME_CHARS = 64 << 10;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private ConversationReader() {}

    /// @param json one conversation, a list of them, or an object whose `conversations` they are
    /// @throws InvalidRequestException when it is none; it names the field
    public static List<Imported> read(JsonNode json) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        boolean isOne = json.isObject() && !json.has("conversations");
        if (isOne) {
            body.putArray("conversations").add(json);
        } else {
            body.set("conversations", json.isObject() ? json.path("conversations") : json);
        }
        List<Fields> told = new Fields(body, "").objects("conversations");
        if (told.isEmpty() || told.size() > MOST_CONVERSATIONS) {
            throw new InvalidRequestException(
                    "conversations",
                    "found %d, expected 1 to %d; choose others"
                            .formatted(told.size(), MOST_CONVERSATIONS));
        }
        return told.stream().map(ConversationReader::conversation).toList();
    }

    private static Imported conversation(Fields told) {
        List<Fields> messages = told.objects("messages");
        if (!told.has("messages") || messages.size() > MOST_MESSAGES) {
            throw told.unexpected("messages", "a list of %d at most".formatted(MOST_MESSAGES));
        }
        Map<String, String> ids = new HashMap<>();
        List<StoredMessage> read = new ArrayList<>();
        for (Fields message : messages) {
            read.add(message(message, ids));
        }
        String title = Texts.clean(told.text("title").orElse("")).replaceAll("\\p{Cntrl}+", " ");
        Instant created = time(told, "created_at");
        return new Imported(
                Texts.shortened(title, LONGEST_TITLE_CHARS),
                created,
                told.has("updated_at") ? time(told, "updated_at") : created,
                told.flag("pinned").orElse(false),
                told.flag("archived").orElse(false),
                told.text("leaf").map(ids::get),
                read);
    }

    /// A message; those before it are known, so that nothing goes in circles.
    private static StoredMessage message(Fields told, Map<String, String> ids) {
        Role role =
                switch (told.requiredText("role")) {
                    case "system" -> Role.SYSTEM;
                    case "user" -> Role.USER;
                    case "assistant" -> Role.ASSISTANT;
                    default -> throw told.unexpected("role", "system, user or assistant");
                };
        Optional<String> parent = told.text("parent_id");
        if (parent.isPresent() && !ids.containsKey(parent.get())) {
            throw told.unexpected("parent_id", "null or the id of a message above");
        }
        String own = UUID.randomUUID().toString();
        if (ids.putIfAbsent(told.requiredText("id"), own) != null) {
            throw told.unexpected("id", "one that no other message has");
        }
        String thinking = Texts.clean(told.text("thinking").orElse(""));
        if (thinking.length() > LONGEST_THINKING_CHARS) {
            throw told.unexpected(
                    "thinking", "%d characters at most".formatted(LONGEST_THINKING_CHARS));
        }
        return new StoredMessage(
                own,
                parent.map(ids::get),
                role,
                Content.read(told),
                thinking,
                time(told, "created_at"),
                role == Role.ASSISTANT
                        ? told.object("answer").map(ConversationReader::answer)
                        : Optional.empty());
    }

    private static Instant time(Fields told, String field) {
        try {
            Instant time = Instant.parse(told.requiredText(field));
            if (!time.isBefore(Instant.EPOCH) && time.isBefore(LATEST)) {
                return Instant.ofEpochMilli(time.toEpochMilli());
            }
        } catch (DateTimeException _) { // told below
        }
        throw told.unexpected(field, "a time such as 2026-01-31T12:00:00Z");
    }

    /// An answer that was being written elsewhere is not here.
    private static StoredAnswer answer(Fields told) {
        AnswerState state =
                switch (told.text("state").orElse("done")) {
                    case "done" -> AnswerState.DONE;
                    case "stopped" -> AnswerState.STOPPED;
                    case "failed" -> AnswerState.FAILED;
                    case "interrupted", "running" -> AnswerState.INTERRUPTED;
                    default ->
                            throw told.unexpected("state", "done, stopped, failed or interrupted");
                };
        ObjectNode outcome = outcome(told);
        if (outcome.toString().length() > LONGEST_OUTCOME_CHARS) {
            throw new InvalidRequestException(
                    told.at(),
                    "found more than %d characters beside the text, expected figures; leave some out"
                            .formatted(LONGEST_OUTCOME_CHARS));
        }
        ObjectNode plan = (ObjectNode) told.node().deepCopy();
        plan.remove("votes"); // those of the outcome
        return new StoredAnswer(AnswerPlan.stored(new Fields(plan, told.at())), state, outcome);
    }

    /// Pages rely on what kind of value each of these is, and on no more.
    private static ObjectNode outcome(Fields told) {
        ObjectNode outcome = JsonNodeFactory.instance.objectNode();
        told.text("finish_reason").ifPresent(why -> outcome.put("finish_reason", why));
        for (String name : List.of("usage", "timings", "error")) {
            told.object(name).ifPresent(value -> outcome.set(name, value.node()));
        }
        for (String name : List.of("thinking_seconds", "agreement", "samples_finished")) {
            told.number(name, 0, Long.MAX_VALUE).ifPresent(value -> outcome.put(name, value));
        }
        for (String name : List.of("interventions", "tools", "votes")) {
            if (!told.objects(name).isEmpty()) {
                outcome.set(name, told.node().path(name));
            }
        }
        return outcome;
    }

    /// The messages of a conversation that is not stored.
    ///
    /// @param check of each content and where it stands
    /// @throws InvalidRequestException when there are none, or one cannot be read
    public static List<Message> temporary(Fields body, BiConsumer<Content, String> check) {
        List<Fields> told = body.objects("messages");
        if (told.isEmpty() || told.size() > MOST_MESSAGES) {
            throw body.unexpected("messages", "a list of 1 to %d".formatted(MOST_MESSAGES));
        }
        List<Message> messages = new ArrayList<>();
        for (Fields each : told) {
            Content content = Content.read(each);
            check.accept(content, each.path("content"));
            var message =
                    new StoredMessage(
                            "",
                            Optional.empty(),
                            switch (each.requiredText("role")) {
                                case "system" -> Role.SYSTEM;
                                case "user" -> Role.USER;
                                case "assistant" -> Role.ASSISTANT;
                                default ->
                                        throw each.unexpected("role", "system, user or assistant");
                            },
                            content,
                            Texts.clean(each.text("thinking").orElse("")),
                            Instant.EPOCH,
                            Optional.empty());
            message.message().ifPresent(messages::add);
        }
        if (messages.isEmpty()) {
            throw body.unexpected("messages", "one at least that says something");
        }
        return messages;
    }
}
