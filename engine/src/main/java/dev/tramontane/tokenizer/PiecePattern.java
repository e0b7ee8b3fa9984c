package dev.tramontane.tokenizer;

import java.util.ArrayList;
import java.util.List;

/// A regular expression that cuts text into pieces, read into a tree.
///
/// Vocabularies are made with such expressions, and files and formats name or quote them; so the
/// expression is kept as its makers write it. What they use is all there is: alternatives from left
/// to right, groups, `(?i:…)`, classes with `\p{…}`, `\s` and ranges, greedy repetition, and at the
/// end of an alternative `(?!\S)` or `$`.
final class PiecePattern {
    /// What an expression is made of.
    sealed interface Node {
        /// One character.
        record One(CharacterSet set) implements Node {}

        /// One after the other.
        record Sequence(List<Node> nodes) implements Node {}

        /// The first that fits.
        record Choice(List<Node> nodes) implements Node {}

        /// As often as possible.
        ///
        /// @param most {@link #UNLIMITED} for no limit
        record Repeat(Node node, int least, int most) implements Node {}

        /// No character of the set follows.
        record NotAhead(CharacterSet set) implements Node {}
    }

    static final int UNLIMITED = Integer.MAX_VALUE;

    private static final int END = -1;

    private final String pattern;
    private int at;
    private boolean ignoreCase;

    private PiecePattern(String pattern) {
        this.pattern = pattern;
    }

    /// @throws IllegalArgumentException for what no known expression uses
    static Node parse(String pattern) {
        var parser = new PiecePattern(pattern);
        Node node = parser.choice();
        if (parser.peek() != END) {
            throw parser.unsupported();
        }
        return node;
    }

    private Node choice() {
        List<Node> alternatives = new ArrayList<>();
        alternatives.add(sequence());
        while (peek() == '|') {
            next();
            alternatives.add(sequence());
        }
        return alternatives.size() == 1 ? alternatives.getFirst() : new Node.Choice(alternatives);
    }

    private Node sequence() {
        List<Node> nodes = new ArrayList<>();
        while (peek() != END && peek() != '|' && peek() != ')') {
            nodes.add(repeated(single()));
        }
        return nodes.size() == 1 ? nodes.getFirst() : new Node.Sequence(nodes);
    }

    private Node repeated(Node node) {
        if (taken("?")) {
            return new Node.Repeat(node, 0, 1);
        }
        if (taken("*")) {
            return new Node.Repeat(node, 0, UNLIMITED);
        }
        if (taken("+")) {
            return new Node.Repeat(node, 1, UNLIMITED);
        }
        if (!taken("{")) {
            return node;
        }
        int least = number();
        int most = taken(",") ? number() : least;
        expect('}');
        return new Node.Repeat(node, least, most);
    }

    private Node single() {
        int c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> new Node.One(characterClass());
            case '\\' -> new Node.One(escape());
            case '$' -> new Node.NotAhead(CharacterSet.ANY);
            case '.', '^', '*', '+', '?', '{' -> throw unsupported();
            default -> new Node.One(ignoreCase ? CharacterSet.ignoringCase(c) : CharacterSet.of(c));
        };
    }

    private Node group() {
        if (taken("?!\\S)")) {
            return new Node.NotAhead(CharacterSet.SPACE.negate());
        }
        boolean outside = ignoreCase;
        if (taken("?i:")) {
            ignoreCase = true;
        } else if (!taken("?:") && peek() == '?') {
            throw unsupported();
        }
        Node inside = choice();
        ignoreCase = outside;
        expect(')');
        return inside;
    }

    private CharacterSet characterClass() {
        boolean negated = taken("^");
        CharacterSet set = new CharacterSet(0, List.of(), false);
        while (peek() != ']') {
            int first = peek();
            CharacterSet part = first == '\\' ? escapeInClass() : CharacterSet.of(next());
            boolean single = part.categories() == 0 && part.ranges().size() == 1;
            if (single && peek() == '-' && pattern.charAt(at + 1) != ']') {
                next();
                CharacterSet last = peek() == '\\' ? escapeInClass() : CharacterSet.of(next());
                part =
                        new CharacterSet(
                                0,
                                List.of(
                                        new CharacterSet.Range(
                                                part.ranges().getFirst().first(),
                                                last.ranges().getFirst().last())),
                                false);
            }
            set = set.or(part);
        }
        next();
        return negated ? set.negate() : set;
    }

    private CharacterSet escapeInClass() {
        next();
        CharacterSet set = escape();
        if (set.negated()) {
            throw unsupported();
        }
        return set;
    }

    private CharacterSet escape() {
        int c = next();
        return switch (c) {
            case 's' -> CharacterSet.SPACE;
            case 'S' -> CharacterSet.SPACE.negate();
            case 'r' -> CharacterSet.of('\r');
            case 'n' -> CharacterSet.of('\n');
            case 'p' -> {
                expect('{');
                int end = pattern.indexOf('}', at);
                String name = pattern.substring(at, end);
                at = end + 1;
                yield CharacterSet.ofCategory(name);
            }
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw unsupported();
                }
                yield CharacterSet.of(c);
            }
        };
    }

    private int number() {
        int value = 0;
        while (Character.isDigit(peek())) {
            value = 10 * value + next() - '0';
        }
        return value;
    }

    private int peek() {
        return at < pattern.length() ? pattern.codePointAt(at) : END;
    }

    private int next() {
        int c = peek();
        if (c == END) {
            throw unsupported();
        }
        at += Character.charCount(c);
        return c;
    }

    private boolean taken(String literal) {
        boolean there = pattern.startsWith(literal, at);
        at += there ? literal.length() : 0;
        return there;
    }

    private void expect(char c) {
        if (!taken(String.valueOf(c))) {
            throw unsupported();
        }
    }

    private IllegalArgumentException unsupported() {
        return new IllegalArgumentException(
                "character " + at + " of " + pattern + " is used as no known expression uses it");
    }
}
