package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.math.RoundingMode;
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

    /// A floating-point number as Python's `repr` spells it: shortest digits that read back, a
    /// point always, an exponent of two digits at least below 10⁻⁴ and from 10¹⁶.
    static String spell(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        String sign = Double.doubleToRawLongBits(number) < 0 ? "-" : "";
        if (number == 0) {
            return sign + "0.0";
        }
        BigDecimal value = shortest(Math.abs(number));
        String digits = value.unscaledValue().toString();
        int exponent = digits.length() - 1 - value.scale();
        if (exponent >= -4 && exponent < 16) {
            String plain = value.toPlainString();
            return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
        }
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        int size = Math.abs(exponent);
        return sign
                + digits.charAt(0)
                + fraction
                + (exponent < 0 ? "e-" : "e+")
                + (size < 10 ? "0" : "")
                + size;
    }

    /// Java prints two digits where one would do and is farther off (4.9E-324 for 5e-324).
    private static BigDecimal shortest(double number) {
        BigDecimal value = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        if (value.precision() != 2) {
            return value;
        }
        int scale = value.scale() - 1;
        for (RoundingMode rounding : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP}) {
            BigDecimal one = value.setScale(scale, rounding);
            if (one.doubleValue() == number) {
                return one.stripTrailingZeros();
            }
        }
        return value;
    }
}
