package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An expression's automaton with empty moves (Thompson 1968), made deterministic by taking the
/// sets of states that a text may lead to (Rabin and Scott 1959).
final class SubsetConstruction {
    private static final int NONE = -1;

    /// What a state costs beside its pieces.
    private static final int STEPS_A_STATE = 16;

    private final WorkLimit limit;
    private final int end;

    /// Each state's moves and empty moves, as lists that end in NONE.
    private int states;

    private int[] firstMove = new int[64];
    private int[] firstEmpty = new int[64];

    /// Moves on one character of a set of ranges.
    private int moves;

    private int[][] ranges = new int[64][];
    private int[] target = new int[64];
    private int[] nextMove = new int[64];

    private int empties;
    private int[] emptyTarget = new int[64];
    private int[] nextEmpty = new int[64];

    private final Map<IntBuffer, Integer> numbers = new HashMap<>();
    private final Map<IntBuffer, Integer> numbersByTargets = new HashMap<>();
    private final List<int[]> sets = new ArrayList<>();

    /// The round in which a state was last met, by state.
    private final int[] met;

    private int round;
    private final int[] pending;
    private final int[] members;

    SubsetConstruction(Expression expression, WorkLimit limit) {
        this.limit = limit;
        int start = newState();
        this.end = add(expression, start);
        this.met = new int[states];
        this.pending = new int[states];
        this.members = new int[states];
        number(new int[] {start});
    }

