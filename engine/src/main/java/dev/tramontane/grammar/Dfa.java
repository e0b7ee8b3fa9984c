package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.BitSet;

/// A deterministic automaton over classes of bytes and units; state 0 is its start. No state is
/// without a way from the start and to an end.
///
/// @param bytes int[states][3 * edges], each edge a first class, a last one, and the state it leads
///   to, in the order of classes
/// @param calls int[states][2 * edges], each edge a unit and the state behind it, in the order of
///   units
/// @param accepting states in which a text may end
@SuppressWarnings("ArrayRecordComponent") // never compared
record Dfa(int[][] bytes, int[][] calls, BitSet accepting) {
    int states() {
        return bytes.length;
    }

    /// The same without the empty text: no state that is the start again stops accepting by it.
    Dfa withoutEmpty() {
        if (!accepting.get(0)) {
            return this;
        }
        int states = states();
        int[][] newBytes = new int[states + 1][];
        int[][] newCalls = new int[states + 1][];
        var newAccepting = new BitSet(states + 1);
        for (int state = 0; state < states; state++) {
            newBytes[state + 1] = moved(bytes[state], 3, 1);
            newCalls[state + 1] = moved(calls[state], 2, 1);
            newAccepting.set(state + 1, accepting.get(state));
        }
        newBytes[0] = newBytes[1];
        newCalls[0] = newCalls[1];
        return new Dfa(newBytes, newCalls, newAccepting).trimmed();
    }

    /// Edges to states with other numbers.
    ///
    /// @param length of an edge, whose last number is the state
    static int[] moved(int[] edges, int length, int by) {
        int[] result = edges.clone();
        for (int i = length - 1; i < result.length; i += length) {
            result[i] += by;
        }
        return result;
    }

    /// The same without states that lie on no way from the start to an end; no states at all when
    /// nothing matches.
    Dfa trimmed() {
        BitSet useful = reachable();
        useful.and(finishing());
        int[] number = new int[states()];
        int kept = 0;
        for (int state = 0; state < number.length; state++) {
            number[state] = useful.get(state) ? kept++ : -1;
        }
        if (!useful.get(0)) {
            return new Dfa(new int[0][], new int[0][], new BitSet());
        }
        int[][] newBytes = new int[kept][];
        int[][] newCalls = new int[kept][];
        var newAccepting = new BitSet(kept);
        for (int state = 0; state < number.length; state++) {
            if (number[state] >= 0) {
                newBytes[number[state]] = renumbered(bytes[state], 3, number);
                newCalls[number[state]] = renumbered(calls[state], 2, number);
                newAccepting.set(number[state], accepting.get(state));
            }
        }
        return new Dfa(newBytes, newCalls, newAccepting);
    }

    private static int[] renumbered(int[] edges, int length, int[] number) {
        int[] result = new int[edges.length];
        int kept = 0;
        for (int i = 0; i < edges.length; i += length) {
            int to = number[edges[i + length - 1]];
            if (to >= 0) {
                System.arraycopy(edges, i, result, kept, length - 1);
                result[kept + length - 1] = to;
                kept += length;
            }
        }
        return kept == result.length ? result : Arrays.copyOf(result, kept);
    }

    private BitSet reachable() {
        var found = new BitSet(states());
        int[] pending = new int[states()];
        int count = 0;
        found.set(0);
        pending[count++] = 0;
        while (count > 0) {
            int state = pending[--count];
            count = reach(bytes[state], 3, found, pending, count);
            count = reach(calls[state], 2, found, pending, count);
        }
        return found;
    }

    private static int reach(int[] edges, int length, BitSet found, int[] pending, int count) {
        int next = count;
        for (int i = length - 1; i < edges.length; i += length) {
            if (!found.get(edges[i])) {
                found.set(edges[i]);
                pending[next++] = edges[i];
            }
        }
        return next;
    }

    /// The states from which an end can be reached.
    private BitSet finishing() {
        int states = states();
        int[] first = new int[states + 1];
        for (int state = 0; state < states; state++) {
            count(bytes[state], 3, first);
            count(calls[state], 2, first);
        }
        for (int state = 0; state < states; state++) {
            first[state + 1] += first[state];
        }
        int[] sources = new int[first[states]];
        int[] next = first.clone();
        for (int state = 0; state < states; state++) {
            for (int i = 2; i < bytes[state].length; i += 3) {
                sources[next[bytes[state][i]]++] = state;
            }
            for (int i = 1; i < calls[state].length; i += 2) {
                sources[next[calls[state][i]]++] = state;
            }
        }
        BitSet found = (BitSet) accepting.clone();
        int[] pending = new int[states];
        int count = 0;
        for (int state = found.nextSetBit(0); state >= 0; state = found.nextSetBit(state + 1)) {
            pending[count++] = state;
        }
        while (count > 0) {
            int state = pending[--count];
            for (int i = first[state]; i < first[state + 1]; i++) {
                if (!found.get(sources[i])) {
                    found.set(sources[i]);
                    pending[count++] = sources[i];
                }
            }
        }
        return found;
    }

    private static void count(int[] edges, int length, int[] first) {
        for (int i = length - 1; i < edges.length; i += length) {
            first[edges[i] + 1]++;
        }
    }
}
