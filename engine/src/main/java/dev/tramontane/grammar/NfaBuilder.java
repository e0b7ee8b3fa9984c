package dev.tramontane.grammar;

import dev.tramontane.grammar.Expression.CharClass;
import dev.tramontane.grammar.Expression.Choice;
import dev.tramontane.grammar.Expression.Edge;
import dev.tramontane.grammar.Expression.Literal;
import dev.tramontane.grammar.Expression.Network;
import dev.tramontane.grammar.Expression.Reference;
import dev.tramontane.grammar.Expression.Repeat;
import dev.tramontane.grammar.Expression.Sequence;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a grammar as units, each a nondeterministic automaton that may take whole units: the
/// rules that are not written out where they are used, and the bodies of counted repetitions.
///
/// Whoever takes a unit takes at least one byte by it; where it could be empty there is a way
/// around it. So nothing loops without reading.
final class NfaBuilder {
    /// A unit: a rule, or the body of a repetition that is counted as it goes.
    ///
    /// @param name for messages
    /// @param min times the body comes at least; 1 for a rule
    /// @param max times at most; 0 for a rule
    /// @param start state of the automaton that matches it once
    record Unit(String name, Expression body, int min, int max, int start, int end) {}

    private final Nfa nfa;
    private final RuleTable rules;
    private final List<Unit> units = new ArrayList<>();
    private final Map<CharClass, Utf8Paths> paths = new HashMap<>();
    private final Map<Integer, Integer> unitsByRule = new HashMap<>();
    private final Map<Repeat, Integer> unitsByRepeat = new HashMap<>();

    NfaBuilder(Nfa nfa, RuleTable rules) {
        this.nfa = nfa;
        this.rules = rules;
    }

    /// The unit of a whole text, and that of a text behind white space.
    static final int TEXT = 0;

    static final int TEXT_BEHIND_SPACE = 1;

    /// The units that a text is made of.
    ///
    /// @param root name of the rule that it is
    /// @param space that may stand before it
    List<Unit> build(String root, Expression space) {
        rule(rules.index(root));
        unit("white space and the text", space, 1, 0);
        for (int built = 0; built < units.size(); built++) {
            Unit unit = units.get(built);
            int at = add(unit.body, unit.start, 0);
            if (built == TEXT_BEHIND_SPACE) {
                at = take(TEXT, rules.body(rules.index(root)), at);
            }
            nfa.epsilon(at, unit.end);
        }
        return units;
    }

    private int rule(int rule) {
        Integer unit = unitsByRule.get(rule);
        if (unit == null) {
            unit = unit("rule " + rules.name(rule), rules.body(rule), 1, 0);
            unitsByRule.put(rule, unit);
        }
        return unit;
    }

    private int unit(String name, Expression body, int min, int max) {
        units.add(new Unit(name, body, min, max, nfa.state(), nfa.state()));
        return units.size() - 1;
    }

    /// Adds an expression behind a state, and returns the state at its end.
    private int add(Expression expression, int from, int depth) {
        return switch (expression) {
            case Literal(var text) -> literal(text, from);
            case CharClass set -> paths.computeIfAbsent(set, Utf8Paths::new).addTo(nfa, from);
            case Sequence(var parts) -> {
                int at = from;
                for (Expression part : parts) {
                    at = add(part, at, depth + 1);
                }
                yield at;
            }
            case Choice(var options) -> {
                int end = nfa.state();
                for (Expression option : options) {
                    nfa.epsilon(add(option, from, depth + 1), end);
                }
                yield end;
            }
            case Repeat repeat ->
                    rules.isProductive(repeat.body())
                            ? repeat(repeat, from, depth)
                            : nothing(repeat, from);
            case Reference(var name) -> reference(name, from, depth);
            case Network network -> network(network, from, depth);
        };
    }

    private int literal(String text, int from) {
        int at = from;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int next = nfa.state();
            nfa.bytes(at, b & 0xFF, b & 0xFF, next);
            at = next;
        }
        return at;
    }

    /// A repetition of what matches nothing: no times, or not at all.
    private int nothing(Repeat repeat, int from) {
        return repeat.min() == 0 ? from : nfa.state();
    }

    private int repeat(Repeat repeat, int from, int depth) {
        if (!rules.isCopied(repeat)) {
            return counted(repeat, from);
        }
        int at = from;
        for (int i = 0; i < repeat.min(); i++) {
            at = add(repeat.body(), at, depth + 1);
        }
        if (repeat.max() == Expression.UNBOUNDED) {
            int loop = nfa.state();
            nfa.epsilon(at, loop);
            nfa.epsilon(add(repeat.body(), loop, depth + 1), loop);
            return loop;
        }
        int end = nfa.state();
        for (int i = repeat.min(); i < repeat.max(); i++) {
            nfa.epsilon(at, end);
            int fresh = nfa.state(); // the body must not add edges to a loop before it
            nfa.epsilon(at, fresh);
            at = add(repeat.body(), fresh, depth + 1);
        }
        nfa.epsilon(at, end);
        return end;
    }

    private int counted(Repeat repeat, int from) {
        Integer unit = unitsByRepeat.get(repeat);
        int min = rules.isNullable(repeat.body()) ? 0 : repeat.min();
        if (unit == null) {
            unit = unit("a repetition", repeat.body(), min, repeat.max());
            unitsByRepeat.put(repeat, unit);
        }
        int end = take(unit, repeat.body(), from);
        if (min == 0) {
            nfa.epsilon(from, end);
        }
        return end;
    }

    private int network(Network network, int from, int depth) {
        int[] states = new int[network.states().size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = nfa.state();
        }
        int end = nfa.state();
        nfa.epsilon(from, states[0]);
        for (int i = 0; i < states.length; i++) {
            for (Edge edge : network.states().get(i)) {
                if (rules.isProductive(edge.label())) {
                    nfa.epsilon(add(edge.label(), states[i], depth + 1), states[edge.target()]);
                }
            }
            if (network.accepting().get(i)) {
                nfa.epsilon(states[i], end);
            }
        }
        return end;
    }

    private int reference(String name, int from, int depth) {
        int rule = rules.index(name);
        return rules.isWrittenOut(name) && depth <= RuleTable.DEEPEST_TREE
                ? add(rules.body(rule), from, depth + 1)
                : take(rule(rule), rules.body(rule), from);
    }

    /// Adds a unit behind a state, and the way around it where it may be empty.
    private int take(int unit, Expression body, int from) {
        int end = nfa.state();
        if (rules.hasText(body)) {
            nfa.call(from, unit, end);
        }
        if (rules.isNullable(body)) {
            nfa.epsilon(from, end);
        }
        return end;
    }
}
