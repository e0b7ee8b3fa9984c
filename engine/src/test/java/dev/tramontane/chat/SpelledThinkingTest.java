package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.UserMessage;

import org.junit.jupiter.api.Test;

import java.util.List;

class SpelledThinkingTest {
    private static final UserMessage QUESTION = new UserMessage("What is 17 * 23?");

    private static AssistantMessage answer(boolean prefix, Chunk... chunks) {
        return new AssistantMessage(List.of(chunks), List.of(), prefix);
    }

    private static Chunk thought(boolean closed) {
        return new Chunk.ThinkChunk("Let me see.", closed);
    }

    @Test
    void a_thought_goes_back_as_the_model_wrote_it() {
        List<Message> messages =
                List.of(
                        QUESTION,
                        answer(false, thought(true), new Chunk.TextChunk("391")),
                        QUESTION,
                        answer(true, thought(false)));
        assertEquals(
                List.of(
                        QUESTION,
                        new AssistantMessage("<think>\nLet me see.\n</think>\n\n391"),
                        QUESTION,
                        answer(true, new Chunk.TextChunk("<think>\nLet me see."))),
                SpelledThinking.in(messages, ThinkingFormat.TEXT));
    }

    @Test
    void without_marks_earlier_thoughts_are_left_out() {
        List<Message> messages =
                List.of(
                        QUESTION,
                        answer(false, thought(true), new Chunk.TextChunk("391")),
                        QUESTION,
                        answer(false, thought(false)),
                        QUESTION,
                        answer(true, thought(false)));
        assertEquals(
                List.of(
                        QUESTION,
                        new AssistantMessage("391"),
                        QUESTION,
                        QUESTION,
                        answer(true, thought(false))),
                SpelledThinking.in(messages, ThinkingFormat.NONE));
    }

    /// The text is what a template of that time writes, and no refusal.
    @Test
    void a_conversation_of_the_first_magistral_is_written() {
        InstructTemplate v11 = ChatVectors.template("v11");
        List<Message> thought =
                SpelledThinking.in(
                        List.of(
                                QUESTION,
                                answer(false, thought(true), new Chunk.TextChunk("391")),
                                QUESTION),
                        ThinkingFormat.TEXT);
        List<Message> text =
                List.of(
                        QUESTION,
                        new AssistantMessage("<think>\nLet me see.\n</think>\n\n391"),
                        QUESTION);
        assertArrayEquals(v11.encode(ChatRequest.of(text)), v11.encode(ChatRequest.of(thought)));
    }
}
