package dev.tramontane.cli;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Votes;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;

/// Shows one answer as it comes: the answer on standard output; the thinking beside it where a
/// person looks at standard output, else on standard error, so that a redirected answer stands
/// alone.
final class AnswerPrinter {
    /// What is shown of the thinking.
    enum Trace {
        SHOWN,
        HIDDEN
    }

    private final PrintStream out;
    private final PrintStream traceOut;
    private final boolean outIsTerminal;
    private final boolean traceIsTerminal;
    private final boolean live;
    private final Trace trace;
    private final ThinkingPanel panel;

    private boolean isThinking;
    private boolean traceEndsLine = true;
    private boolean answerEndsLine = true;
    private int thinkingTokens;
    private long thinkingStart;
    private String intervention = "";

    AnswerPrinter(Stdio io, Trace trace) {
        this.out = io.out();
        this.outIsTerminal = io.terminals().out();
        this.traceOut = outIsTerminal ? io.out() : io.err();
        this.traceIsTerminal = outIsTerminal || io.terminals().err();
        this.live = outIsTerminal ? io.outHasColour() : io.errHasColour();
        this.trace = trace;
        this.panel = new ThinkingPanel(traceOut, trace == Trace.SHOWN);
    }

    /// Shows an event.
    void show(ChatEvent event) {
        switch (event) {
            case ChatEvent.Progress(int _, int computed, int prompt, int _) -> {
                if (live) {
                    panel.reading(computed, prompt);
                }
            }
            case ChatEvent.Thinking(String text) -> showThinking(text);
            case ChatEvent.Text(String text) -> showAnswer(text);
            case ChatEvent.ToolCalled(var call) ->
                    showAnswer(call.name() + "(" + call.arguments() + ")\n");
            case ChatEvent.Intervened(Intervention what) -> intervene(what);
            case ChatEvent.Voted(Votes votes) -> showVotes(votes);
            case ChatEvent.Scored _ -> {}
            case ChatEvent.Finished _ -> finish();
        }
    }

    /// Told where the thinking ends, or, when that is over, at once.
    private void intervene(Intervention what) {
        if (isThinking) {
            boolean known = intervention.contains(what.text());
            intervention += known ? "" : ", " + what.text();
            return;
        }
        endThinking();
        String line = "[" + what.text() + "]";
        boolean inLine = outIsTerminal && !answerEndsLine;
        traceOut.println((inLine ? "\n" : "") + (live ? Screen.DIM + line + Screen.NORMAL : line));
        traceOut.flush();
        answerEndsLine |= inLine;
    }

    /// How a vote stands: on a line of its own that is drawn over, or, where nothing can be, a line
    /// for each sample.
    private void showVotes(Votes votes) {
        String line = Ballots.line(votes);
        if (live) {
            panel.voting(line);
        } else {
            traceOut.println(Screen.harmless(line));
            traceOut.flush();
        }
    }

    /// Ends the output where the answer broke off.
    void finish() {
        endThinking();
        if (outIsTerminal && !answerEndsLine) {
            out.println();
            answerEndsLine = true;
        }
        out.flush();
    }

    private void showThinking(String text) {
        if (!isThinking) {
            isThinking = true;
            thinkingStart = System.nanoTime();
            if (!live) {
                traceOut.println("Thinking…");
            }
        }
        thinkingTokens++;
        if (live) {
            panel.append(text, thinkingTokens, sinceThinkingBegan());
        } else if (trace == Trace.SHOWN) {
            traceOut.print(safeForTrace(text));
            traceOut.flush();
            traceEndsLine = text.isEmpty() ? traceEndsLine : text.endsWith("\n");
        }
    }

    private void endThinking() {
        if (!isThinking) {
            if (live) {
                panel.collapse("");
            }
            return;
        }
        isThinking = false;
        String summary = ThinkingPanel.summary(sinceThinkingBegan(), thinkingTokens) + intervention;
        if (live) {
            panel.collapse(summary);
        } else {
            traceOut.print((traceEndsLine ? "" : "\n") + summary + "\n\n");
            traceOut.flush();
        }
    }

    private void showAnswer(String text) {
        if (text.isEmpty()) {
            return;
        }
        endThinking();
        out.print(outIsTerminal ? Screen.harmless(text) : text);
        if (out.checkError()) {
            throw new UncheckedIOException(new IOException(Stdio.UNWRITABLE));
        }
        answerEndsLine = text.endsWith("\n");
    }

    private Duration sinceThinkingBegan() {
        return Duration.ofNanos(System.nanoTime() - thinkingStart);
    }

    private String safeForTrace(String text) {
        return traceIsTerminal ? Screen.harmless(text) : text;
    }
}
