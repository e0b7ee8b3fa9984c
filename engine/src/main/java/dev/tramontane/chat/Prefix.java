package dev.tramontane.chat;

import dev.tramontane.tokenizer.Tokenizer.Span;

import java.util.ArrayList;
import java.util.List;

/// The beginning of the answer that a request prescribes: its last assistant message, when that is
/// a prefix. It is written behind the template's generation prompt, as if the model had.
///
/// @param conversation the messages before it
/// @param content what the answer begins with
record Prefix(List<Message> conversation, List<Chunk> content) {
    static Prefix of(List<Message> messages) {
        if (messages.isEmpty()) {
            throw new InvalidRequestException(
                    "messages", "empty, expected one message at least; add the question");
        }
        int last = messages.size() - 1;
        return messages.get(last) instanceof Message.AssistantMessage answer && answer.prefix()
                ? new Prefix(messages.subList(0, last), answer.content())
                : new Prefix(messages, List.of());
    }

    boolean isEmpty() {
        return content.isEmpty();
    }

    /// Whether the model goes on inside the thinking.
    ///
    /// @param opened whether the template's prompt opened it
    boolean isInside(boolean opened) {
        return content.isEmpty()
                ? opened
                : content.getLast() instanceof Chunk.ThinkChunk think && !think.closed();
    }

    /// What is written, marks as the template's own.
    ///
    /// @param opened whether the template's prompt opened the thinking
    List<Span> spans(ThinkingFormat format, boolean opened) {
        List<Span> spans = new ArrayList<>();
        boolean inside = opened;
        for (Chunk chunk : content) {
            switch (chunk) {
                case Chunk.ThinkChunk(String text, boolean closed) -> {
                    if (!format.thinks()) {
                        throw refused("thinking, which this model has no marks for");
                    }
                    if (!inside) {
                        spans.add(new Span(format.open() + "\n", true));
                    }
                    spans.add(new Span(text, false));
                    if (closed) {
                        spans.add(new Span("\n" + format.close() + "\n\n", true));
                    }
                    inside = !closed;
                }
                case Chunk.TextChunk(String text) -> {
                    if (inside) {
                        spans.add(new Span(format.close() + "\n\n", true));
                        inside = false;
                    }
                    spans.add(new Span(text, false));
                }
                case Chunk.ImageChunk _ -> throw refused("an image");
            }
        }
        return spans;
    }

    private static InvalidRequestException refused(String found) {
        return new InvalidRequestException(
                "messages", "the prefix holds " + found + "; expected text, leave the rest out");
    }
}
