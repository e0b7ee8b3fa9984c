package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.math.BigInteger;
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

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String text;
    private int at;
    private int depth;

    private PythonJson(String text) {
        this.text = text;
    }

    /// Reads one value with nothing but white space around it.
    static JsonNode parse(String text) throws NotJsonException {
        var reader = new PythonJson(text);
        reader.skipSpace();
        JsonNode value = reader.value();
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.unexpected("the end");
        }
        return value;
    }

    /// Prints on one line.
    static String print(JsonNode node) {
        var out = new StringBuilder();
        print(node, out);
        return out.toString();
    }

    private JsonNode value() throws NotJsonException {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> NODES.stringNode(string());
            case 't' -> word("true", NODES.booleanNode(true));
            case 'f' -> word("false", NODES.booleanNode(false));
            case 'n' -> word("null", NODES.nullNode());
            case 'N' -> word("NaN", NODES.numberNode(Double.NaN));
            case 'I' -> word("Infinity", NODES.numberNode(Double.POSITIVE_INFINITY));
            default -> number();
        };
    }

    private ObjectNode object() throws NotJsonException {
        ObjectNode object = NODES.objectNode();
        enter();
        while (peek() != '}') {
            if (!object.isEmpty()) {
                expect(',');
                skipSpace();
            }
            if (peek() != '"') {
                throw unexpected("a key");
            }
            String key = string();
            skipSpace();
            expect(':');
            skipSpace();
            object.set(key, value());
            skipSpace();
        }
        leave();
        return object;
    }

    private ArrayNode array() throws NotJsonException {
        ArrayNode array = NODES.arrayNode();
        enter();
        while (peek() != ']') {
            if (!array.isEmpty()) {
                expect(',');
                skipSpace();
            }
            array.add(value());
            skipSpace();
        }
        leave();
        return array;
    }

    private void enter() throws NotJsonException {
        if (++depth > DEEPEST_NESTING) {
            throw new TooDeepException();
        }
        at++;
        skipSpace();
    }

    private void leave() {
        depth--;
        at++;
    }

    private String string() throws NotJsonException {
        at++;
        var out = new StringBuilder();
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return out.toString();
            }
            if (c < ' ') {
                at--;
                throw unexpected("an escaped control character");
            }
            out.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() throws NotJsonException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    char hex = peek();
                    int digit = hex < 128 ? Character.digit(hex, 16) : -1;
                    if (digit < 0) {
                        throw unexpected("four hexadecimal digits");
                    }
                    code = code * 16 + digit;
                    at++;
                }
                yield (char) code;
            }
            default -> throw unexpected("an escape");
        };
    }

    private JsonNode number() throws NotJsonException {
        int start = at;
        if (peek() == '-') {
            at++;
            if (at < text.length() && text.charAt(at) == 'I') {
                return word("Infinity", NODES.numberNode(Double.NEGATIVE_INFINITY));
            }
        }
        if (digits() == 0) {
            throw unexpected("a value");
        }
        boolean whole = true;
        if (at < text.length() && text.charAt(at) == '.') {
            int point = at++;
            if (digits() == 0) {
                at = point;
            } else {
                whole = false;
            }
        }
        whole &= !exponent();
        String number = text.substring(start, at);
        return whole
                ? NODES.numberNode(new BigInteger(number))
                : NODES.numberNode(Double.parseDouble(number));
    }

    /// The integer part stops after a leading zero, so that `01` is not a number.
    private int digits() {
        int start = at;
        boolean integerPart = start == 0 || text.charAt(start - 1) != '.';
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
            if (integerPart && at == start + 1 && text.charAt(start) == '0') {
                break;
            }
        }
        return at - start;
    }

    private boolean exponent() {
        int start = at;
        if (at >= text.length() || (text.charAt(at) | 0x20) != 'e') {
            return false;
        }
        at++;
        if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
            at++;
        }
        int first = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == first) {
            at = start;
            return false;
        }
        return true;
    }

    private JsonNode word(String word, JsonNode value) throws NotJsonException {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
        return value;
    }

    private char peek() throws NotJsonException {
        if (at >= text.length()) {
            throw unexpected("more text");
        }
        return text.charAt(at);
    }

    private void expect(char c) throws NotJsonException {
        if (peek() != c) {
            throw unexpected("'" + c + "'");
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private NotJsonException unexpected(String expected) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
        return new NotJsonException(
                "character " + at + " of the JSON is " + found + ", expected " + expected);
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
    static void printString(String string, StringBuilder out) {
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
