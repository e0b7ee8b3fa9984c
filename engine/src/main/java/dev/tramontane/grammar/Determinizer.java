package dev.tramontane.grammar;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// From a unit's nondeterministic automaton to a deterministic one, by sets of states (Rabin and
/// Scott 1959). Sets hold only states that read something or end the unit.
final class Determinizer {
    private static final int CLASSES_A_STEP = 4;

    private final Nfa nfa;
    private final Effort effort;
    private final int[] classes;
    private final int[][] seeds;
    private final int[] seedCounts;

    private final int[] seen;
    private int round;
    private int[] pending = new int[64];
    private int[] members = new int[64];

    /// Units in the upper half of each, the states behind them in the lower.
    private long[] calls = new long[64];

    private final Map<IntBuffer, Integer> known = new HashMap<>();
    private final Map<IntBuffer, Integer> knownBySeeds = new HashMap<>();
    private final List<int[]> sets = new ArrayList<>();

    /// @param classes int[256], the class of each byte
    Determinizer(Nfa nfa, int[] classes, Effort effort) {
        this.nfa = nfa;
        this.classes = classes;
        this.effort = effort;
        this.seeds = new int[classes[255] + 1][4];
        this.seedCounts = new int[classes[255] + 1];
        this.seen = new int[nfa.states()];
    }

    /// The automaton of one unit.
    Dfa determinize(int start, int end) {
        known.clear();
        knownBySeeds.clear();
        sets.clear();
        List<int[]> bytes = new ArrayList<>();
        List<int[]> calls = new ArrayList<>();
        var accepting = new BitSet();
        state(new int[] {start}, end);
        for (int state = 0; state < sets.size(); state++) {
            int[] set = sets.get(state);
            bytes.add(byteEdges(set, end));
            calls.add(callEdges(set, end));
            accepting.set(state, Arrays.binarySearch(set, end) >= 0);
            effort.addState(bytes.getLast().length / 3 + calls.getLast().length / 2 > 1);
        }
        return new Dfa(bytes.toArray(int[][]::new), calls.toArray(int[][]::new), accepting)
                .trimmed();
    }

    private int[] byteEdges(int[] set, int end) {
        Arrays.fill(seedCounts, 0);
        for (int state : set) {
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (!nfa.isEpsilon(edge) && !nfa.isCall(edge)) {
                    int first = classes[nfa.first(edge)];
                    int last = classes[nfa.last(edge)];
                    for (int c = first; c <= last; c++) {
                        seed(c, nfa.target(edge));
                    }
                    effort.spend(1 + (last - first) / CLASSES_A_STEP);
                }
            }
        }
        int[] edges = new int[12];
        int length = 0;
        for (int c = 0; c < seeds.length; c++) {
            if (seedCounts[c] == 0) {
                continue;
            }
            boolean same = length > 0 && edges[length - 2] == c - 1 && sameSeeds(c - 1, c);
            if (same) {
                edges[length - 2] = c;
                continue;
            }
            int to = state(Arrays.copyOf(seeds[c], seedCounts[c]), end);
            if (length > 0 && edges[length - 2] == c - 1 && edges[length - 1] == to) {
                edges[length - 2] = c;
                continue;
            }
            if (length == edges.length) {
                edges = Arrays.copyOf(edges, 2 * length);
            }
            edges[length++] = c;
            edges[length++] = c;
            edges[length++] = to;
        }
        return Arrays.copyOf(edges, length);
    }

    private void seed(int c, int target) {
        if (seedCounts[c] == seeds[c].length) {
            seeds[c] = Arrays.copyOf(seeds[c], 2 * seedCounts[c]);
        }
        seeds[c][seedCounts[c]++] = target;
    }

    private boolean sameSeeds(int c, int d) {
        return Arrays.equals(seeds[c], 0, seedCounts[c], seeds[d], 0, seedCounts[d]);
    }

    private int[] callEdges(int[] set, int end) {
        int count = 0;
        for (int state : set) {
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (nfa.isCall(edge)) {
                    if (count == calls.length) {
                        calls = Arrays.copyOf(calls, 2 * count);
                    }
                    calls[count++] = (long) nfa.last(edge) << Integer.SIZE | nfa.target(edge);
                }
            }
        }
        effort.spend(2L * count);
        Arrays.sort(calls, 0, count);
        int[] edges = new int[2 * count];
        int length = 0;
        for (int first = 0; first < count; ) {
            int unit = unit(calls[first]);
            int past = first;
            while (past < count && unit(calls[past]) == unit) {
                past++;
            }
            edges[length++] = unit;
            edges[length++] =
                    state(Arrays.stream(calls, first, past).mapToInt(c -> (int) c).toArray(), end);
            first = past;
        }
        return Arrays.copyOf(edges, length);
    }

    private static int unit(long call) {
        return (int) (call >> Integer.SIZE);
    }

    /// The number of the set that these states lead to without reading.
    private int state(int[] from, int end) {
        Integer number = knownBySeeds.get(IntBuffer.wrap(from));
        if (number == null) {
            int[] set = closure(from, end);
            number = known.get(IntBuffer.wrap(set));
            if (number == null) {
                number = sets.size();
                known.put(IntBuffer.wrap(set), number);
                sets.add(set);
            }
            knownBySeeds.put(IntBuffer.wrap(from), number);
        }
        return number;
    }

    private int[] closure(int[] from, int end) {
        round++;
        int waiting = 0;
        int count = 0;
        for (int state : from) {
            waiting = reach(state, waiting);
        }
        while (waiting > 0) {
            int state = pending[--waiting];
            boolean reads = state == end;
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                effort.spend(1);
                if (nfa.isEpsilon(edge)) {
                    waiting = reach(nfa.target(edge), waiting);
                } else {
                    reads = true;
                }
            }
            if (reads) {
                if (count == members.length) {
                    members = Arrays.copyOf(members, 2 * count);
                }
                members[count++] = state;
            }
            effort.spend(1);
        }
        int[] set = Arrays.copyOf(members, count);
        Arrays.sort(set);
        return set;
    }

    private int reach(int state, int waiting) {
        if (seen[state] == round) {
            return waiting;
        }
        seen[state] = round;
        if (waiting == pending.length) {
            pending = Arrays.copyOf(pending, 2 * waiting);
        }
        pending[waiting] = state;
        return waiting + 1;
    }
}
