package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.TemplateRules.SystemPlace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A conversation as the format writes it: consecutive user messages are one, so are consecutive
/// assistant messages; tool results stand in the order of their calls; neighbouring texts are
/// joined. Content of text alone is one text chunk, or none when it is empty.
///
/// @param system the system messages together, where the rules put them into the last user message
/// @param turns in order
record Turns(Optional<String> system, List<Turn> turns) {
    private static final String MESSAGE_JOINER = "\n\n";

    /// A message, and the place in the request of the first it was made of.
    record Turn(Message message, int source) {}

    /// Puts a checked conversation in form.
    static Turns of(List<Message> messages, TemplateRules rules) {
        var builder = new Builder(rules);
        int at = 0;
        while (at < messages.size()) {
            int end = at + 1;
            while (end < messages.size()
                    && messages.get(end).getClass() == messages.get(at).getClass()) {
                end++;
            }
            builder.add(messages.subList(at, end), at);
            at = end;
        }
        return builder.turns(messages);
    }

    private static final class Builder {
        private final TemplateRules rules;
        private final List<Turn> turns = new ArrayList<>();
        private final List<String> openCalls = new ArrayList<>();

        Builder(TemplateRules rules) {
            this.rules = rules;
        }

        /// @param group messages of one role
        void add(List<Message> group, int source) {
            switch (group.getFirst()) {
                case SystemMessage _ -> {
                    if (rules.system() == SystemPlace.OWN_BLOCK) {
                        for (int i = 0; i < group.size(); i++) {
                            List<Chunk> content = joined(group.subList(i, i + 1));
                            turns.add(new Turn(new SystemMessage(content), source + i));
                        }
                    }
                }
                case UserMessage _ -> turns.add(new Turn(new UserMessage(joined(group)), source));
                case AssistantMessage _ -> addAssistant(group, source);
                case ToolMessage _ -> addResults(group, source);
            }
        }

        private void addAssistant(List<Message> group, int source) {
            List<ToolCall> calls = new ArrayList<>();
            boolean prefix = false;
            for (Message message : group) {
                if (message instanceof AssistantMessage part) {
                    calls.addAll(part.toolCalls());
                    prefix |= part.prefix();
                }
            }
            for (ToolCall call : calls) {
                openCalls.add(call.id().orElse(""));
            }
            turns.add(new Turn(new AssistantMessage(joined(group), calls, prefix), source));
        }

        private void addResults(List<Message> group, int source) {
            List<Turn> results = new ArrayList<>();
            Map<String, Integer> resultPlace = new HashMap<>();
            for (int i = 0; i < group.size(); i++) {
                if (group.get(i) instanceof ToolMessage result) {
                    List<Chunk> content = joined(group.subList(i, i + 1));
                    var turn = new ToolMessage(content, result.callId(), result.name());
                    results.add(new Turn(turn, source + i));
                    resultPlace.put(callOf(results.getLast()), i);
                }
            }
            if (rules.calls().matchedById()) {
                Map<String, Integer> callPlace = new HashMap<>();
                for (int i = 0; i < openCalls.size(); i++) {
                    callPlace.put(openCalls.get(i), i);
                }
                results.sort(
                        Comparator.<Turn>comparingInt(
                                        turn ->
                                                callPlace.getOrDefault(
                                                        callOf(turn), Integer.MAX_VALUE))
                                .thenComparing(turn -> resultPlace.getOrDefault(callOf(turn), 0)));
            }
            turns.addAll(results);
            openCalls.clear();
        }

        private static String callOf(Turn turn) {
            return turn.message() instanceof ToolMessage result ? result.callId().orElse("") : "";
        }

        Turns turns(List<Message> messages) {
            if (rules.system() == SystemPlace.OWN_BLOCK) {
                return new Turns(Optional.empty(), turns);
            }
            if (turns.isEmpty() || !(turns.getFirst().message() instanceof UserMessage)) {
                turns.addFirst(new Turn(new UserMessage(List.of()), 0));
            }
            List<String> texts = new ArrayList<>();
            for (Message message : messages) {
                if (message instanceof SystemMessage && !message.content().isEmpty()) {
                    texts.add(textOf(joined(List.of(message))));
                }
            }
            String system = String.join(MESSAGE_JOINER, texts);
            return new Turns(system.isEmpty() ? Optional.empty() : Optional.of(system), turns);
        }

        /// The messages' chunks with neighbouring texts joined. What is not text interrupts: no
        /// joiner on either side of it. Empty texts vanish.
        private List<Chunk> joined(List<Message> group) {
            List<Chunk> chunks = new ArrayList<>();
            var text = new StringBuilder();
            for (Message message : group) {
                boolean newMessage = !text.isEmpty();
                for (Chunk chunk : message.content()) {
                    if (!(chunk instanceof Chunk.TextChunk(String part))) {
                        flush(text, chunks);
                        chunks.add(chunk);
                    } else if (!part.isEmpty()) {
                        if (!text.isEmpty()) {
                            text.append(newMessage ? MESSAGE_JOINER : rules.chunkJoiner());
                        }
                        text.append(part);
                        newMessage = false;
                    }
                }
            }
            flush(text, chunks);
            return chunks;
        }

        private static void flush(StringBuilder text, List<Chunk> chunks) {
            if (!text.isEmpty()) {
                chunks.add(new Chunk.TextChunk(text.toString()));
                text.setLength(0);
            }
        }
    }

    /// The text of content that is text alone; empty without content.
    static String textOf(List<Chunk> content) {
        return content.size() == 1 && content.getFirst() instanceof Chunk.TextChunk(String text)
                ? text
                : "";
    }
}
