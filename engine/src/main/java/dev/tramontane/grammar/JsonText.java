package dev.tramontane.grammar;

import static dev.tramontane.grammar.Expression.any;
import static dev.tramontane.grammar.Expression.characters;
import static dev.tramontane.grammar.Expression.choice;
import static dev.tramontane.grammar.Expression.literal;
import static dev.tramontane.grammar.Expression.optional;
import static dev.tramontane.grammar.Expression.rule;
import static dev.tramontane.grammar.Expression.sequence;

import dev.tramontane.grammar.Expression.Repeat;

import java.util.LinkedHashMap;
import java.util.Map;

/// Any JSON (RFC 8259), with bounds on what a model could go on with for ever: white space is a
/// space, or one or two line ends and an indentation of up to 20, and stands only where people put
/// it; numbers have up to 20 digits before the point, 20 behind it and 3 in the exponent. An
/// escaped surrogate comes with its other half.
final class JsonText {
    private static final String VALUE = "value";
    private static final String OBJECT = "object";
    private static final String ARRAY = "array";
    private static final String STRING = "string";
    private static final String NUMBER = "number";

    private static final int MOST_INDENTATION = 20;
    private static final int MOST_DIGITS = 20;
    private static final int MOST_EXPONENT_DIGITS = 3;

    private JsonText() {}

    /// Any value.
    static GrammarSource value() {
        return new GrammarSource(rules(), VALUE);
    }

    /// Any object.
    static GrammarSource object() {
        return new GrammarSource(rules(), OBJECT);
    }

    private static Map<String, Expression> rules() {
        Map<String, Expression> rules = new LinkedHashMap<>();
        rules.put(
                VALUE,
                choice(
                        rule(OBJECT),
                        rule(ARRAY),
                        rule(STRING),
                        rule(NUMBER),
                        literal("true"),
                        literal("false"),
                        literal("null")));
        Expression member = sequence(rule(STRING), literal(":"), space(), rule(VALUE), space());
        rules.put(OBJECT, list("{", member, "}"));
        rules.put(ARRAY, list("[", sequence(rule(VALUE), space()), "]"));
        rules.put(STRING, string());
        rules.put(NUMBER, number());
        return rules;
    }

    /// Items with commas between them.
    private static Expression list(String open, Expression item, String close) {
        Expression more = any(sequence(literal(","), space(), item));
        return sequence(literal(open), space(), optional(sequence(item, more)), literal(close));
    }

    /// White space as people write it.
    static Expression space() {
        Expression newLine =
                sequence(
                        new Repeat(literal("\n"), 1, 2),
                        new Repeat(characters(' ', ' ', '\t', '\t'), 0, MOST_INDENTATION));
        return optional(choice(literal(" "), newLine));
    }

    /// A string with its quotes.
    static Expression string() {
        return sequence(literal("\""), any(character()), literal("\""));
    }

    /// A character within a string, plain or escaped.
    static Expression character() {
        Expression plain = characters(0, 0x1F, '"', '"', '\\', '\\').complement();
        Expression hex = characters('0', '9', 'a', 'f', 'A', 'F');
        Expression noSurrogate =
                choice(
                        sequence(characters('0', '9', 'a', 'c', 'e', 'f', 'A', 'C', 'E', 'F'), hex),
                        sequence(characters('d', 'd', 'D', 'D'), characters('0', '7')));
        Expression first =
                sequence(characters('d', 'd', 'D', 'D'), characters('8', '9', 'a', 'b', 'A', 'B'));
        Expression second =
                sequence(characters('d', 'd', 'D', 'D'), characters('c', 'f', 'C', 'F'));
        Expression two = sequence(hex, hex);
        Expression unicode =
                choice(
                        sequence(noSurrogate, two),
                        sequence(first, two, literal("\\u"), second, two));
        Expression simple =
                characters(
                        '"', '"', '\\', '\\', '/', '/', 'b', 'b', 'f', 'f', 'n', 'n', 'r', 'r', 't',
                        't');
        return choice(
                plain, sequence(literal("\\"), choice(simple, sequence(literal("u"), unicode))));
    }

    /// A number.
    static Expression number() {
        Expression digit = characters('0', '9');
        Expression whole =
                choice(
                        literal("0"),
                        sequence(characters('1', '9'), new Repeat(digit, 0, MOST_DIGITS - 1)));
        Expression fraction = sequence(literal("."), new Repeat(digit, 1, MOST_DIGITS));
        Expression exponent =
                sequence(
                        characters('e', 'e', 'E', 'E'),
                        optional(characters('+', '+', '-', '-')),
                        new Repeat(digit, 1, MOST_EXPONENT_DIGITS));
        return sequence(optional(literal("-")), whole, optional(fraction), optional(exponent));
    }
}
