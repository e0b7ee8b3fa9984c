package dev.tramontane.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A compiled grammar: a deterministic automaton for each unit, in one numbering of states, that
/// reads bytes and takes other units. Immutable.
///
/// A state that takes a unit goes on in the unit's start, with the state behind it on a stack;
/// where the unit may end, that state is taken from the stack. {@link StateSpace} runs it.
final class Automaton {
    private static final int MOST_SPACE_BEFORE = 8;

    /// White space that may stand before a text where its reader takes it away.
    private static final Expression SPACE_BEFORE =
            new Expression.Repeat(
                    Expression.characters('\t', '\n', '\r', '\r', ' ', ' '), 0, MOST_SPACE_BEFORE);

    private final int[] classOf;
    private final int classes;
    private final int[][] bytes;
    private final int[][] calls;
    private final BitSet accepting;
    private final List<NfaBuilder.Unit> units;
    private final int[] starts;
    private final int[] unitOf;
    private final int[][] returns;
    private final boolean emptyText;
    private final BitSet usedBytes = new BitSet(256);

    private Automaton(
            int[] classOf, List<Dfa> parts, List<NfaBuilder.Unit> units, boolean emptyText) {
        this.classOf = classOf;
        this.classes = classOf[255] + 1;
        this.units = units;
        this.emptyText = emptyText;
        int states = parts.stream().mapToInt(Dfa::states).sum();
        this.bytes = new int[states][];
        this.calls = new int[states][];
        this.accepting = new BitSet(states);
        this.starts = new int[parts.size()];
        this.unitOf = new int[states];
        int origin = 0;
        for (int unit = 0; unit < starts.length; unit++) {
            starts[unit] = origin;
            origin = append(parts.get(unit), origin);
            Arrays.fill(unitOf, starts[unit], origin, unit);
        }
        this.returns = returns();
    }

    /// int[units][], the states behind each unit.
    private int[][] returns() {
        int[] count = new int[starts.length];
        for (int[] edges : calls) {
            for (int i = 0; i < edges.length; i += 2) {
                count[edges[i]]++;
            }
        }
        int[][] behind = new int[starts.length][];
        for (int unit = 0; unit < starts.length; unit++) {
            behind[unit] = new int[count[unit]];
        }
        for (int[] edges : calls) {
            for (int i = 0; i < edges.length; i += 2) {
                behind[edges[i]][--count[edges[i]]] = edges[i + 1];
            }
        }
        for (int unit = 0; unit < starts.length; unit++) {
            behind[unit] = Arrays.stream(behind[unit]).sorted().distinct().toArray();
        }
        return behind;
    }

    private int append(Dfa part, int origin) {
        for (int state = 0; state < part.states(); state++) {
            bytes[origin + state] = Dfa.moved(part.bytes()[state], 3, origin);
            calls[origin + state] = Dfa.moved(part.calls()[state], 2, origin);
            accepting.set(origin + state, part.accepting().get(state));
        }
        return origin + part.states();
    }

    /// Compiles a grammar.
    ///
    /// @throws InvalidGrammarException when it is malformed, matches nothing, or is too much
    static Automaton compile(GrammarSource source, Effort effort) {
        var rules = new RuleTable(source, effort);
        Expression root = rules.body(rules.index(source.root()));
        if (!rules.isProductive(root)) {
            throw new InvalidGrammarException(
                    "rule " + source.root(),
                    "no text matches it, expected one at least; give each recursive rule an alternative without itself");
        }
        var nfa = new Nfa(effort);
        var builder = new NfaBuilder(nfa, rules);
        List<NfaBuilder.Unit> units = List.copyOf(builder.build(source.root(), SPACE_BEFORE));
        int[] classOf = nfa.byteClasses();
        var determinizer = new Determinizer(nfa, classOf, effort);
        List<Dfa> parts = new ArrayList<>();
        for (NfaBuilder.Unit unit : units) {
            Dfa dfa = determinizer.determinize(unit.start(), unit.end()).withoutEmpty();
            parts.add(Minimizer.minimized(dfa, classOf[255] + 1, effort));
        }
        var automaton = new Automaton(classOf, parts, units, rules.isNullable(root));
        automaton.refuseLeftRecursion();
        automaton.findUsedBytes();
        return automaton;
    }

