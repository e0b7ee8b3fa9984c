package dev.tramontane.chat;

import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.chat.PythonJson.TooDeepException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigInteger;

/// The reading half of {@link PythonJson}: one text, once.
final class PythonJsonReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String text;
    private int at;
    private int depth;

    PythonJsonReader(String text) {
        this.text = text;
    }

    /// Reads one value with nothing but white space around it.
    JsonNode read() throws NotJsonException {
        skipSpace();
        JsonNode value = value();
        skipSpace();
        if (at < text.length()) {
            throw unexpected("the end");
        }
        return value;
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
        if (++depth > PythonJson.DEEPEST_NESTING) {
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
}
