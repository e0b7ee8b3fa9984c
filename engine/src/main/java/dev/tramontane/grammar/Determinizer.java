package dev.tramontane.grammar;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// From a unit's nondeterministic automaton to a deterministic one, by sets of states (Rabin and
/// Scott 1959). Sets hold only states that read something or end the unit.
final class Determinizer {
    private final Nfa nfa;
    private final Effort effort;
    private final int[] classes;
    private final int[][] seeds;
    private final int[] seedCounts;

    private final int[] seen;
    private int round;
    private int[] pending = new int[64];
    private int[] members = new int[64];

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
                    int last = classes[nfa.last(edge)];
                    for (int c = classes[nfa.first(edge)]; c <= last; c++) {
                        seed(c, nfa.target(edge));
                    }
                    effort.spend(1 + last / 8);
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
        Map<Integer, int[]> targets = new TreeMap<>();
        for (int state : set) {
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (nfa.isCall(edge)) {
                    int target = nfa.target(edge);
                    targets.merge(nfa.last(edge), new int[] {target}, Determinizer::joined);
                }
            }
        }
        int[] edges = new int[2 * targets.size()];
        int length = 0;
        for (Map.Entry<Integer, int[]> call : targets.entrySet()) {
            edges[length++] = call.getKey();
            edges[length++] = state(call.getValue(), end);
        }
        return edges;
    }

    private static int[] joined(int[] some, int[] more) {
        int[] both = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, both, some.length, more.length);
        return both;
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