    /// Refuses units that begin with themselves: going into them would never end.
    private void refuseLeftRecursion() {
        int[] progress = new int[units.size()]; // calls of the start that were looked at; −1 done
        int[] path = new int[units.size()];
        var open = new BitSet();
        for (int first = 0; first < path.length; first++) {
            int depth = 0;
            if (progress[first] >= 0) {
                path[depth++] = first;
                open.set(first);
            }
            while (depth > 0) {
                int unit = path[depth - 1];
                int[] begins = startCalls(unit);
                if (progress[unit] < begins.length) {
                    int callee = begins[progress[unit]];
                    progress[unit] += 2;
                    if (open.get(callee)) {
                        throw new InvalidGrammarException(
                                units.get(callee).name(),
                                "it begins with itself (left recursion), which is not supported; write it as a repetition, such as term (\"+\" term)*");
                    }
                    if (progress[callee] >= 0) {
                        path[depth++] = callee;
                        open.set(callee);
                    }
                } else {
                    progress[unit] = -1;
                    open.clear(unit);
                    depth--;
                }
            }
        }
    }

    private int[] startCalls(int unit) {
        return isEmptyUnit(unit) ? new int[0] : calls[starts[unit]];
    }

    private void findUsedBytes() {
        var used = new BitSet(classes);
        for (int state = 0; state < bytes.length; state++) {
            int[] edges = bytes[state];
            for (int i = 0;
                    i < edges.length && unitOf(state) != NfaBuilder.TEXT_BEHIND_SPACE;
                    i += 3) {
                used.set(edges[i], edges[i + 1] + 1);
            }
        }
        for (int b = 0; b < 256; b++) {
            usedBytes.set(b, used.get(classOf[b]));
        }
    }

    int states() {
        return bytes.length;
    }

    /// Number of classes of bytes.
    int classes() {
        return classes;
    }

    int classOf(byte b) {
        return classOf[b & 0xFF];
    }

    /// The bytes that may come in some text, without white space before it; only read.
    BitSet usedBytes() {
        return usedBytes;
    }

    /// The state that a byte of a class leads to, −1 for none.
    int after(int state, int byteClass) {
        int[] edges = bytes[state];
        int low = 0;
        int high = edges.length / 3 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (edges[3 * middle + 1] < byteClass) {
                low = middle + 1;
            } else if (edges[3 * middle] > byteClass) {
                high = middle - 1;
            } else {
                return edges[3 * middle + 2];
            }
        }
        return -1;
    }

    /// Whether a byte leads on from a state.
    boolean reads(int state) {
        return bytes[state].length > 0;
    }

    /// The units that may come in a state, each with the state behind it; only read.
    int[] calls(int state) {
        return calls[state];
    }

    /// Whether the state's unit may end here.
    boolean accepts(int state) {
        return accepting.get(state);
    }

    /// Whether the state's unit can only end here.
    boolean onlyAccepts(int state) {
        return bytes[state].length == 0 && calls[state].length == 0;
    }

    /// The unit that a state belongs to.
    int unitOf(int state) {
        return unitOf[state];
    }

    /// The states in which a text may go on behind a unit, wherever it stands: those behind its
    /// calls, and where these end units of their own, those behind them.
    ///
    /// @param isDone whether a counted unit does not come again
    BitSet follow(int unit, boolean isDone) {
        var states = new BitSet();
        var units = new BitSet();
        int[] pending = new int[starts.length];
        int count = 0;
        pending[count++] = unit;
        units.set(unit);
        while (count > 0) {
            int ended = pending[--count];
            for (int state : returns[ended]) {
                states.set(state);
                if (accepts(state) && !units.get(unitOf[state])) {
                    units.set(unitOf[state]);
                    pending[count++] = unitOf[state];
                }
            }
            if (max(ended) > 0 && !(isDone && ended == unit)) {
                states.set(start(ended));
            }
        }
        return states;
    }

    /// The first state of a unit, behind which at least one byte comes.
    int start(int unit) {
        return starts[unit];
    }

    /// Whether a unit has no text but the empty one; then it has no start.
    boolean isEmptyUnit(int unit) {
        int next = unit + 1 < starts.length ? starts[unit + 1] : states();
        return starts[unit] == next;
    }

    /// Times that a counted unit comes at least.
    int min(int unit) {
        return units.get(unit).min();
    }

    /// Times that a counted unit comes at most; 0 for a rule.
    int max(int unit) {
        return units.get(unit).max();
    }

    /// Whether the empty text matches.
    boolean emptyText() {
        return emptyText;
    }
}
