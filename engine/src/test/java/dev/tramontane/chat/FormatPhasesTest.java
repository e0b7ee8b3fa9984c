package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Phases.Pause;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import org.junit.jupiter.api.Test;

class FormatPhasesTest {
    private static final Tokenizer TEKKEN = ChatVectors.tokenizer("v13");
    private static final int OPEN = TEKKEN.special(SpecialToken.THINK).orElseThrow();
    private static final int CLOSE = TEKKEN.special(SpecialToken.END_THINK).orElseThrow();

    @Test
    void text_pauses_at_sentences_and_lines() {
        assertEquals(Pause.SENTENCE, after("So it is four."));
        assertEquals(Pause.NONE, after("It is 3."), "it may go on as 3.14");
        assertEquals(Pause.SENTENCE, after("Really?"));
        assertEquals(Pause.LINE, after("Yes.\n"));
        assertEquals(Pause.NONE, after("Yes, "));
        assertEquals(Pause.SENTENCE, after("好的。"));
        assertEquals(Pause.SENTENCE, after("لماذا؟"));
        assertEquals(Pause.NONE, after(""));
    }

    private static Pause after(String text) {
        var phases = new FormatPhases(TEKKEN, ThinkingFormat.TOKENS);
        feed(phases, text);
        return phases.pause();
    }

    @Test
    void an_answer_begins_with_its_first_text_or_call() {
        var phases = new FormatPhases(TEKKEN, ThinkingFormat.TOKENS);
        assertFalse(phases.isAnswering());
        phases.accept(OPEN);
        feed(phases, "so");
        assertFalse(phases.isAnswering());
        phases.accept(CLOSE);
        feed(phases, "\n\n");
        assertFalse(phases.isAnswering());
        feed(phases, "Yes");
        assertTrue(phases.isAnswering());
        phases.rollback(TEKKEN.encode("Yes").length);
        assertFalse(phases.isAnswering());
        phases.accept(TEKKEN.special(SpecialToken.TOOL_CALLS).orElseThrow());
        assertTrue(phases.isAnswering());
    }

    @Test
    void a_token_that_closes_the_thinking_is_known_before_it_comes() {
        var tokens = new FormatPhases(TEKKEN, ThinkingFormat.TOKENS.openedByPrompt(true));
        assertTrue(tokens.wouldClose(CLOSE));
        assertFalse(tokens.wouldClose(TEKKEN.encode("a")[0]));
        var text = new FormatPhases(TEKKEN, ThinkingFormat.TEXT.openedByPrompt(true));
        int[] mark = TEKKEN.encode("</think>");
        assertEquals(0, closesAt(text, mark), "since </ is one token here");
        assertEquals(Phase.THINKING, text.phase());
    }

    /// The place of the token of a mark that is the first to look like a close.
    private static int closesAt(FormatPhases phases, int[] mark) {
        int at = 0;
        while (!phases.wouldClose(mark[at])) {
            phases.accept(mark[at++]);
        }
        return at;
    }

    private static void feed(FormatPhases phases, String text) {
        for (int token : TEKKEN.encode(text)) {
            phases.accept(token);
        }
    }
}
