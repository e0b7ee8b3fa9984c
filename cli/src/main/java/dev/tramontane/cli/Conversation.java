package dev.tramontane.cli;

import dev.tramontane.chat.ChatStream.Answer;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.UserMessage;

import java.util.ArrayList;
import java.util.List;

/// What was said, turn by turn: a question and its answer, thinking kept, as the models were
/// trained to see it.
final class Conversation {
    private final List<Message> messages = new ArrayList<>();

    List<Message> messages() {
        return List.copyOf(messages);
    }

    void ask(String question) {
        ask(new UserMessage(question));
    }

    void ask(UserMessage question) {
        messages.add(question);
    }

    void answered(Answer answer) {
        AssistantMessage message = answer.message();
        if (message.content().isEmpty() && message.toolCalls().isEmpty()) {
            undo(); // an empty message is none
        } else {
            messages.add(message);
        }
    }

    /// Takes back the last question and its answer.
    ///
    /// @return whether there was one
    boolean undo() {
        int question = lastQuestion();
        if (question < 0) {
            return false;
        }
        messages.subList(question, messages.size()).clear();
        return true;
    }

    /// Takes back the last answer, so that its question can be answered again.
    ///
    /// @return whether there is a question
    boolean forgetAnswer() {
        int question = lastQuestion();
        if (question < 0) {
            return false;
        }
        messages.subList(question + 1, messages.size()).clear();
        return true;
    }

    void replaceBy(List<Message> others) {
        messages.clear();
        messages.addAll(others);
    }

    private int lastQuestion() {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof UserMessage) {
                return i;
            }
        }
        return -1;
    }
}
