package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A regular language over characters as a deterministic automaton: what patterns, lengths, formats
/// and bounds of numbers become, since these can be intersected and complemented, which expressions
/// cannot. Immutable. Every state can still reach an accepting one, but perhaps the first.
final class CharacterAutomaton {
    /// No successor.
    static final int NONE = -1;

    static final int MOST_STATES = 10_000;

    private static final int STEPS_A_STATE = 8;

    /// What spelling one piece of a state's characters costs.
    private static final long STEPS_AN_EDGE = 4;

    /// A state's successors.
    ///
    /// @param firsts first code point of each piece; the first is 0, each reaches to the next
    /// @param targets state that each piece leads to, or {@link #NONE}
    record State(int[] firsts, int[] targets, boolean accepts) {
        int target(int character) {
            int place = Arrays.binarySearch(firsts, character);
            return targets[place >= 0 ? place : -place - 2];
        }

        int last(int piece) {
            return piece + 1 < firsts.length ? firsts[piece + 1] - 1 : Character.MAX_CODE_POINT;
        }
    }

    private final List<State> states;

    private CharacterAutomaton(List<State> states) {
        this.states = states;
    }

    /// The language of an expression without references.
    static CharacterAutomaton of(Expression expression, WorkLimit limit) {
        return new SubsetConstruction(expression, limit).automaton();
    }

    /// Exactly these texts.
    static CharacterAutomaton of(Iterable<String> texts, WorkLimit limit) {
        List<Expression> literals = new ArrayList<>();
        texts.forEach(text -> literals.add(JsonStrings.literal(text, limit)));
        return of(new Expression.Choice(literals), limit);
    }

    /// All texts of so many characters.
    ///
    /// @param most {@link Constraint#UNLIMITED} for no limit
    static CharacterAutomaton ofLength(int least, int most, WorkLimit limit) {
        limit.atMost(MOST_STATES - 1, least, "characters beside other constraints");
        int end = most == Constraint.UNLIMITED ? least : most;
        limit.atMost(MOST_STATES - 1, end, "characters beside other constraints");
        limit.spend(end);
        List<State> states = new ArrayList<>();
        for (int length = 0; length <= end; length++) {
            int next = length < end ? length + 1 : most == Constraint.UNLIMITED ? length : NONE;
            states.add(new State(new int[] {0}, new int[] {next}, length >= least));
        }
        return new CharacterAutomaton(states);
    }

    /// What both accept.
    CharacterAutomaton and(CharacterAutomaton other, WorkLimit limit) {
        return new Product(this, other, limit).automaton();
    }

    /// All other texts.
    CharacterAutomaton complement(WorkLimit limit) {
        int sink = states.size();
        List<State> result = new ArrayList<>();
        for (State state : states) {
            limit.spend(STEPS_A_STATE + state.targets.length);
            int[] targets = state.targets.clone();
            for (int i = 0; i < targets.length; i++) {
                targets[i] = targets[i] == NONE ? sink : targets[i];
            }
            result.add(new State(state.firsts, targets, !state.accepts));
        }
        result.add(new State(new int[] {0}, new int[] {sink}, true));
        return trimmed(result);
    }

    /// What this accepts and the other does not.
    CharacterAutomaton minus(CharacterAutomaton other, WorkLimit limit) {
        return and(other.complement(limit), limit);
    }

    /// What either accepts.
    CharacterAutomaton or(CharacterAutomaton other, WorkLimit limit) {
        return complement(limit).and(other.complement(limit), limit).complement(limit);
    }

    boolean isEmpty() {
        return states.size() == 1
                && !states.getFirst().accepts
                && Arrays.stream(states.getFirst().targets).allMatch(target -> target == NONE);
    }

    boolean matches(String text) {
        int state = 0;
        for (int i = 0; i < text.length() && state != NONE; ) {
            int character = text.codePointAt(i);
            state = states.get(state).target(character);
            i += Character.charCount(character);
        }
        return state != NONE && states.get(state).accepts;
    }

