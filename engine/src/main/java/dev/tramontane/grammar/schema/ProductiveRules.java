package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules that some text matches: the least set closed under what each is made of. A rule is
/// looked at once, and again when one that it waited for turns out to match something.
final class ProductiveRules {
    private final WorkLimit limit;
    private final Set<String> productive = new HashSet<>();

    /// Of each rule that matches nothing yet those that would be looked at anew.
    private final Map<String, List<String>> waiting = new HashMap<>();

    private String current = "";

    ProductiveRules(Map<String, Expression> rules, WorkLimit limit) {
        this.limit = limit;
        // what a rule refers to stands behind it, mostly
        Deque<String> pending = new ArrayDeque<>(List.copyOf(rules.keySet()).reversed());
        while (!pending.isEmpty()) {
            current = pending.remove();
            Expression body = rules.get(current);
            if (body != null && !productive.contains(current) && isProductive(body)) {
                productive.add(current);
                List<String> others = waiting.remove(current);
                if (others != null) {
                    pending.addAll(others);
                }
            }
        }
    }

    boolean contains(String rule) {
        return productive.contains(rule);
    }

    private boolean isProductive(Expression expression) {
        limit.spend(1);
        return switch (expression) {
            case Expression.Literal _ -> true;
            case Expression.CharClass set -> !set.isEmpty();
            case Expression.Sequence(List<Expression> parts) ->
                    parts.stream().allMatch(this::isProductive);
            case Expression.Choice(List<Expression> options) ->
                    options.stream().anyMatch(this::isProductive);
            case Expression.Repeat(Expression body, int min, _) -> min == 0 || isProductive(body);
            case Expression.Reference(String rule) -> isKnown(rule);
            case Expression.Network network -> isProductive(network);
        };
    }

    private boolean isKnown(String rule) {
        boolean known = productive.contains(rule);
        if (!known) {
            waiting.computeIfAbsent(rule, _ -> new ArrayList<>()).add(current);
        }
        return known;
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
                limit.spend(1);
                if (!reached.get(edge.target()) && isProductive(edge.label())) {
                    reached.set(edge.target());
                    work.add(edge.target());
                }
            }
        }
        return false;
    }
}
