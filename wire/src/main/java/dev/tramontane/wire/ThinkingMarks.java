package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Tells thinking from answer in a text that a server sends as it came from the model: `<think>` or
/// `[THINK]` at its beginning, to the closing mark. White space beside marks belongs to them. What
/// may still become a mark is held back.
///
/// A mark further on is text: models write about such marks too. So a thinking that a server's
/// template opens before the answer begins is only seen where somebody says that it does ({@link
/// UpstreamOptions#opensThinking}).
final class ThinkingMarks {
    private static final Map<String, String> MARKS =
            Map.of(
                    "<think>", "</think>",
                    "[THINK]", "[/THINK]",
                    "<seed:think>", "</seed:think>",
                    "<|START_THINKING|>", "<|END_THINKING|>");

    /// White space beside a mark is held back up to this length.
    private static final int LONGEST_SPACE = 1000;

    private enum State {
        BEGINNING,
        THINKING_BEGINS,
        THINKING,
        ANSWER_BEGINS,
        ANSWER
    }

    private final boolean opened;
    private State state = State.BEGINNING;
    private List<String> closers = List.copyOf(MARKS.values());
    private String held = "";
    private boolean closed;

    /// @param opened whether the text begins inside the thinking; either closing mark then counts
    ThinkingMarks(boolean opened) {
        this.opened = opened;
    }

    /// Whether a closing mark came.
    boolean isClosed() {
        return closed;
    }

    List<ChatEvent> append(String text) {
        List<ChatEvent> events = new ArrayList<>();
        held += text;
        while (step(events)) {
            // a mark was passed; what is behind it is looked at in the same way
        }
        return events;
    }

    /// What was held back, when no more text comes.
    List<ChatEvent> end() {
        String rest = held;
        held = "";
        boolean isThinking =
                switch (state) {
                    case THINKING, THINKING_BEGINS -> true;
                    case BEGINNING -> opened;
                    case ANSWER_BEGINS, ANSWER -> false;
                };
        if (isThinking) {
            rest = rest.stripTrailing();
        }
        if (state == State.ANSWER_BEGINS || state == State.THINKING_BEGINS) {
            rest = rest.stripLeading();
        }
        if (rest.isEmpty()) {
            return List.of();
        }
        return List.of(isThinking ? new ChatEvent.Thinking(rest) : new ChatEvent.Text(rest));
    }

    private boolean step(List<ChatEvent> events) {
        return switch (state) {
            case BEGINNING -> begin();
            case THINKING_BEGINS -> {
                held = held.stripLeading();
                boolean goesOn = !held.isEmpty();
                state = goesOn ? State.THINKING : state;
                yield goesOn;
            }
            case THINKING -> think(events);
            case ANSWER_BEGINS -> {
                held = held.stripLeading();
                boolean goesOn = !held.isEmpty();
                state = goesOn ? State.ANSWER : state;
                yield goesOn;
            }
            case ANSWER -> {
                if (!held.isEmpty()) {
                    events.add(new ChatEvent.Text(held));
                    held = "";
                }
                yield false;
            }
        };
    }

    private boolean begin() {
        String text = held.stripLeading();
        for (Map.Entry<String, String> marks : MARKS.entrySet()) {
            if (text.startsWith(marks.getKey())) {
                held = text.substring(marks.getKey().length());
                closers = List.of(marks.getValue());
                state = State.THINKING_BEGINS;
                return true;
            }
        }
        boolean mayBecomeOne = MARKS.keySet().stream().anyMatch(mark -> mark.startsWith(text));
        if (mayBecomeOne && held.length() < LONGEST_SPACE) {
            return false;
        }
        state = opened ? State.THINKING_BEGINS : State.ANSWER;
        return true;
    }

    private boolean think(List<ChatEvent> events) {
        int close = -1;
        String closer = "";
        for (String each : closers) {
            int at = held.indexOf(each);
            if (at >= 0 && (close < 0 || at < close)) {
                close = at;
                closer = each;
            }
        }
        int safe = close >= 0 ? close : unfinished();
        String thought = held.substring(0, safe);
        String stripped = thought.stripTrailing();
        String shown = thought.length() - stripped.length() < LONGEST_SPACE ? stripped : thought;
        if (!shown.isEmpty()) {
            events.add(new ChatEvent.Thinking(shown));
        }
        if (close < 0) {
            held = held.substring(shown.length());
            return false;
        }
        held = held.substring(close + closer.length());
        state = State.ANSWER_BEGINS;
        closed = true;
        return true;
    }

    /// Where the longest end begins that may become a closing mark.
    private int unfinished() {
        int longest = closers.stream().mapToInt(String::length).max().orElse(0);
        for (int at = Math.max(0, held.length() - longest + 1); at < held.length(); at++) {
            String end = held.substring(at);
            if (closers.stream().anyMatch(mark -> mark.startsWith(end))) {
                return at;
            }
        }
        return held.length();
    }
}
