package dev.tramontane.chat;

import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.sampling.Phase;
import dev.tramontane.tokenizer.Detokenizer;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Generated tokens to events: thinking, text, and whole tool calls.
///
/// What an event says is final. Held back are incomplete characters, what may become a mark spelled
/// in text, and what may become a stop text. Stop texts end the answer's text; thinking and calls
/// run past them. What is malformed (a mark in the wrong place, a call that is none) becomes text,
/// so nothing is lost. Special tokens without a meaning here vanish.
///
/// One parser serves one answer on one thread.
public final class OutputParser {
    private static final String NO_CALL = "a tool call is not in the form of its format";

    private final Tokenizer tokenizer;
    private final CallFormat callFormat;
    private final Detokenizer characters;
    private final FormatMachine machine;
    private final StopTexts stops;
    private final CallScanner calls;
    private final Set<Integer> callMarks = new HashSet<>();
    private final Events events = new Events();

    /// @param stops texts that end the answer
    public OutputParser(
            Tokenizer tokenizer, CallFormat callFormat, ThinkingFormat format, List<String> stops) {
        this(tokenizer, callFormat, CallStyle.NONE, format, stops, false);
    }

    /// @param style how calls stand in the answer's text
    /// @param structured whether the answer has a form
    OutputParser(
            Tokenizer tokenizer,
            CallFormat callFormat,
            CallStyle style,
            ThinkingFormat format,
            List<String> stops,
            boolean structured) {
        this.tokenizer = tokenizer;
        this.callFormat = callFormat;
        this.characters = new Detokenizer(tokenizer, Tokenizer.SpecialTokens.IGNORE);
        this.machine = new FormatMachine(tokenizer, format, structured);
        this.stops = new StopTexts(stops);
        style.marks().forEach(mark -> tokenizer.special(mark).ifPresent(callMarks::add));
        this.calls = new CallScanner(style, !callMarks.isEmpty());
        machine.begin(events);
    }

    /// A whole output.
    ///
    /// @param content thinking and text in order
    /// @param calls in order; without ids where the format gives none
    /// @param malformed what was wrong, where something was
    public record Parsed(List<Chunk> content, List<ToolCall> calls, Optional<String> malformed) {
        public Parsed {
            content = List.copyOf(content);
            calls = List.copyOf(calls);
        }
    }

    /// Takes the next token; returns what it made certain.
    ///
    /// @throws IllegalArgumentException when there is no such id
    public List<ChatEvent> accept(int token) {
        if (callMarks.contains(token) && !isThinking()) {
            machine.text(characters.flush(), events);
            machine.settle(events);
            events.scanned(calls.mark(tokenizer.pieceOf(token)));
        } else if (machine.isMark(token)) {
            machine.text(characters.flush(), events);
            machine.special(token, events);
        } else {
            machine.text(characters.append(token), events);
        }
        return events.take();
    }

    /// Ends the output; returns what was held back. A parser is ended once.
    public List<ChatEvent> end() {
        machine.text(characters.flush(), events);
        machine.end(events);
        events.scanned(calls.end());
        events.endText();
        events.endCall();
        return events.take();
    }

    /// Whether a stop text came: the answer is over.
    public boolean stopped() {
        return stops.found();
    }

    /// The stop text that came.
    public Optional<String> stopText() {
        return stops.text();
    }

    /// Whether the next token falls into the thinking.
    public boolean isThinking() {
        return machine.phase() == Phase.THINKING;
    }

    /// What was wrong so far, where something was.
    public Optional<String> malformed() {
        return Optional.ofNullable(events.malformed);
    }

    /// Parses a whole output at once; for a parser that has taken nothing yet.
    public Parsed parse(int[] tokens) {
        for (int token : tokens) {
            accept(token);
        }
        end();
        return new Parsed(
                events.parts.stream().map(Part::chunk).toList(), events.toolCalls, malformed());
    }

    /// A run of thinking or of text.
    private static final class Part {
        final boolean isThinking;
        final StringBuilder text = new StringBuilder();
        boolean closed;

        Part(boolean isThinking) {
            this.isThinking = isThinking;
        }

        Chunk chunk() {
            return isThinking
                    ? new Chunk.ThinkChunk(text.toString(), closed)
                    : new Chunk.TextChunk(text.toString());
        }
    }

    /// Gathers what the machine says, as events and as content.
    private final class Events implements FormatMachine.Sink {
        private final List<ChatEvent> waiting = new ArrayList<>();
        private final List<Part> parts = new ArrayList<>();
        private final List<ToolCall> toolCalls = new ArrayList<>();
        private @Nullable CallParser call;
        private @Nullable String malformed;

        List<ChatEvent> take() {
            List<ChatEvent> taken = List.copyOf(waiting);
            waiting.clear();
            return taken;
        }

        @Override
        public void thinkingOpened() {
            endText();
            parts.add(new Part(true));
        }

        @Override
        public void thinking(String text) {
            waiting.add(new ChatEvent.Thinking(text));
            parts.getLast().text.append(text);
        }

        @Override
        public void thinkingClosed() {
            parts.getLast().closed = true;
        }

        @Override
        public void answer(String text) {
            scanned(calls.text(text));
        }

        /// What the answer's text turned out to be.
        void scanned(List<CallScanner.Piece> pieces) {
            for (CallScanner.Piece piece : pieces) {
                switch (piece) {
                    case CallScanner.Piece.Shown(String text) -> show(stops.append(text));
                    case CallScanner.Piece.Malformed(String text) -> {
                        malformed = NO_CALL;
                        show(stops.append(text));
                    }
                    case CallScanner.Piece.Called(List<ToolCall> made) -> {
                        endText();
                        called(made);
                    }
                }
            }
        }

        private void called(List<ToolCall> made) {
            if (stops.found()) {
                return;
            }
            for (ToolCall one : made) {
                toolCalls.add(one);
                waiting.add(new ChatEvent.ToolCalled(one));
            }
        }

        @Override
        public void callMark(SpecialToken mark) {
            if (mark == SpecialToken.TOOL_CALLS) {
                endText();
                endCall();
                call = new CallParser(callFormat);
            } else if (call != null) {
                call.mark(mark);
            }
        }

        @Override
        public void call(String text) {
            if (call != null) {
                call.text(text);
            }
        }

        @Override
        public void misplaced(String mark) {
            malformed = "the mark " + mark + " stands where none may be";
        }

        void endText() {
            show(stops.flush());
        }

        void endCall() {
            CallParser ended = call;
            call = null;
            if (ended == null || stops.found()) {
                return;
            }
            Optional<List<ToolCall>> made = ended.calls();
            if (made.isEmpty()) {
                malformed = NO_CALL;
                show(ended.spelled());
            }
            called(made.orElse(List.of()));
        }

        private void show(String text) {
            if (text.isEmpty()) {
                return;
            }
            waiting.add(new ChatEvent.Text(text));
            if (parts.isEmpty() || parts.getLast().isThinking) {
                parts.add(new Part(false));
            }
            parts.getLast().text.append(text);
        }
    }
}