    /// The automaton as a network, a character's set spelled as the caller likes.
    Expression network(Function<Expression.CharClass, Expression> spelling, WorkLimit limit) {
        List<List<Expression.Edge>> network = new ArrayList<>();
        BitSet accepting = new BitSet();
        for (int i = 0; i < states.size(); i++) {
            limit.spend(STEPS_AN_EDGE * (1 + states.get(i).targets.length));
            network.add(edges(states.get(i), spelling));
            accepting.set(i, states.get(i).accepts);
        }
        return new Expression.Network(network, accepting);
    }

    /// One edge for each target, with all the characters that lead there.
    private static List<Expression.Edge> edges(
            State state, Function<Expression.CharClass, Expression> spelling) {
        long[] pieces = new long[state.targets.length]; // by target, then by their order
        int count = 0;
        for (int piece = 0; piece < pieces.length; piece++) {
            if (state.targets[piece] != NONE) {
                pieces[count++] = (long) state.targets[piece] << Integer.SIZE | piece;
            }
        }
        Arrays.sort(pieces, 0, count);
        List<Expression.Edge> edges = new ArrayList<>();
        int[] pairs = new int[2 * count];
        int length = 0;
        for (int i = 0; i < count; i++) {
            int piece = (int) pieces[i];
            int target = state.targets[piece];
            pairs[length++] = state.firsts[piece];
            pairs[length++] = state.last(piece);
            if (i + 1 == count || state.targets[(int) pieces[i + 1]] != target) {
                Expression.CharClass set = Expression.characters(Arrays.copyOf(pairs, length));
                edges.add(new Expression.Edge(spelling.apply(set), target));
                length = 0;
            }
        }
        return edges;
    }

