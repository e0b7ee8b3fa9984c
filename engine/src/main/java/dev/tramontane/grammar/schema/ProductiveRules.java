package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules that some text matches: the least set closed under what each is made of.
final class ProductiveRules {
    private final Set<String> productive = new HashSet<>();

    ProductiveRules(Map<String, Expression> rules) {
        // what a rule refers to stands behind it, mostly
        List<Map.Entry<String, Expression>> order = List.copyOf(rules.entrySet()).reversed();
        boolean news = true;
        while (news) {
            news = false;
            for (Map.Entry<String, Expression> rule : order) {
                if (!productive.contains(rule.getKey()) && isProductive(rule.getValue())) {
                    productive.add(rule.getKey());
                    news = true;
                }
            }
        }
    }

    boolean contains(String rule) {
        return productive.contains(rule);
    }

    private boolean isProductive(Expression expression) {
        return switch (expression) {
            case Expression.Literal _ -> true;
            case Expression.CharClass set -> !set.isEmpty();
            case Expression.Sequence(List<Expression> parts) ->
                    parts.stream().allMatch(this::isProductive);
            case Expression.Choice(List<Expression> options) ->
                    options.stream().anyMatch(this::isProductive);
            case Expression.Repeat(Expression body, int min, _) -> min == 0 || isProductive(body);
            case Expression.Reference(String rule) -> productive.contains(rule);
            case Expression.Network network -> isProductive(network);
        };
    }

    private boolean isProductive(Expression.Network network) {
        BitSet reached = new BitSet();
        Deque<Integer> work = new ArrayDeque<>(List.of(0));
        reached.set(0);
        while (!work.isEmpty()) {
            int state = work.remove();
            if (network.accepting().get(state)) {
                return true;
            }
            for (Expression.Edge edge : network.states().get(state)) {
                if (!reached.get(edge.target()) && isProductive(edge.label())) {
                    reached.set(edge.target());
                    work.add(edge.target());
                }
            }
        }
        return false;
    }
}
