package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.BitSet;

/// Nondeterministic automata over bytes, all units of a grammar in one numbering (Thompson 1968).
///
/// An edge takes a range of bytes, a whole unit, or nothing.
final class Nfa {
    private static final int EPSILON = -1;
    private static final int CALL = -2;

    private final Effort effort;
    private int states;
    private int edges;
    private int[] firstEdge = new int[256];
    private int[] nextEdge = new int[256];
    private int[] low = new int[256];
    private int[] high = new int[256];
    private int[] target = new int[256];

    Nfa(Effort effort) {
        this.effort = effort;
    }

    /// Number of states.
    int states() {
        return states;
    }

    /// A new state without edges.
    int state() {
        effort.spend(1);
        if (states == firstEdge.length) {
            firstEdge = Arrays.copyOf(firstEdge, 2 * states);
        }
        firstEdge[states] = -1;
        return states++;
    }

    void epsilon(int from, int to) {
        edge(from, EPSILON, 0, to);
    }

    /// An edge that one byte of a range takes.
    void bytes(int from, int first, int last, int to) {
        edge(from, first, last, to);
    }

    /// An edge that a unit takes.
    void call(int from, int unit, int to) {
        edge(from, CALL, unit, to);
    }

    private void edge(int from, int first, int last, int to) {
        effort.spend(1);
        if (edges == target.length) {
            int room = 2 * edges;
            nextEdge = Arrays.copyOf(nextEdge, room);
            low = Arrays.copyOf(low, room);
            high = Arrays.copyOf(high, room);
            target = Arrays.copyOf(target, room);
        }
        nextEdge[edges] = firstEdge[from];
        low[edges] = first;
        high[edges] = last;
        target[edges] = to;
        firstEdge[from] = edges++;
    }

    /// The first edge of a state, −1 for none.
    int firstEdge(int state) {
        return firstEdge[state];
    }

    /// The edge after this one of the same state, −1 for none.
    int nextEdge(int edge) {
        return nextEdge[edge];
    }

    int target(int edge) {
        return target[edge];
    }

    boolean isEpsilon(int edge) {
        return low[edge] == EPSILON;
    }

    boolean isCall(int edge) {
        return low[edge] == CALL;
    }

    /// The first byte of an edge's range.
    int first(int edge) {
        return low[edge];
    }

    /// The last byte of an edge's range; its unit, when it is a call.
    int last(int edge) {
        return high[edge];
    }

    /// int[256], the class of each byte: no edge tells two bytes of one class apart. Numbers rise
    /// with bytes.
    int[] byteClasses() {
        var starts = new BitSet(257);
        for (int edge = 0; edge < edges; edge++) {
            if (low[edge] >= 0) {
                starts.set(low[edge]);
                starts.set(high[edge] + 1);
            }
        }
        int[] classes = new int[256];
        for (int b = 1; b < 256; b++) {
            classes[b] = classes[b - 1] + (starts.get(b) ? 1 : 0);
        }
        return classes;
    }
}
