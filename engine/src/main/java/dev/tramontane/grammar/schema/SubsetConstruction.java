package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An expression's automaton with empty moves (Thompson 1968), made deterministic by taking the
/// sets of states that a text may lead to (Rabin and Scott 1959).
final class SubsetConstruction {
    /// A move from one state to another on one character of a set.
    private record Move(int[] ranges, int target) {}

    private final List<List<Move>> moves = new ArrayList<>();
    private final List<List<Integer>> emptyMoves = new ArrayList<>();
    private final WorkLimit limit;
    private final int end;
    private final Map<BitSet, Integer> numbers = new HashMap<>();
    private final List<BitSet> sets = new ArrayList<>();

    SubsetConstruction(Expression expression, WorkLimit limit) {
        this.limit = limit;
        int start = newState();
        this.end = add(expression, start);
        number(closed(List.of(start)));
    }

    CharacterAutomaton automaton() {
        List<CharacterAutomaton.State> states = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            states.add(state(sets.get(i)));
        }
        return CharacterAutomaton.trimmed(states);
    }

    /// Adds what leads from a state through the expression; the state where it ends.
    private int add(Expression expression, int from) {
        return switch (expression) {
            case Expression.Literal(String text) -> {
                int state = from;
                for (int character : text.codePoints().toArray()) {
                    state = move(state, new int[] {character, character});
                }
                yield state;
            }
            case Expression.CharClass(int[] ranges) -> move(from, ranges);
            case Expression.Sequence(List<Expression> parts) -> {
                int state = from;
                for (Expression part : parts) {
                    state = add(part, state);
                }
                yield state;
            }
            case Expression.Choice(List<Expression> options) -> {
                int join = newState();
                for (Expression option : options) {
                    int branch = newState();
                    emptyMoves.get(from).add(branch);
                    emptyMoves.get(add(option, branch)).add(join);
                }
                yield join;
            }
            case Expression.Repeat(Expression body, int min, int max) ->
                    addRepeat(body, min, max, from);
            case Expression.Network network -> addNetwork(network, from);
            case Expression.Reference(String rule) ->
                    throw new IllegalArgumentException(
                            "a regular language refers to the rule " + rule);
        };
    }

    private int addRepeat(Expression body, int min, int max, int from) {
        int state = from;
        for (int i = 0; i < min; i++) {
            limit.spend(1);
            state = add(body, state);
        }
        int join = newState();
        if (max == Expression.UNBOUNDED) {
            emptyMoves.get(state).add(join);
            emptyMoves.get(add(body, join)).add(join);
            return join;
        }
        for (int i = min; i < max; i++) {
            limit.spend(1);
            emptyMoves.get(state).add(join);
            state = add(body, state);
        }
        emptyMoves.get(state).add(join);
        return join;
    }

    private int addNetwork(Expression.Network network, int from) {
        int[] entries = new int[network.states().size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = newState();
        }
        int join = newState();
        emptyMoves.get(from).add(entries[0]);
        for (int i = 0; i < entries.length; i++) {
            for (Expression.Edge edge : network.states().get(i)) {
                emptyMoves.get(add(edge.label(), entries[i])).add(entries[edge.target()]);
            }
            if (network.accepting().get(i)) {
                emptyMoves.get(entries[i]).add(join);
            }
        }
        return join;
    }

    private int move(int from, int[] ranges) {
        int to = newState();
        moves.get(from).add(new Move(ranges, to));
        return to;
    }

    private int newState() {
        limit.spend(1);
        moves.add(new ArrayList<>());
        emptyMoves.add(new ArrayList<>());
        return moves.size() - 1;
    }

    /// The states that some lead to without reading: of those the ones that read or end, since the
    /// others make no difference.
    private BitSet closed(List<Integer> states) {
        BitSet seen = new BitSet();
        BitSet set = new BitSet();
        Deque<Integer> work = new ArrayDeque<>(states);
        while (!work.isEmpty()) {
            int state = work.remove();
            if (!seen.get(state)) {
                limit.spend(1);
                seen.set(state);
                set.set(state, state == end || !moves.get(state).isEmpty());
                work.addAll(emptyMoves.get(state));
            }
        }
        return set;
    }

    private int number(BitSet set) {
        Integer known = numbers.putIfAbsent(set, sets.size());
        if (known != null) {
            return known;
        }
        sets.add(set);
        limit.atMost(CharacterAutomaton.MOST_STATES, sets.size(), "states of a pattern");
        return sets.size() - 1;
    }

    private CharacterAutomaton.State state(BitSet set) {
        List<Move> out = new ArrayList<>();
        set.stream().forEach(state -> out.addAll(moves.get(state)));
        TreeMap<Integer, List<Integer>> starting = new TreeMap<>();
        starting.put(0, new ArrayList<>());
        for (Move move : out) {
            for (int i = 0; i < move.ranges.length; i += 2) {
                starting.computeIfAbsent(move.ranges[i], _ -> new ArrayList<>());
                starting.computeIfAbsent(move.ranges[i + 1] + 1, _ -> new ArrayList<>());
            }
        }
        starting.remove(Character.MAX_CODE_POINT + 1);
        for (Move move : out) {
            for (int i = 0; i < move.ranges.length; i += 2) {
                for (List<Integer> targets :
                        starting.subMap(move.ranges[i], move.ranges[i + 1] + 1).values()) {
                    limit.spend(1);
                    targets.add(move.target);
                }
            }
        }
        int[] firsts = starting.keySet().stream().mapToInt(Integer::intValue).toArray();
        int[] targets = new int[firsts.length];
        Map<List<Integer>, Integer> reached = new HashMap<>();
        int piece = 0;
        for (List<Integer> open : starting.values()) {
            targets[piece++] =
                    open.isEmpty()
                            ? CharacterAutomaton.NONE
                            : reached.computeIfAbsent(open, key -> number(closed(key)));
        }
        return CharacterAutomaton.joined(firsts, targets, set.get(end));
    }
}
