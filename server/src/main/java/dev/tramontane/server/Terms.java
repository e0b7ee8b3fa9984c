package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.wire.RequestDefaults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// On what terms a model is offered: what its operator decided beside which files it has.
///
/// @param description for people who choose among models
/// @param systemPrompt that a conversation without one begins with, in place of the model's own; an
///   empty text for none at all; empty for the model's own
/// @param defaults what requests mean where they leave something open
/// @param prices that its cards tell
public record Terms(
        String description,
        Optional<String> systemPrompt,
        RequestDefaults defaults,
        Optional<Prices> prices) {
    /// All as the model has it.
    public static final Terms USUAL =
            new Terms("", Optional.empty(), RequestDefaults.NONE, Optional.empty());

    public Terms withSystemPrompt(String text) {
        return new Terms(description, Optional.of(text), defaults, prices);
    }

    public Terms withDefaults(RequestDefaults others) {
        return new Terms(description, systemPrompt, others, prices);
    }

    public Terms withPrices(Prices others) {
        return new Terms(description, systemPrompt, defaults, Optional.of(others));
    }

    public Terms withDescription(String text) {
        return new Terms(text, systemPrompt, defaults, prices);
    }

    /// A request as the model is asked it.
    ChatRequest apply(ChatRequest request) {
        ChatRequest asked =
                request.thinking().equals(Thinking.DEFAULT)
                        ? request.withThinking(defaults.thinking())
                        : request;
        boolean isOpen =
                request.defaultSystemPrompt()
                        && request.messages().stream()
                                .noneMatch(Message.SystemMessage.class::isInstance);
        if (systemPrompt.isEmpty() || !isOpen) {
            return asked;
        }
        if (systemPrompt.get().isEmpty()) {
            return asked.withDefaultSystemPrompt(false);
        }
        List<Message> messages = new ArrayList<>(request.messages());
        messages.addFirst(new Message.SystemMessage(systemPrompt.get()));
        return asked.withMessages(messages);
    }

    /// A model that is asked on these terms; it stays its opener's to close.
    ChatModel over(ChatModel model) {
        boolean asIs = systemPrompt.isEmpty() && defaults.thinking().equals(Thinking.DEFAULT);
        return asIs ? model : new Asked(this, model);
    }

    private record Asked(Terms terms, ChatModel model) implements ChatModel {
        @Override
        public ChatStream chat(ChatRequest request) {
            return model.chat(terms.apply(request));
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
