package dev.tramontane.eval.run;

import java.util.List;

/// What a model said, its thinking told from its answer.
///
/// @param thinking without its marks; several thoughts are set apart by a blank line
/// @param answer what may be graded: no part of the thinking
/// @param unfinished whether the thinking was not closed
public record Response(String thinking, String answer, boolean unfinished) {
    /// How thinking is marked in texts.
    private record Marks(String open, String close) {}

    private static final List<Marks> MARKS =
            List.of(
                    new Marks("[THINK]", "[/THINK]"),
                    new Marks("<think>", "</think>"),
                    new Marks("<thinking>", "</thinking>"));

    /// Reads a response whose thinking stands in the text, if it has any.
    ///
    /// What comes before the last mark that closes is thinking, with or without a mark that opens:
    /// some formats open it in the prompt. From a mark that opens behind it on, thinking was not
    /// finished. So nothing that stands between two marks, or before a closing one, is an answer.
    public static Response of(String text) {
        int closed = -1;
        int behind = 0;
        for (Marks marks : MARKS) {
            int at = text.lastIndexOf(marks.close());
            if (at > closed) {
                closed = at;
                behind = at + marks.close().length();
            }
        }
        int opened = -1;
        int inside = 0;
        for (Marks marks : MARKS) {
            int at = text.indexOf(marks.open(), behind);
            if (at >= 0 && (opened < 0 || at < opened)) {
                opened = at;
                inside = at + marks.open().length();
            }
        }
        String before = closed < 0 ? "" : withoutMarks(text.substring(0, closed));
        boolean isOpen = opened >= 0;
        String answer = isOpen ? text.substring(behind, opened) : text.substring(behind);
        String unfinished = isOpen ? withoutMarks(text.substring(inside)) : "";
        String thinking =
                before.isEmpty() || unfinished.isEmpty()
                        ? before + unfinished
                        : before + "\n\n" + unfinished;
        return new Response(thinking, answer.strip(), isOpen);
    }

    /// Reads a response as {@link #of(String)} does; where the prompt opened its thinking and no
    /// mark closes that, all of it is thinking.
    ///
    /// @param isOpened whether the prompt ends in a mark that opens
    public static Response of(String text, boolean isOpened) {
        boolean isClosed = MARKS.stream().anyMatch(marks -> text.contains(marks.close()));
        return isOpened && !isClosed ? new Response(withoutMarks(text), "", true) : of(text);
    }

    /// Whether a text closes thinking that it did not open, so that its prompt must have.
    public static boolean wasOpenedBefore(String text) {
        for (Marks marks : MARKS) {
            int closed = text.indexOf(marks.close());
            int opened = text.indexOf(marks.open());
            if (closed >= 0 && (opened < 0 || opened > closed)) {
                return true;
            }
        }
        return false;
    }

    /// A response whose thinking came apart from its text; marks in the text are heeded all the
    /// same.
    ///
    /// @param unfinished whether the end came inside the thinking
    public static Response of(String thinking, String text, boolean unfinished) {
        Response rest = of(text);
        String both =
                thinking.isEmpty() || rest.thinking.isEmpty()
                        ? thinking + rest.thinking
                        : thinking + "\n\n" + rest.thinking;
        return new Response(both, rest.answer, unfinished || rest.unfinished);
    }

    private static String withoutMarks(String text) {
        String bare = text;
        for (Marks marks : MARKS) {
            bare = bare.replace(marks.open(), "").replace(marks.close(), "\n\n");
        }
        return bare.strip();
    }
}
