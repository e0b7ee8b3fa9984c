package dev.tramontane.chat;

import dev.tramontane.sampling.Phase;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.Optional;
import java.util.OptionalInt;

/// Where an answer is, and which of its text belongs where: the one state machine behind {@link
/// OutputParser} and {@link FormatPhases}.
///
/// ```
///   OPENING ──open──▶ THINKING ──close──▶ SETTLING ──text──▶ ANSWER ──[TOOL_CALLS]──▶ CALL
///      └───────────────other text───────────────────────────▶┘
/// ```
///
/// Its input is text and marks. Text may be split anywhere: what could still become part of a text
/// mark, or white space that goes with one, is held back. A mark in the wrong place is text. The
/// state is one immutable record, so taking tokens back is putting an older record in place.
final class FormatMachine {
    /// Takes what the machine is sure of.
    interface Sink {
        void thinkingOpened();

        void thinking(String text);

        void thinkingClosed();

        void answer(String text);

        /// `[TOOL_CALLS]`, or within a call `[CALL_ID]` or `[ARGS]`.
        void callMark(SpecialToken mark);

        void call(String text);

        /// A mark where none may be; its spelling is passed on as text.
        void misplaced(String mark);
    }

    private enum Region {
        OPENING,
        THINKING,
        SETTLING,
        ANSWER,
        CALL
    }

    /// @param held text that is not sure yet
    /// @param fresh whether the region has had no text yet
    /// @param fence whether the answer is inside a fenced block
    /// @param ticks backticks at the start of the answer's current line; −1 once it has other text
    record State(Region region, String held, boolean fresh, boolean fence, int ticks) {
        private State to(Region next) {
            return new State(next, "", true, false, 0);
        }

        private State holding(String text) {
            return new State(region, text, fresh && text.isBlank(), fence, ticks);
        }
    }

    /// Backticks that open or close a fenced block (CommonMark 0.31, section 4.5).
    private static final int FENCE_TICKS = 3;

    private final ThinkingFormat format;
    private final Region first; // of an answer
    private final int open;
    private final int close;
    private final int toolCalls;
    private final int arguments;
    private final int callId;
    private State state;

    /// @param structured whether the answer has a form: then no white space in front belongs to it
    FormatMachine(Tokenizer tokenizer, ThinkingFormat format, boolean structured) {
        this.format = format;
        this.first = structured && format.trims() ? Region.SETTLING : Region.ANSWER;
        boolean tokens = format.marks() == ThinkingFormat.Marks.TOKENS;
        this.open = tokens ? orNone(tokenizer.special(format.open())) : NO_TOKEN;
        this.close = tokens ? orNone(tokenizer.special(format.close())) : NO_TOKEN;
        this.toolCalls = orNone(tokenizer.special(SpecialToken.TOOL_CALLS));
        this.arguments = orNone(tokenizer.special(SpecialToken.ARGS));
        this.callId = orNone(tokenizer.special(SpecialToken.CALL_ID));
        this.state = new State(start(format, first), "", true, false, 0);
    }

    private static final int NO_TOKEN = -1;

    private static int orNone(OptionalInt id) {
        return id.orElse(NO_TOKEN);
    }

    private static Region start(ThinkingFormat format, Region first) {
        if (format.openedByPrompt() && format.thinks()) {
            return Region.THINKING;
        }
        return format.marks() == ThinkingFormat.Marks.TEXT ? Region.OPENING : first;
    }

    /// Whether a token is one of the marks that {@link #special} knows, whatever its kind.
    boolean isMark(int token) {
        return token == open
                || token == close
                || token == toolCalls
                || token == arguments
                || token == callId;
    }

    /// The answer goes on with something that cannot belong to a mark of the thinking.
    void settle(Sink sink) {
        release(sink);
        if (state.region == Region.OPENING || state.region == Region.SETTLING) {
            state = state.to(Region.ANSWER);
        }
    }

    State state() {
        return state;
    }

    void restore(State earlier) {
        state = earlier;
    }

    /// The phase the next token falls into.
    Phase phase() {
        return switch (state.region) {
            case THINKING -> Phase.THINKING;
            case CALL -> Phase.STRUCTURED;
            case OPENING, SETTLING -> Phase.ANSWER;
            case ANSWER -> state.fence ? Phase.FENCE : Phase.ANSWER;
        };
    }

    /// What has come of a text mark that may yet open the thinking.
    Optional<String> opening() {
        return state.region == Region.OPENING ? Optional.of(state.held) : Optional.empty();
    }

    /// Whether the answer has begun: it has text other than the white space behind the thinking, or
    /// a call.
    boolean isAnswering() {
        return switch (state.region) {
            case OPENING, THINKING, SETTLING -> false;
            case ANSWER -> !state.fresh;
            case CALL -> true;
        };
    }

    /// Whether the thinking is over, or more than one character of the text that closes it is here.
    boolean isClosing() {
        return switch (state.region) {
            case THINKING -> {
                String held = state.held.strip();
                yield held.length() > 1 && format.close().startsWith(held);
            }
            case SETTLING, ANSWER -> true;
            case OPENING, CALL -> false;
        };
    }