    /// The same automaton with only those states that the first reaches and that reach an accepting
    /// one, numbered in the order in which they are reached.
    static CharacterAutomaton trimmed(List<State> states) {
        BitSet alive = alive(states);
        int[] numbers = new int[states.size()];
        Arrays.fill(numbers, NONE);
        int[] order = new int[states.size()];
        int count = 1;
        numbers[0] = 0;
        List<State> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            State state = states.get(order[i]);
            int[] targets = new int[state.targets.length];
            for (int piece = 0; piece < targets.length; piece++) {
                int target = state.targets[piece];
                if (target == NONE || !alive.get(target)) {
                    targets[piece] = NONE;
                    continue;
                }
                if (numbers[target] == NONE) {
                    numbers[target] = count;
                    order[count++] = target;
                }
                targets[piece] = numbers[target];
            }
            result.add(joined(state.firsts, targets, state.accepts));
        }
        return new CharacterAutomaton(List.copyOf(result));
    }

    /// The states that reach an accepting one.
    private static BitSet alive(List<State> states) {
        int[] first = new int[states.size() + 1]; // of each state's sources
        for (State state : states) {
            for (int target : state.targets) {
                first[target + 1]++; // those that lead nowhere come first and are skipped
            }
        }
        first[0] = 0;
        for (int i = 0; i < states.size(); i++) {
            first[i + 1] += first[i];
        }
        int[] sources = new int[first[states.size()]];
        int[] next = first.clone();
        BitSet alive = new BitSet();
        int[] pending = new int[states.size()];
        int count = 0;
        for (int i = 0; i < states.size(); i++) {
            for (int target : states.get(i).targets) {
                if (target != NONE) {
                    sources[next[target]++] = i;
                }
            }
            if (states.get(i).accepts) {
                alive.set(i);
                pending[count++] = i;
            }
        }
        while (count > 0) {
            int state = pending[--count];
            for (int i = first[state]; i < first[state + 1]; i++) {
                if (!alive.get(sources[i])) {
                    alive.set(sources[i]);
                    pending[count++] = sources[i];
                }
            }
        }
        return alive;
    }

    /// The same language in the fewest states: those that accept the same rests become one (Moore
    /// 1956).
    CharacterAutomaton minimized(WorkLimit limit) {
        int[] blocks = new int[states.size()];
        int count = 1;
        while (true) {
            Map<IntBuffer, Integer> numbers = new HashMap<>();
            int[] finer = new int[blocks.length];
            for (int i = 0; i < blocks.length; i++) {
                State seen = inBlocks(states.get(i), blocks);
                int pieces = seen.firsts.length;
                int[] signature = new int[2 + 2 * pieces];
                signature[0] = blocks[i];
                signature[1] = seen.accepts ? 1 : 0;
                System.arraycopy(seen.firsts, 0, signature, 2, pieces);
                System.arraycopy(seen.targets, 0, signature, 2 + pieces, pieces);
                limit.spend(2 + states.get(i).firsts.length);
                finer[i] = numbers.computeIfAbsent(IntBuffer.wrap(signature), _ -> numbers.size());
            }
            blocks = finer;
            if (numbers.size() == count) {
                break;
            }
            count = numbers.size();
        }
        State[] result = new State[count];
        for (int i = 0; i < blocks.length; i++) {
            result[blocks[i]] = inBlocks(states.get(i), blocks);
        }
        return new CharacterAutomaton(List.of(result));
    }

    private static State inBlocks(State state, int[] blocks) {
        int[] targets = new int[state.targets.length];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = state.targets[i] == NONE ? NONE : blocks[state.targets[i]];
        }
        return joined(state.firsts, targets, state.accepts);
    }

    /// A state whose neighbouring pieces with one target are one.
    static State joined(int[] firsts, int[] targets, boolean accepts) {
        int length = 0;
        int[] first = new int[firsts.length];
        int[] target = new int[firsts.length];
        for (int i = 0; i < firsts.length; i++) {
            if (length == 0 || target[length - 1] != targets[i]) {
                first[length] = firsts[i];
                target[length++] = targets[i];
            }
        }
        return new State(Arrays.copyOf(first, length), Arrays.copyOf(target, length), accepts);
    }

    /// Pairs of states of two automata that read the same text.
    private static final class Product {
        private final CharacterAutomaton left;
        private final CharacterAutomaton right;
        private final WorkLimit limit;
        private final Map<Long, Integer> numbers = new HashMap<>();
        private final List<long[]> pairs = new ArrayList<>();

        Product(CharacterAutomaton left, CharacterAutomaton right, WorkLimit limit) {
            this.left = left;
            this.right = right;
            this.limit = limit;
        }

        CharacterAutomaton automaton() {
            number(0, 0);
            List<State> states = new ArrayList<>();
            for (int i = 0; i < pairs.size(); i++) {
                states.add(state((int) pairs.get(i)[0], (int) pairs.get(i)[1]));
            }
            return trimmed(states);
        }

        private int number(int leftState, int rightState) {
            long key = (long) leftState * right.states.size() + rightState;
            Integer known = numbers.putIfAbsent(key, pairs.size());
            if (known != null) {
                return known;
            }
            pairs.add(new long[] {leftState, rightState});
            limit.atMost(MOST_STATES, pairs.size(), "states of a string's or number's constraints");
            return pairs.size() - 1;
        }

        private State state(int leftState, int rightState) {
            State a = left.states.get(leftState);
            State b = right.states.get(rightState);
            int[] firsts = new int[a.firsts.length + b.firsts.length];
            int[] targets = new int[firsts.length];
            int length = 0;
            int i = 0;
            int j = 0;
            while (i < a.firsts.length && j < b.firsts.length) {
                firsts[length] = Math.max(a.firsts[i], b.firsts[j]);
                boolean both = a.targets[i] != NONE && b.targets[j] != NONE;
                targets[length++] = both ? number(a.targets[i], b.targets[j]) : NONE;
                int aLast = a.last(i);
                int bLast = b.last(j);
                i += aLast <= bLast ? 1 : 0;
                j += bLast <= aLast ? 1 : 0;
            }
            limit.spend(STEPS_A_STATE + length);
            return joined(
                    Arrays.copyOf(firsts, length),
                    Arrays.copyOf(targets, length),
                    a.accepts && b.accepts);
        }
    }
}
