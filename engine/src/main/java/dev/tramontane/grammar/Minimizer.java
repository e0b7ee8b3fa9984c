package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.BitSet;

/// The least automaton of the same texts, by splitting blocks of states and of edges in turn
/// (Valmari, "Fast brief practical DFA minimization", 2012).
final class Minimizer {
    /// Automata with more edges stay as they are: being small is a wish, and time is not ours.
    private static final int MOST_EDGES = 400_000;

    private final Dfa dfa;
    private final Effort effort;
    private int edges;
    private int[] tails = new int[0];
    private int[] labels = new int[0];
    private int[] heads = new int[0];

    private Minimizer(Dfa dfa, Effort effort) {
        this.dfa = dfa;
        this.effort = effort;
    }

    /// @param dfa trimmed
    /// @param classes number of classes of bytes
    static Dfa minimized(Dfa dfa, int classes, Effort effort) {
        long edges = 0;
        for (int state = 0; state < dfa.states(); state++) {
            int[] bytes = dfa.bytes()[state];
            for (int i = 0; i < bytes.length; i += 3) {
                edges += bytes[i + 1] - bytes[i] + 1;
            }
            edges += dfa.calls()[state].length / 2;
        }
        return edges > MOST_EDGES || dfa.states() == 0
                ? dfa
                : new Minimizer(dfa, effort).minimized((int) edges, classes);
    }

    private Dfa minimized(int count, int classes) {
        listEdges(count, classes);
        int states = dfa.states();
        int[] incoming = new int[states + 1];
        int[] into = incoming(incoming);
        var blocks = new Partition(states);
        for (int s = dfa.accepting().nextSetBit(0); s >= 0; s = dfa.accepting().nextSetBit(s + 1)) {
            blocks.mark(s);
        }
        blocks.split();
        var cords = Partition.byLabel(labels);
        int block = 1;
        for (int cord = 0; cord < cords.count; cord++) {
            for (int i = cords.first[cord]; i < cords.past[cord]; i++) {
                blocks.mark(tails[cords.elements[i]]);
                effort.spend(1);
            }
            blocks.split();
            for (; block < blocks.count; block++) {
                for (int i = blocks.first[block]; i < blocks.past[block]; i++) {
                    int state = blocks.elements[i];
                    for (int j = incoming[state]; j < incoming[state + 1]; j++) {
                        cords.mark(into[j]);
                        effort.spend(1);
                    }
                }
                cords.split();
            }
        }
        return quotient(blocks);
    }

    private void listEdges(int count, int classes) {
        tails = new int[count];
        labels = new int[count];
        heads = new int[count];
        for (int state = 0; state < dfa.states(); state++) {
            int[] bytes = dfa.bytes()[state];
            for (int i = 0; i < bytes.length; i += 3) {
                for (int c = bytes[i]; c <= bytes[i + 1]; c++) {
                    edge(state, c, bytes[i + 2]);
                }
            }
            int[] calls = dfa.calls()[state];
            for (int i = 0; i < calls.length; i += 2) {
                edge(state, classes + calls[i], calls[i + 1]);
            }
        }
    }

    private void edge(int tail, int label, int head) {
        tails[edges] = tail;
        labels[edges] = label;
        heads[edges] = head;
        edges++;
    }

    /// The edges in the order of the states they lead to.
    ///
    /// @param incoming receives where each state's begin
    private int[] incoming(int[] incoming) {
        for (int head : heads) {
            incoming[head + 1]++;
        }
        for (int state = 0; state + 1 < incoming.length; state++) {
            incoming[state + 1] += incoming[state];
        }
        int[] next = incoming.clone();
        int[] into = new int[edges];
        for (int edge = 0; edge < edges; edge++) {
            into[next[heads[edge]]++] = edge;
        }
        return into;
    }

