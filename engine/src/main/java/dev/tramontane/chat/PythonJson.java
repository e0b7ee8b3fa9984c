package dev.tramontane.chat;

import dev.tramontane.jinja.PythonFloat;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/// JSON as Python's `json` module reads and prints it: the spelling the models were trained on.
///
/// Printing: separators `", "` and `": "`, keys in their order, only control characters, `"` and
/// `\` escaped, integers of any size exact, floating-point numbers in the shortest form that reads
/// back, spelled as Python's `repr`. Reading: RFC 8259, and `NaN`, `Infinity`, `-Infinity`; of
/// duplicate keys the last value wins and the first place stays.
final class PythonJson {
    /// Deeper nesting is refused: a reader that recurses must not be led out of its stack.
    static final int DEEPEST_NESTING = 500;

    /// The text is not JSON.
    static class NotJsonException extends Exception {
        private static final long serialVersionUID = 1L;

        NotJsonException(String message) {
            super(message);
        }
    }

    /// The text may be JSON, but nests deeper than {@link #DEEPEST_NESTING}.
    static final class TooDeepException extends NotJsonException {
        private static final long serialVersionUID = 1L;

        TooDeepException() {
            super("the JSON nests deeper than " + DEEPEST_NESTING);
        }
    }

    private PythonJson() {}

    /// Reads one value with nothing but white space around it.
    static JsonNode parse(String text) throws NotJsonException {
        return new PythonJsonReader(text).read();
    }

    /// Prints on one line.
    static String print(JsonNode node) {
        var out = new StringBuilder();
        print(node, out);
        return out.toString();
    }

    private static void print(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            out.append('{');
            String separator = "";
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                out.append(separator);
                printString(field.getKey(), out);
                out.append(": ");
                print(field.getValue(), out);
                separator = ", ";
            }
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            String separator = "";
            for (JsonNode element : node) {
                out.append(separator);
                print(element, out);
                separator = ", ";
            }
            out.append(']');
        } else if (node.isString()) {
            printString(node.stringValue(), out);
        } else if (node.isIntegralNumber()) {
            out.append(node.bigIntegerValue());
        } else if (node.isNumber()) {
            out.append(spell(node.doubleValue()));
        } else {
            out.append(node.isBoolean() ? Boolean.toString(node.booleanValue()) : "null");
        }
    }

    /// The string in quotes, as Python prints it when it need not be ASCII.
    private static void printString(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(c < 16 ? "0" : "")
                                .append(Integer.toHexString(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /// A floating-point number as Python's `json` spells it.
    static String spell(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number)
                ? number > 0 ? "Infinity" : "-Infinity"
                : PythonFloat.repr(number);
    }
}
