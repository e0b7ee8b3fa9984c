package dev.tramontane.server.conversation;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A message of a conversation.
///
/// @param parent the message before it; empty for a first one
/// @param thinking of an answer
/// @param answer what else is known of it where a model wrote it
public record StoredMessage(
        String id,
        Optional<String> parent,
        Role role,
        Content content,
        String thinking,
        Instant created,
        Optional<StoredAnswer> answer) {
    /// Who speaks.
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Role of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /// What is known of an answer.
    ///
    /// @param outcome what its end told: `finish_reason`, `usage`, `timings`, `thinking_seconds`,
    ///   `interventions`, `tools`, `votes`, `agreement`, `samples_finished`, `error`, as far as
    ///   there is such; all but the first three also of an answer that is being written
    public record StoredAnswer(AnswerPlan plan, AnswerState state, ObjectNode outcome) {
        ObjectNode toJson() {
            ObjectNode json = plan.toJson();
            json.put("state", state.word());
            for (String name :
                    List.of("finish_reason", "usage", "timings", "thinking_seconds", "error")) {
                json.set(name, JsonNodeFactory.instance.nullNode());
            }
            json.putArray("interventions");
            json.putArray("votes");
            json.setAll(outcome);
            return json;
        }
    }

    /// As a model reads it; empty for an answer that never came to anything. Thinking is kept, as
    /// the models were trained to see it.
    Optional<Message> message() {
        return switch (role) {
            case SYSTEM -> Optional.of(new Message.SystemMessage(content.chunks()));
            case USER -> Optional.of(new Message.UserMessage(content.chunks()));
            case ASSISTANT -> {
                List<Chunk> chunks = new ArrayList<>();
                if (!thinking.isEmpty()) {
                    chunks.add(new Chunk.ThinkChunk(thinking, true));
                }
                chunks.addAll(content.chunks());
                yield chunks.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Message.AssistantMessage(chunks, List.of(), false));
            }
        };
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        parent.ifPresentOrElse(
                before -> json.put("parent_id", before), () -> json.putNull("parent_id"));
        json.put("role", role.word());
        json.set("content", content.parts());
        json.set("attachments", content.attachments());
        json.put("thinking", thinking).put("created_at", created.toString());
        answer.ifPresent(told -> json.set("answer", told.toJson()));
        return json;
    }
}
