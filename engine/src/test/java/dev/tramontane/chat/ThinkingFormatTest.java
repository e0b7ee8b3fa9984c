package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.chat.ThinkingFormat.Marks;
import dev.tramontane.tokenizer.Tekken;

import org.junit.jupiter.api.Test;

class ThinkingFormatTest {
    private static final Tekken WITHOUT_MARKS = ChatVectors.tokenizer("v11");

    @Test
    void marks_of_the_vocabulary_are_sure() {
        assertEquals(
                ThinkingFormat.TOKENS,
                ThinkingFormat.infer(ChatVectors.tokenizer("v13"), "{{ '<think>' }}"));
    }

    @Test
    void text_marks_must_be_mentioned_by_what_came_with_the_model() {
        assertEquals(ThinkingFormat.NONE, ThinkingFormat.infer(WITHOUT_MARKS, ""));
        assertEquals(
                ThinkingFormat.TEXT,
                ThinkingFormat.infer(WITHOUT_MARKS, "<think>\nnotes\n</think>\nProblem:"));
    }

    @Test
    void a_chat_template_tells_whether_the_prompt_opens_the_thinking() {
        String opens = "{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}";
        String skips = "{% if add_generation_prompt %}{{ '<think>\\n\\n</think>' }}{% endif %}";
        assertEquals(
                ThinkingFormat.TEXT.openedByPrompt(true),
                ThinkingFormat.infer(WITHOUT_MARKS, opens));
        assertEquals(Marks.TEXT, ThinkingFormat.infer(WITHOUT_MARKS, skips).marks());
        assertEquals(false, ThinkingFormat.infer(WITHOUT_MARKS, skips).openedByPrompt());
    }
}