    /// The automaton whose states are blocks; the start's is the first.
    private Dfa quotient(Partition blocks) {
        int start = blocks.blockOf[0];
        int[] number = new int[blocks.count];
        for (int block = 0; block < number.length; block++) {
            number[block] = block == start ? 0 : block < start ? block + 1 : block;
        }
        int[][] bytes = new int[blocks.count][];
        int[][] calls = new int[blocks.count][];
        var accepting = new BitSet();
        for (int block = 0; block < blocks.count; block++) {
            int state = blocks.elements[blocks.first[block]];
            int to = number[block];
            bytes[to] = merged(dfa.bytes()[state], blocks, number);
            calls[to] = dfa.calls()[state].clone();
            for (int i = 1; i < calls[to].length; i += 2) {
                calls[to][i] = number[blocks.blockOf[calls[to][i]]];
            }
            accepting.set(to, dfa.accepting().get(state));
        }
        return new Dfa(bytes, calls, accepting);
    }

    /// A state's edges between blocks; neighbours that lead to one block are one.
    private static int[] merged(int[] edges, Partition blocks, int[] number) {
        int[] result = new int[edges.length];
        int length = 0;
        for (int i = 0; i < edges.length; i += 3) {
            int to = number[blocks.blockOf[edges[i + 2]]];
            if (length > 0 && result[length - 2] == edges[i] - 1 && result[length - 1] == to) {
                result[length - 2] = edges[i + 1];
            } else {
                result[length++] = edges[i];
                result[length++] = edges[i + 1];
                result[length++] = to;
            }
        }
        return Arrays.copyOf(result, length);
    }

    /// Disjoint blocks of elements that can be split by marking some of them.
    private static final class Partition {
        private final int[] elements;
        private final int[] places;
        private final int[] blockOf;
        private final int[] first;
        private final int[] past;
        private final int[] marked;
        private final int[] touched;
        private int touchedCount;
        private int count;

        /// One block of all.
        Partition(int size) {
            elements = new int[size];
            places = new int[size];
            blockOf = new int[size];
            first = new int[size + 1];
            past = new int[size + 1];
            marked = new int[size + 1];
            touched = new int[size + 1];
            for (int i = 0; i < size; i++) {
                elements[i] = places[i] = i;
            }
            count = size == 0 ? 0 : 1;
            past[0] = size;
        }

        /// A block for each label.
        static Partition byLabel(int[] labels) {
            var partition = new Partition(labels.length);
            long[] order = new long[labels.length];
            for (int i = 0; i < order.length; i++) {
                order[i] = (long) labels[i] << 32 | i;
            }
            Arrays.sort(order);
            partition.count = 0;
            for (int i = 0; i < order.length; i++) {
                if (i == 0 || order[i] >> 32 != order[i - 1] >> 32) {
                    partition.first[partition.count] = i;
                    partition.count++;
                }
                int element = (int) order[i];
                partition.elements[i] = element;
                partition.places[element] = i;
                partition.blockOf[element] = partition.count - 1;
                partition.past[partition.count - 1] = i + 1;
            }
            return partition;
        }

        void mark(int element) {
            int block = blockOf[element];
            int from = places[element];
            int to = first[block] + marked[block];
            if (from < to) {
                return; // marked before
            }
            elements[from] = elements[to];
            places[elements[from]] = from;
            elements[to] = element;
            places[element] = to;
            if (marked[block]++ == 0) {
                touched[touchedCount++] = block;
            }
        }

        /// Makes the smaller part of each touched block a block of its own.
        void split() {
            while (touchedCount > 0) {
                int block = touched[--touchedCount];
                int border = first[block] + marked[block];
                int marks = marked[block];
                marked[block] = 0;
                if (border == past[block]) {
                    continue;
                }
                if (marks <= past[block] - border) {
                    first[count] = first[block];
                    past[count] = first[block] = border;
                } else {
                    past[count] = past[block];
                    first[count] = past[block] = border;
                }
                for (int i = first[count]; i < past[count]; i++) {
                    blockOf[elements[i]] = count;
                }
                count++;
            }
        }
    }
}
