package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.chat.Votes;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.terminal.Stdio;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

class AnswerPrinterTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private void show(Stdio.Terminals terminals, ChatEvent... events) {
        Stdio io = Tramontane.program().terminals(terminals).stdio(out, err);
        var printer = new AnswerPrinter(io, AnswerPrinter.Trace.SHOWN);
        for (ChatEvent event : events) {
            printer.show(event);
        }
        printer.show(new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 2, 1)));
    }

    /// What went to standard error, without how long it took.
    private String err() {
        return err.toString(StandardCharsets.UTF_8).replaceFirst("for \\d+\\.\\d s", "for some s");
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void redirected_output_holds_the_answer_alone_to_the_byte() {
        show(
                Stdio.Terminals.NONE,
                new ChatEvent.Thinking("hm"),
                new ChatEvent.Text("a\033[31m"),
                new ChatEvent.Text("b"));
        assertEquals("a\033[31mb", out());
        assertEquals("Thinking…\nhm\nThought for some s, 1 token\n\n", err());
    }

    @Test
    void a_terminal_never_sees_a_models_control_characters() {
        show(
                new Stdio.Terminals(true, true, true),
                new ChatEvent.Thinking("\033]0;title\007"),
                new ChatEvent.Text("a\033[31m\u009Bb\tc\n"));
        assertTrue(out().endsWith("a\uFFFD[31m\uFFFDb\tc\n"), out());
        assertFalse(out().contains("\033]0"), out());
    }

    @Test
    void an_intervention_is_told_where_the_thinking_ends() {
        show(
                Stdio.Terminals.NONE,
                new ChatEvent.Thinking("hm\n"),
                new ChatEvent.Intervened(Intervention.BUDGET_SPENT),
                new ChatEvent.Text("a"));
        assertTrue(err().endsWith("Thought for some s, 1 token, the thinking budget is spent\n\n"));
    }

    @Test
    void an_intervention_outside_the_thinking_has_a_line_of_its_own() {
        show(
                Stdio.Terminals.NONE,
                new ChatEvent.Text("a a a"),
                new ChatEvent.Intervened(Intervention.CIRCLE_ENDED));
        assertEquals("a a a", out());
        assertEquals(
                "[the answer went in circles and was ended]\n",
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void votes_are_told_as_they_come_in() {
        var counts = List.of(new Votes.Count("42", 2), new Votes.Count("41", 1));
        show(Stdio.Terminals.NONE, new ChatEvent.Voted(new Votes(8, 3, counts)));
        assertEquals("Voting… 3 of 8 done: 42 (2), 41 (1)\n", err.toString(StandardCharsets.UTF_8));
        assertEquals(
                "Agreement 67 % (2 of 3): 42 (2), 41 (1), 1 without an answer",
                Ballots.summary(new Votes(4, 4, counts)));
        assertEquals(
                "No vote: none of 2 answers came to its end",
                Ballots.summary(new Votes(2, 2, List.of())));
    }

    @Test
    void an_answer_on_a_terminal_ends_its_line() {
        show(new Stdio.Terminals(true, true, true), new ChatEvent.Text("a"));
        assertEquals("a\n", out());
    }
}