    CharacterAutomaton automaton() {
        List<CharacterAutomaton.State> result = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            result.add(state(sets.get(i)));
        }
        return CharacterAutomaton.trimmed(result);
    }

    /// Adds what leads from a state through the expression; the state where it ends.
    private int add(Expression expression, int from) {
        return switch (expression) {
            case Expression.Literal(String text) -> {
                int state = from;
                for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
                    int character = text.codePointAt(i);
                    state = move(state, new int[] {character, character});
                }
                yield state;
            }
            case Expression.CharClass(int[] set) -> move(from, set);
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
                    empty(from, branch);
                    empty(add(option, branch), join);
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
            empty(state, join);
            empty(add(body, join), join);
            return join;
        }
        for (int i = min; i < max; i++) {
            limit.spend(1);
            empty(state, join);
            state = add(body, state);
        }
        empty(state, join);
        return join;
    }

    private int addNetwork(Expression.Network network, int from) {
        int[] entries = new int[network.states().size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = newState();
        }
        int join = newState();
        empty(from, entries[0]);
        for (int i = 0; i < entries.length; i++) {
            for (Expression.Edge edge : network.states().get(i)) {
                empty(add(edge.label(), entries[i]), entries[edge.target()]);
            }
            if (network.accepting().get(i)) {
                empty(entries[i], join);
            }
        }
        return join;
    }

    private int newState() {
        limit.spend(1);
        if (states == firstMove.length) {
            firstMove = Arrays.copyOf(firstMove, 2 * states);
            firstEmpty = Arrays.copyOf(firstEmpty, 2 * states);
        }
        firstMove[states] = NONE;
        firstEmpty[states] = NONE;
        return states++;
    }

    private int move(int from, int[] set) {
        int to = newState();
        if (moves == target.length) {
            ranges = Arrays.copyOf(ranges, 2 * moves);
            target = Arrays.copyOf(target, 2 * moves);
            nextMove = Arrays.copyOf(nextMove, 2 * moves);
        }
        ranges[moves] = set;
        target[moves] = to;
        nextMove[moves] = firstMove[from];
        firstMove[from] = moves++;
        return to;
    }

    private void empty(int from, int to) {
        if (empties == emptyTarget.length) {
            emptyTarget = Arrays.copyOf(emptyTarget, 2 * empties);
            nextEmpty = Arrays.copyOf(nextEmpty, 2 * empties);
        }
        emptyTarget[empties] = to;
        nextEmpty[empties] = firstEmpty[from];
        firstEmpty[from] = empties++;
    }

    /// The number of the set that these states lead to without reading.
    private int number(int[] from) {
        Integer known = numbersByTargets.get(IntBuffer.wrap(from));
        if (known == null) {
            int[] set = closed(from);
            known = numbers.putIfAbsent(IntBuffer.wrap(set), sets.size());
            if (known == null) {
                known = sets.size();
                sets.add(set);
                limit.atMost(CharacterAutomaton.MOST_STATES, sets.size(), "states of a pattern");
            }
            numbersByTargets.put(IntBuffer.wrap(from), known);
        }
        return known;
    }

    /// The states that some lead to without reading, rising: of those the ones that read or end,
    /// since the others make no difference.
    private int[] closed(int[] from) {
        round++;
        int waiting = 0;
        int count = 0;
        for (int state : from) {
            waiting = meet(state, waiting);
        }
        while (waiting > 0) {
            int state = pending[--waiting];
            limit.spend(1);
            if (state == end || firstMove[state] != NONE) {
                members[count++] = state;
            }
            for (int i = firstEmpty[state]; i != NONE; i = nextEmpty[i]) {
                limit.spend(1);
                waiting = meet(emptyTarget[i], waiting);
            }
        }
        int[] set = Arrays.copyOf(members, count);
        Arrays.sort(set);
        return set;
    }

    private int meet(int state, int waiting) {
        if (met[state] == round) {
            return waiting;
        }
        met[state] = round;
        pending[waiting] = state;
        return waiting + 1;
    }

    /// What a set does on each piece of the characters that none of its moves tells apart.
    private CharacterAutomaton.State state(int[] set) {
        limit.spend(STEPS_A_STATE);
        int[] firsts = pieces(set);
        int[] starts = new int[firsts.length + 1]; // of each piece's targets, once they are counted
        eachPiece(set, firsts, (piece, _) -> starts[piece + 1]++);
        for (int piece = 0; piece < firsts.length; piece++) {
            starts[piece + 1] += starts[piece];
        }
        int[] all = new int[starts[firsts.length]];
        int[] next = Arrays.copyOf(starts, firsts.length);
        eachPiece(set, firsts, (piece, to) -> all[next[piece]++] = to);
        int[] targets = new int[firsts.length];
        for (int piece = 0; piece < targets.length; piece++) {
            targets[piece] =
                    starts[piece] == starts[piece + 1]
                            ? CharacterAutomaton.NONE
                            : number(Arrays.copyOfRange(all, starts[piece], starts[piece + 1]));
        }
        return CharacterAutomaton.joined(firsts, targets, Arrays.binarySearch(set, end) >= 0);
    }

    /// First characters of the pieces, rising from 0.
    private int[] pieces(int[] set) {
        int[] borders = new int[16];
        int count = 1; // the first piece begins at 0
        for (int state : set) {
            for (int i = firstMove[state]; i != NONE; i = nextMove[i]) {
                int more = ranges[i].length;
                limit.spend(1 + more);
                if (count + more > borders.length) {
                    borders = Arrays.copyOf(borders, 2 * (count + more));
                }
                for (int end = 0; end < more; end++) {
                    borders[count++] = ranges[i][end] + end % 2; // behind the last of a range
                }
            }
        }
        Arrays.sort(borders, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            boolean isNew = kept == 0 || borders[kept - 1] != borders[i];
            if (isNew && borders[i] <= Character.MAX_CODE_POINT) {
                borders[kept++] = borders[i];
            }
        }
        return Arrays.copyOf(borders, kept);
    }

    private interface Reached {
        void by(int piece, int target);
    }

    private void eachPiece(int[] set, int[] firsts, Reached reached) {
        for (int state : set) {
            for (int i = firstMove[state]; i != NONE; i = nextMove[i]) {
                for (int range = 0; range < ranges[i].length; range += 2) {
                    int piece = Arrays.binarySearch(firsts, ranges[i][range]);
                    int last = ranges[i][range + 1];
                    for (; piece < firsts.length && firsts[piece] <= last; piece++) {
                        limit.spend(1);
                        reached.by(piece, target[i]);
                    }
                }
            }
        }
    }
}
