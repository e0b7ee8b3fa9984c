package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.wire.LlamaRequests.Bounds;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

class BoundedTextTest {
    private static final Duration ANY = Duration.ZERO;

    /// A text in pieces that ends early once it is closed.
    private static final class Pieces implements ChatStream {
        private final List<String> pieces;
        private boolean closed;

        Pieces(String... pieces) {
            this.pieces = new ArrayList<>(List.of(pieces));
        }

        @Override
        public Iterator<ChatEvent> iterator() {
            return new Iterator<>() {
                private boolean ended;

                @Override
                public boolean hasNext() {
                    return !ended;
                }

                @Override
                public ChatEvent next() {
                    if (!closed && !pieces.isEmpty()) {
                        return new ChatEvent.Text(pieces.removeFirst());
                    }
                    ended = true;
                    FinishReason why = closed ? FinishReason.CANCELLED : FinishReason.STOP;
                    return new ChatEvent.Finished(why, new Usage(3, 5, 0));
                }
            };
        }

        @Override
        public void answerNow() {}

        @Override
        public void thinkLonger(int tokens) {}

        @Override
        public void close() {
            closed = true;
        }
    }

    private static ChatStream.Answer read(Bounds bounds, String... pieces) {
        return BoundedText.of(new Pieces(pieces), bounds).collect();
    }

    private static Bounds indented(int indent) {
        return new Bounds(true, List.of(), false, indent, ANY);
    }

    @Test
    void a_line_that_is_indented_less_ends_the_text_before_it() {
        ChatStream.Answer answer =
                read(indented(4), "x = 1;", "\n  ", "  y", " = 2;\n\n", "\n", "\t  }", "never");
        assertEquals("x = 1;\n    y = 2;", answer.text());
        assertEquals(FinishReason.LENGTH, answer.why());
    }

    @Test
    void a_text_that_keeps_its_indentation_is_whole() {
        ChatStream.Answer answer = read(indented(2), "a\n", "  b\n\n  ", "  c\n ");
        assertEquals("a\n  b\n\n    c\n ", answer.text());
        assertEquals(FinishReason.STOP, answer.why());
        assertEquals(5, answer.usage().completionTokens());
    }

    @Test
    void a_text_whose_time_is_over_ends_with_the_line() {
        var bounds = new Bounds(true, List.of(), false, 0, Duration.ofNanos(1));
        ChatStream.Answer answer = read(bounds, "the first", " line", "\nthe second\n", "never");
        assertEquals("the first line", answer.text());
        assertEquals(FinishReason.LENGTH, answer.why());
    }

    @Test
    void of_a_prompt_that_is_only_read_nothing_is_told() {
        var bounds = new Bounds(false, List.of(), false, 0, ANY);
        ChatStream.Answer answer = read(bounds, "something");
        assertEquals("", answer.text());
        assertEquals(0, answer.usage().completionTokens());
        assertEquals(3, answer.usage().promptTokens());
    }

    @Test
    void a_text_without_bounds_is_itself() {
        var pieces = new Pieces("a");
        assertTrue(BoundedText.of(pieces, indented(0)) == pieces);
    }
}