    /// Tells the sink that the prompt opened the thinking, where it did.
    void begin(Sink sink) {
        if (state.region == Region.THINKING) {
            sink.thinkingOpened();
        }
    }

    /// The answer goes on with a special token. Those that mean nothing here are passed over.
    void special(int token, Sink sink) {
        if (token == toolCalls) {
            release(sink);
            state = state.to(Region.CALL);
            sink.callMark(SpecialToken.TOOL_CALLS);
        } else if (state.region == Region.CALL) {
            if (token == arguments) {
                sink.callMark(SpecialToken.ARGS);
            } else if (token == callId) {
                sink.callMark(SpecialToken.CALL_ID);
            }
        } else if (token == open) {
            if (state.region == Region.THINKING) {
                misplaced(format.open(), sink);
            } else {
                release(sink);
                open(sink);
            }
        } else if (token == close) {
            if (state.region == Region.THINKING) {
                close(sink);
            } else {
                misplaced(format.close(), sink);
            }
        }
    }

    /// The answer goes on with text.
    void text(String text, Sink sink) {
        String rest = text;
        while (!rest.isEmpty()) {
            rest =
                    switch (state.region) {
                        case OPENING -> opening(state.held + rest, sink);
                        case THINKING -> thinking(state.held + rest, sink);
                        case SETTLING -> settling(rest);
                        case ANSWER -> answer(rest, sink);
                        case CALL -> {
                            sink.call(rest);
                            yield "";
                        }
                    };
        }
    }

    /// The answer is over: what was held back is text after all.
    void end(Sink sink) {
        release(sink);
    }

    private void release(Sink sink) {
        String held = state.held;
        state = state.holding("");
        if (held.isEmpty()) {
            return;
        }
        if (state.region == Region.THINKING) {
            sink.thinking(held);
        } else {
            answer(held, sink);
        }
    }

    private void misplaced(String mark, Sink sink) {
        sink.misplaced(mark);
        if (state.region == Region.THINKING) {
            release(sink);
            sink.thinking(mark);
        } else {
            release(sink);
            state = state.to(Region.ANSWER);
            answer(mark, sink);
        }
    }

    private void open(Sink sink) {
        state = state.to(Region.THINKING);
        sink.thinkingOpened();
    }

    private void close(Sink sink) {
        state = state.to(format.trims() ? Region.SETTLING : Region.ANSWER);
        sink.thinkingClosed();
    }

    /// Each step takes all text, and returns what a later region must look at.
    private String opening(String text, Sink sink) {
        int start = leadingSpace(text);
        if (text.startsWith(format.open(), start)) {
            open(sink);
            return text.substring(start + format.open().length());
        }
        if (format.open().startsWith(text.substring(start))) {
            state = state.holding(text);
            return "";
        }
        state = state.to(first);
        return text;
    }

    private String thinking(String text, Sink sink) {
        if (format.marks() == ThinkingFormat.Marks.TOKENS) {
            sink.thinking(text);
            return "";
        }
        int from = state.fresh && format.trims() ? leadingSpace(text) : 0;
        int mark = text.indexOf(format.close(), from);
        int end = mark >= 0 ? mark : unfinishedMark(text, from);
        if (format.trims()) {
            while (end > from && isSpace(text.charAt(end - 1))) {
                end--;
            }
        }
        if (end > from) {
            sink.thinking(text.substring(from, end));
            state = new State(Region.THINKING, "", false, false, 0);
        }
        if (mark >= 0) {
            close(sink);
            return text.substring(mark + format.close().length());
        }
        state = new State(Region.THINKING, text.substring(end), state.fresh, false, 0);
        return "";
    }

    /// Where a suffix begins that may become the close mark.
    private int unfinishedMark(String text, int from) {
        String mark = format.close();
        int start = Math.max(from, text.length() - mark.length() + 1);
        while (start < text.length() && !mark.startsWith(text.substring(start))) {
            start++;
        }
        return start;
    }

    private String settling(String text) {
        int start = leadingSpace(text);
        if (start < text.length()) {
            state = state.to(Region.ANSWER);
        }
        return text.substring(start);
    }

    private String answer(String text, Sink sink) {
        boolean fence = state.fence;
        int ticks = state.ticks;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                ticks = 0;
            } else if (c == '`' && ticks >= 0) {
                if (++ticks == FENCE_TICKS) {
                    fence = !fence;
                }
            } else if (c != ' ' || ticks > 0) {
                ticks = -1;
            }
        }
        state = new State(Region.ANSWER, "", state.fresh && isSpace(text), fence, ticks);
        sink.answer(text);
        return "";
    }

    private static boolean isSpace(String text) {
        return leadingSpace(text) == text.length();
    }

    private static int leadingSpace(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return start;
    }

    /// ASCII white space only, so that bytes and characters agree.
    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
