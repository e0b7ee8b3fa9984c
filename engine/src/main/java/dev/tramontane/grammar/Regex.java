package dev.tramontane.grammar;

import static dev.tramontane.grammar.Expression.EMPTY;
import static dev.tramontane.grammar.Expression.any;
import static dev.tramontane.grammar.Expression.anyCharacter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Regular expressions of ECMA-262 (2024, section 22.2.1) with the flag `u`, as far as they are
/// regular: no backreferences, no look around, no word boundaries. They become an automaton, so no
/// pattern takes more than linear time; what is not supported is refused by name and place.
///
/// `^` and `$` are the ends of the text. They may stand wherever nothing can come before or after
/// them, so also within groups and alternatives at an end.
public final class Regex {
    /// What is beside a part of a pattern.
    private enum Side {
        /// Any text, which the part must take in.
        FREE,
        /// The end of the text.
        EDGE,
        /// Something else of the pattern.
        INNER
    }

    private Regex() {}

    /// The texts that match from their beginning to their end.
    ///
    /// @param spend is told of steps of work as they are made, and may refuse
    /// @throws InvalidGrammarException with the place in the pattern
    public static Expression whole(String pattern, Limits limits, LongConsumer spend) {
        return resolve(new RegexReader(pattern, limits, spend).read(), Side.EDGE, Side.EDGE);
    }

    /// The texts that match somewhere, as JSON Schema's `pattern` means it.
    ///
    /// @param spend is told of steps of work as they are made, and may refuse
    /// @throws InvalidGrammarException with the place in the pattern
    public static Expression search(String pattern, Limits limits, LongConsumer spend) {
        return resolve(new RegexReader(pattern, limits, spend).read(), Side.FREE, Side.FREE);
    }

    private static Expression resolve(RegexNode node, Side left, Side right) {
        return switch (node) {
            case RegexNode.Plain(var expression) -> within(expression, left, right);
            case RegexNode.Start(int at) -> {
                refuseInner(left, at, "^", "before");
                yield within(EMPTY, Side.EDGE, right);
            }
            case RegexNode.End(int at) -> {
                refuseInner(right, at, "$", "behind");
                yield within(EMPTY, left, Side.EDGE);
            }
            case RegexNode.Choice(var options) ->
                    new Expression.Choice(
                            options.stream().map(option -> resolve(option, left, right)).toList());
            case RegexNode.Maybe(var body) ->
                    Expression.choice(resolve(body, left, right), within(EMPTY, left, right));
            case RegexNode.Sequence(var parts) -> resolve(parts, left, right);
        };
    }

    private static Expression resolve(List<RegexNode> parts, Side left, Side right) {
        int starts = 0;
        while (starts < parts.size() && parts.get(starts) instanceof RegexNode.Start) {
            starts++;
        }
        int ends = parts.size();
        while (ends > 0 && parts.get(ends - 1) instanceof RegexNode.End) {
            ends--;
        }
        List<Expression> resolved = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Side before =
                    i == 0 ? left : i <= starts && left != Side.INNER ? Side.EDGE : Side.INNER;
            boolean last = i == parts.size() - 1;
            Side behind =
                    last ? right : i >= ends - 1 && right != Side.INNER ? Side.EDGE : Side.INNER;
            resolved.add(resolve(parts.get(i), before, behind));
        }
        return new Expression.Sequence(resolved);
    }

    private static Expression within(Expression expression, Side left, Side right) {
        List<Expression> parts = new ArrayList<>();
        if (left == Side.FREE) {
            parts.add(any(anyCharacter()));
        }
        parts.add(expression);
        if (right == Side.FREE) {
            parts.add(any(anyCharacter()));
        }
        return parts.size() == 1 ? expression : new Expression.Sequence(parts);
    }

    private static void refuseInner(Side side, int at, String anchor, String where) {
        if (side == Side.INNER) {
            throw new InvalidGrammarException(
                    RegexReader.place(at),
                    "%s with more of the pattern %s it, expected it at an end of the pattern; take it away"
                            .formatted(anchor, where));
        }
    }
}
