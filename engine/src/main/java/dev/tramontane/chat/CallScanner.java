package dev.tramontane.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds tool calls in the text of an answer, in one {@link CallStyle}.
///
/// Held back is what may become a mark, and white space that would stand before one: none of it
/// belongs to the text around calls. Where the vocabulary has the marks as tokens, only tokens
/// count.
final class CallScanner {
    /// What is certain.
    sealed interface Piece {
        record Shown(String text) implements Piece {}

        record Called(List<ToolCall> calls) implements Piece {}

        /// What began as a call and is none.
        record Malformed(String text) implements Piece {}
    }

    private final CallStyle style;
    private final boolean marksAreTokens;
    private final StringBuilder body = new StringBuilder();
    private String held = "";
    private String opened = "";
    private boolean inside;
    private boolean spoken; // something else than white space was shown
    private boolean called;

    CallScanner(CallStyle style, boolean marksAreTokens) {
        this.style = style;
        this.marksAreTokens = marksAreTokens;
    }

    /// The answer goes on with text.
    List<Piece> text(String text) {
        List<Piece> pieces = new ArrayList<>();
        String rest = text;
        while (!rest.isEmpty()) {
            rest = inside ? inside(rest, pieces) : outside(rest, pieces);
        }
        return pieces;
    }

    /// The answer goes on with a token that is one of the style's marks.
    List<Piece> mark(String mark) {
        List<Piece> pieces = new ArrayList<>();
        if (inside && mark.equals(style.close())) {
            finish(mark, pieces);
        } else if (inside) {
            body.append(mark);
        } else if (mark.equals(style.open())) {
            open(mark);
        } else {
            show(held + mark, pieces);
        }
        return pieces;
    }

    /// The answer is over.
    List<Piece> end() {
        List<Piece> pieces = new ArrayList<>();
        if (inside) {
            finish("", pieces);
        } else if (!(called && held.isBlank())) {
            show(held, pieces);
        }
        held = "";
        return pieces;
    }

    private String inside(String text, List<Piece> pieces) {
        int from = Math.max(0, body.length() - style.close().length());
        body.append(text);
        int close =
                marksAreTokens || style.close().isEmpty() ? -1 : body.indexOf(style.close(), from);
        if (close < 0) {
            return "";
        }
        String rest = body.substring(close + style.close().length());
        body.setLength(close);
        finish(style.close(), pieces);
        return rest;
    }

    private String outside(String text, List<Piece> pieces) {
        String all = held + text;
        if (style == CallStyle.BARE_JSON && !spoken && all.stripLeading().startsWith("{")) {
            open("");
            return all;
        }
        int open = marksAreTokens || style == CallStyle.NONE ? -1 : all.indexOf(style.open());
        if (open >= 0) {
            show(all.substring(0, open).stripTrailing(), pieces);
            open(style.open());
            return all.substring(open + style.open().length());
        }
        int safe = unsure(all);
        held = "";
        show(all.substring(0, safe), pieces);
        held = all.substring(safe);
        return "";
    }

    /// Where a suffix begins that may be white space before a mark, or a part of it.
    private int unsure(String text) {
        if (style == CallStyle.NONE) {
            return text.length();
        }
        int at = text.length();
        if (!marksAreTokens) {
            at = Math.max(0, text.length() - style.open().length() + 1);
            while (at < text.length() && !style.open().startsWith(text.substring(at))) {
                at++;
            }
        }
        while (at > 0 && Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private void open(String mark) {
        inside = true;
        opened = mark;
        held = "";
        body.setLength(0);
    }

    private void finish(String close, List<Piece> pieces) {
        inside = false;
        Optional<List<ToolCall>> calls = style.calls(body.toString());
        calls.ifPresentOrElse(
                made -> pieces.add(new Piece.Called(made)),
                () -> pieces.add(new Piece.Malformed(opened + body + close)));
        called |= calls.isPresent();
        spoken = true;
    }

    private void show(String text, List<Piece> pieces) {
        held = "";
        if (!text.isEmpty()) {
            spoken |= !text.isBlank();
            pieces.add(new Piece.Shown(text));
        }
    }
}
