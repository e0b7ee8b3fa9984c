package dev.tramontane.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// JSON as Python's `json.dumps` prints it, with the options of `tojson`.
final class JsonPrinter {
    private static final int DEEPEST_VALUE = 512;

    private final Budget budget;
    private final Operators operators;
    private final boolean ascii;
    private final Optional<Text> indent;
    private final Text itemSeparator;
    private final Text keySeparator;
    private final boolean sorted;

    private JsonPrinter(
            Budget budget,
            Operators operators,
            boolean ascii,
            Optional<Text> indent,
            Text itemSeparator,
            Text keySeparator,
            boolean sorted) {
        this.budget = budget;
        this.operators = operators;
        this.ascii = ascii;
        this.indent = indent;
        this.itemSeparator = itemSeparator;
        this.keySeparator = keySeparator;
        this.sorted = sorted;
    }

    /// The filter `tojson`.
    static Value tojson(Value value, Arguments arguments, Budget budget, Operators operators) {
        Arguments.Bound bound =
                arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        Optional<Text> indent = indent(bound.get(1, Value.NONE));
        Text item = Text.own(indent.isPresent() ? "," : ", ");
        Text key = Text.own(": ");
        Value separators = bound.get(2, Value.NONE);
        if (!(separators instanceof Value.None)) {
            List<Value> pair = Sequences.list(separators, budget);
            if (pair.size() != 2) {
                throw new Fault(pair.size() + " separators", "two: between items, after keys");
            }
            item = Numbers.requireText(pair.get(0));
            key = Numbers.requireText(pair.get(1));
        }
        var printer =
                new JsonPrinter(
                        budget,
                        operators,
                        bound.truth(0, false),
                        indent,
                        item,
                        key,
                        bound.truth(3, false));
        TextBuilder out = budget.builder();
        printer.print(value, out, 0);
        budget.chargeText(out.length());
        return Value.of(out.toText());
    }

    private static Optional<Text> indent(Value indent) {
        return switch (indent) {
            case Value.None _ -> Optional.empty();
            case Value.Str str -> Optional.of(str.text());
            default -> {
                int width = Math.max(0, Numbers.index(indent));
                if (width > 1000) {
                    throw new Fault("an indent of " + width, "1000 at most");
                }
                yield Optional.of(Text.own(" ".repeat(width)));
            }
        };
    }

    private void print(Value value, TextBuilder out, int depth) {
        budget.step();
        if (depth > DEEPEST_VALUE) {
            throw new Fault("a value nested deeper than " + DEEPEST_VALUE, "a flatter one");
        }
        switch (value) {
            case Value.None _ -> out.append("null");
            case Value.Bool(boolean truth) -> out.append(truth ? "true" : "false");
            case Value.Int(BigInteger number) -> out.append(number.toString());
            case Value.Real(double number) -> out.append(real(number));
            case Value.Str str -> quoted(str.text(), out);
            case Value.Array(List<Value> items) -> items(items, out, depth);
            case Value.Tuple(List<Value> items, _) -> items(items, out, depth);
            case Dict dict -> dict(dict, out, depth);
            case Value.Undefined _,
                    Value.Range _,
                    Value.View _,
                    Value.Generator _,
                    Value.Namespace _,
                    Value.Handle _ ->
                    throw new Fault("a " + Types.name(value) + " for tojson", "what JSON can say");
        }
    }

    private static String real(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number)
                        ? number > 0 ? "Infinity" : "-Infinity"
                        : PythonFloat.repr(number);
    }

    private void items(List<Value> items, TextBuilder out, int depth) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append("[");
        for (int i = 0; i < items.size(); i++) {
            separate(i, out, depth);
            print(items.get(i), out, depth + 1);
        }
        newLine(out, depth);
        out.append("]");
    }

    private void dict(Dict dict, TextBuilder out, int depth) {
        if (dict.size() == 0) {
            out.append("{}");
            return;
        }
        List<Dict.Entry> entries = new ArrayList<>(dict.entries());
        if (sorted) {
            Sorting.sort(entries, Dict.Entry::key, false, operators);
        }
        out.append("{");
        for (int i = 0; i < entries.size(); i++) {
            separate(i, out, depth);
            key(entries.get(i).key(), out);
            out.append(keySeparator);
            print(entries.get(i).value(), out, depth + 1);
        }
        newLine(out, depth);
        out.append("}");
    }

    private void separate(int item, TextBuilder out, int depth) {
        if (item > 0) {
            out.append(itemSeparator);
        }
        newLine(out, depth + 1);
    }

    private void newLine(TextBuilder out, int depth) {
        indent.ifPresent(width -> out.append("\n").append(width, depth));
    }

    private void key(Value key, TextBuilder out) {
        switch (key) {
            case Value.Str str -> quoted(str.text(), out);
            case Value.None _ -> out.append("\"null\"");
            case Value.Bool(boolean truth) -> out.append(truth ? "\"true\"" : "\"false\"");
            case Value.Int(BigInteger number) -> out.append("\"" + number + "\"");
            case Value.Real(double number) -> out.append("\"" + real(number) + "\"");
            default -> throw new Fault("a " + Types.name(key) + " as a key for tojson", "a string");
        }
    }

    private void quoted(Text text, TextBuilder out) {
        out.append("\"");
        String chars = text.chars();
        int done = 0;
        for (int i = 0; i < chars.length(); i++) {
            String escaped = escaped(chars.charAt(i));
            if (!escaped.isEmpty()) {
                out.append(text, done, i).append(escaped, text.isOwn(i));
                done = i + 1;
            }
        }
        out.append(text, done, chars.length()).append("\"");
    }

    private String escaped(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> c < ' ' || (ascii && c > 0x7E) ? "\\u%04x".formatted((int) c) : "";
        };
    }
}
