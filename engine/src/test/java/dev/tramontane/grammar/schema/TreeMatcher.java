package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.GrammarSource;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether a text matches a grammar, straight from its tree: for each expression and place, the
/// places where it may end. Slow and plain; what compiled grammars are compared with.
final class TreeMatcher {
    private record Visit(String rule, int from) {}

    private final GrammarSource source;
    private final int[] text;
    private final Map<Visit, BitSet> ends = new HashMap<>();

    private TreeMatcher(GrammarSource source, String text) {
        this.source = source;
        this.text = text.codePoints().toArray();
    }

    static boolean matches(GrammarSource source, String text) {
        var matcher = new TreeMatcher(source, text);
        return matcher.rule(source.root(), 0).get(matcher.text.length);
    }

    private BitSet rule(String name, int from) {
        Visit visit = new Visit(name, from);
        BitSet known = ends.get(visit);
        if (known == null) {
            known = ends(body(name), from);
            ends.put(visit, known);
        }
        return known;
    }

    private BitSet ends(Expression expression, int from) {
        return switch (expression) {
            case Expression.Literal(String literal) -> literal(literal, from);
            case Expression.CharClass set ->
                    from < text.length && set.contains(text[from]) ? of(from + 1) : new BitSet();
            case Expression.Sequence(List<Expression> parts) -> {
                BitSet at = of(from);
                for (Expression part : parts) {
                    at = after(part, at);
                }
                yield at;
            }
            case Expression.Choice(List<Expression> options) -> {
                BitSet all = new BitSet();
                options.forEach(option -> all.or(ends(option, from)));
                yield all;
            }
            case Expression.Repeat(Expression body, int min, int max) ->
                    repeated(body, min, max, from);
            case Expression.Reference(String rule) -> rule(rule, from);
            case Expression.Network network -> network(network, from);
        };
    }

    private BitSet literal(String literal, int from) {
        int[] wanted = literal.codePoints().toArray();
        for (int i = 0; i < wanted.length; i++) {
            if (from + i >= text.length || text[from + i] != wanted[i]) {
                return new BitSet();
            }
        }
        return of(from + wanted.length);
    }

    private BitSet repeated(Expression body, int min, int max, int from) {
        BitSet at = of(from);
        for (int i = 0; i < min && !at.isEmpty(); i++) {
            at = after(body, at);
        }
        BitSet all = (BitSet) at.clone();
        for (int i = min; i < max && !at.isEmpty(); i++) {
            at = after(body, at);
            BitSet before = (BitSet) all.clone();
            all.or(at);
            if (all.equals(before)) {
                break;
            }
        }
        return all;
    }

    private BitSet network(Expression.Network network, int from) {
        int states = network.states().size();
        BitSet[] places = new BitSet[states];
        for (int i = 0; i < states; i++) {
            places[i] = new BitSet();
        }
        places[0].set(from);
        BitSet open = of(0);
        while (!open.isEmpty()) {
            int state = open.nextSetBit(0);
            open.clear(state);
            for (Expression.Edge edge : network.states().get(state)) {
                BitSet to = places[edge.target()];
                int count = to.cardinality();
                to.or(after(edge.label(), places[state]));
                if (to.cardinality() > count) {
                    open.set(edge.target());
                }
            }
        }
        BitSet all = new BitSet();
        network.accepting().stream().forEach(state -> all.or(places[state]));
        return all;
    }

    private BitSet after(Expression expression, BitSet places) {
        BitSet all = new BitSet();
        places.stream().forEach(place -> all.or(ends(expression, place)));
        return all;
    }

    private static BitSet of(int place) {
        BitSet set = new BitSet();
        set.set(place);
        return set;
    }

    private Expression body(String rule) {
        Expression body = source.rules().get(rule);
        if (body == null) {
            throw new IllegalArgumentException("no rule " + rule);
        }
        return body;
    }
}
