package dev.tramontane.grammar;

import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A grammar as it is written: expressions by the names of their rules, and the rule that a whole
/// text must be. What is wrong with it, or too much of it, is said when it is compiled.
///
/// @param rules by name, in the order written
/// @param root name of the rule that a text is
public record GrammarSource(Map<String, Expression> rules, String root) {
    private static final String ONLY_RULE = "root";

    public GrammarSource {
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
    }

    /// The same with another beginning before each rule's name, so that the rules of several
    /// grammars can stand in one.
    public GrammarSource under(String prefix) {
        Map<String, Expression> renamed = new LinkedHashMap<>();
        rules.forEach((name, body) -> renamed.put(prefix + name, under(prefix, body)));
        return new GrammarSource(renamed, prefix + root);
    }

    private static Expression under(String prefix, Expression expression) {
        return switch (expression) {
            case Expression.Literal _, Expression.CharClass _ -> expression;
            case Expression.Sequence(List<Expression> parts) ->
                    new Expression.Sequence(under(prefix, parts));
            case Expression.Choice(List<Expression> options) ->
                    new Expression.Choice(under(prefix, options));
            case Expression.Repeat(Expression body, int min, int max) ->
                    new Expression.Repeat(under(prefix, body), min, max);
            case Expression.Network(var states, BitSet accepting) ->
                    new Expression.Network(
                            states.stream()
                                    .map(
                                            edges ->
                                                    edges.stream()
                                                            .map(edge -> under(prefix, edge))
                                                            .toList())
                                    .toList(),
                            accepting);
            case Expression.Reference(String rule) -> Expression.rule(prefix + rule);
        };
    }

    private static List<Expression> under(String prefix, List<Expression> all) {
        return all.stream().map(one -> under(prefix, one)).toList();
    }

    private static Expression.Edge under(String prefix, Expression.Edge edge) {
        return new Expression.Edge(under(prefix, edge.label()), edge.target());
    }

    /// A grammar of one rule.
    public static GrammarSource of(Expression text) {
        return new GrammarSource(Map.of(ONLY_RULE, text), ONLY_RULE);
    }
}
