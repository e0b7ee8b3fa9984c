package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// What a text may be: an expression over Unicode text, matched as UTF-8.
///
/// A tree says what, not how: it may be ambiguous, left-recursive or larger than any limit.
/// Compiling it says what is too much.
public sealed interface Expression {
    /// The empty text.
    Expression EMPTY = new Sequence(List.of());

    /// Exactly this text; lone surrogates are refused, as no UTF-8 stands for them.
    record Literal(String text) implements Expression {
        public Literal {
            for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                int character = text.codePointAt(i);
                if (isSurrogate(character)) {
                    throw new IllegalArgumentException(
                            "the literal has U+%04X alone at %d, expected whole characters"
                                    .formatted(character, i));
                }
            }
        }
    }

    /// One character of a set; the empty set matches nothing. Surrogates are no characters and are
    /// taken out.
    ///
    /// @param ranges pairs of first and last code point; given in any order, then sorted and
    ///   merged; owned by the record, only read
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode are its own
    record CharClass(int[] ranges) implements Expression {
        public CharClass {
            ranges = Ranges.normalized(ranges);
        }

        /// All other characters.
        public CharClass complement() {
            return new CharClass(Ranges.complement(ranges));
        }

        /// The characters of both.
        public CharClass union(CharClass other) {
            int[] both = Arrays.copyOf(ranges, ranges.length + other.ranges.length);
            System.arraycopy(other.ranges, 0, both, ranges.length, other.ranges.length);
            return new CharClass(both);
        }

        /// Whether it has no characters.
        public boolean isEmpty() {
            return ranges.length == 0;
        }

        /// Whether this character is one of them.
        public boolean contains(int codePoint) {
            for (int i = 0; i < ranges.length; i += 2) {
                if (ranges[i] <= codePoint && codePoint <= ranges[i + 1]) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CharClass(int[] theirs) && Arrays.equals(ranges, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ranges);
        }

        @Override
        public String toString() {
            return "CharClass" + Arrays.toString(ranges);
        }
    }

    /// One after the other; none is the empty text.
    record Sequence(List<Expression> parts) implements Expression {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /// One of these; none matches nothing.
    record Choice(List<Expression> options) implements Expression {
        public Choice {
            options = List.copyOf(options);
        }
    }

    /// The body again and again.
    ///
    /// @param max times at most; {@link #UNBOUNDED} for any number
    record Repeat(Expression body, int min, int max) implements Expression {
        public Repeat {
            if (min < 0 || max < min) {
                throw new IllegalArgumentException(
                        "a repetition of %d to %d times, expected 0 or more and no fewer at most than at least"
                                .formatted(min, max));
            }
        }
    }

    /// What the rule of this name says; recursion goes through rules.
    record Reference(String rule) implements Expression {}

    /// A network of states: a text is one that leads from state 0 to an accepting one, the label of
    /// each edge in turn. What a tree would repeat many times over: intersections of patterns,
    /// numbers in bounds, properties that may be absent. It stands beside the others because it is
    /// nothing new to an automaton: each state is one of its own.
    ///
    /// @param states edges that leave each state
    /// @param accepting states where a text may end; owned by the record, only read
    record Network(List<List<Edge>> states, BitSet accepting) implements Expression {
        public Network {
            states = states.stream().map(List::copyOf).toList();
            accepting = (BitSet) accepting.clone();
            int count = states.size();
            if (count == 0
                    || accepting.length() > count
                    || states.stream()
                            .flatMap(List::stream)
                            .anyMatch(edge -> edge.target() < 0 || edge.target() >= count)) {
                throw new IllegalArgumentException(
                        "a network of %d states, expected one at least and edges between them"
                                .formatted(count));
            }
        }
    }

    /// An edge of a {@link Network}.
    ///
    /// @param label what is read on the way
    record Edge(Expression label, int target) {}

    /// {@link Repeat#max} for any number of times.
    int UNBOUNDED = Integer.MAX_VALUE;

    /// Exactly this text.
    static Expression literal(String text) {
        return new Literal(text);
    }

    /// One character of these ranges.
    ///
    /// @param pairs first and last code point of each
    static CharClass characters(int... pairs) {
        return new CharClass(pairs);
    }

    /// Any one character.
    static CharClass anyCharacter() {
        return new CharClass(new int[] {0, Character.MAX_CODE_POINT});
    }

    /// One after the other.
    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }

    /// One of these.
    static Expression choice(Expression... options) {
        return new Choice(List.of(options));
    }

    /// The body or nothing.
    static Expression optional(Expression body) {
        return new Repeat(body, 0, 1);
    }

    /// The body any number of times, or not at all.
    static Expression any(Expression body) {
        return new Repeat(body, 0, UNBOUNDED);
    }

    /// The body once or more.
    static Expression some(Expression body) {
        return new Repeat(body, 1, UNBOUNDED);
    }

    /// What the rule of this name says.
    static Expression rule(String name) {
        return new Reference(name);
    }

    private static boolean isSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }
}
