package dev.tramontane.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/// Values as text: Python's `str` and `repr`.
final class Spelling {
    private static final int DEEPEST_VALUE = 512;

    private final Budget budget;

    Spelling(Budget budget) {
        this.budget = budget;
    }

    /// `str(value)`.
    Text str(Value value) {
        if (value instanceof Value.Str str) {
            return str.text();
        }
        if (value instanceof Value.Undefined) {
            return Text.EMPTY;
        }
        TextBuilder out = budget.builder();
        repr(value, out, 0);
        return out.toText();
    }

    /// `repr(value)`.
    Text repr(Value value) {
        TextBuilder out = budget.builder();
        repr(value, out, 0);
        return out.toText();
    }

    private void repr(Value value, TextBuilder out, int depth) {
        budget.step();
        if (depth > DEEPEST_VALUE) {
            throw new Fault("a value nested deeper than " + DEEPEST_VALUE, "a flatter one");
        }
        switch (value) {
            case Value.Undefined _ -> out.append("Undefined");
            case Value.None _ -> out.append("None");
            case Value.Bool(boolean truth) -> out.append(truth ? "True" : "False");
            case Value.Int(BigInteger number) -> out.append(number.toString());
            case Value.Real(double number) -> out.append(PythonFloat.repr(number));
            case Value.Str str -> {
                if (str.markup()) {
                    out.append("Markup(");
                }
                quoted(str.text(), out);
                if (str.markup()) {
                    out.append(")");
                }
            }
            case Value.Array(List<Value> items) -> items(items, "[", "]", out, depth);
            case Value.Tuple(List<Value> items, _) ->
                    items(items, "(", items.size() == 1 ? ",)" : ")", out, depth);
            case Dict dict -> dict(dict, out, depth);
            case Value.Range range -> range(range, out);
            case Value.View view -> {
                out.append(view.kind());
                items(view.items(), "([", "])", out, depth);
            }
            case Value.Namespace(Map<String, Value> attributes) -> {
                var dict = new Dict();
                attributes.forEach((name, held) -> dict.put(Value.given(name), held));
                out.append("<Namespace ");
                dict(dict, out, depth);
                out.append(">");
            }
            case Value.Generator _ -> out.append("<generator object>");
            case Value.Handle handle -> out.append("<" + handle.kind() + " " + handle.name() + ">");
        }
    }

    private void items(List<Value> items, String open, String close, TextBuilder out, int depth) {
        out.append(open);
        String separator = "";
        for (Value item : items) {
            out.append(separator);
            repr(item, out, depth + 1);
            separator = ", ";
        }
        out.append(close);
    }

    private void dict(Dict dict, TextBuilder out, int depth) {
        out.append("{");
        String separator = "";
        for (Dict.Entry entry : dict.entries()) {
            out.append(separator);
            repr(entry.key(), out, depth + 1);
            out.append(": ");
            repr(entry.value(), out, depth + 1);
            separator = ", ";
        }
        out.append("}");
    }

    private static void range(Value.Range range, TextBuilder out) {
        out.append("range(" + range.start() + ", " + range.stop());
        if (!range.step().equals(BigInteger.ONE)) {
            out.append(", " + range.step());
        }
        out.append(")");
    }

    /// A string in quotes: single ones unless only double ones need no escape.
    private void quoted(Text text, TextBuilder out) {
        budget.chargeText(text.length());
        String chars = text.chars();
        boolean single = chars.indexOf('\'') < 0 || chars.indexOf('"') >= 0;
        char quote = single ? '\'' : '"';
        out.append(String.valueOf(quote));
        int at = 0;
        while (at < chars.length()) {
            int point = chars.codePointAt(at);
            int end = at + Character.charCount(point);
            String escaped = escaped(point, quote);
            if (escaped.isEmpty()) {
                out.append(text, at, end);
            } else {
                out.append(escaped, text.isOwn(at));
            }
            at = end;
        }
        out.append(String.valueOf(quote));
    }

    /// Empty for a character that stands for itself.
    private static String escaped(int point, char quote) {
        return switch (point) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            default -> {
                if (point == quote) {
                    yield "\\" + quote;
                }
                if (Characters.isPrintable(point)) {
                    yield "";
                }
                yield point < 0x100
                        ? "\\x%02x".formatted(point)
                        : point < 0x10000 ? "\\u%04x".formatted(point) : "\\U%08x".formatted(point);
            }
        };
    }

    /// A string with HTML's characters escaped, unless it counts as escaped.
    Text markup(Value value) {
        if (value instanceof Value.Str str && str.markup()) {
            return str.text();
        }
        return escapedHtml(str(value));
    }

    Text escapedHtml(Text text) {
        budget.chargeText(text.length());
        TextBuilder out = budget.builder();
        String chars = text.chars();
        int done = 0;
        for (int i = 0; i < chars.length(); i++) {
            String entity =
                    switch (chars.charAt(i)) {
                        case '&' -> "&amp;";
                        case '<' -> "&lt;";
                        case '>' -> "&gt;";
                        case '"' -> "&#34;";
                        case '\'' -> "&#39;";
                        default -> "";
                    };
            if (!entity.isEmpty()) {
                out.append(text, done, i).append(entity, text.isOwn(i));
                done = i + 1;
            }
        }
        return out.append(text, done, text.length()).toText();
    }
}
