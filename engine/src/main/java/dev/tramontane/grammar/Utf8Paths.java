package dev.tramontane.grammar;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The UTF-8 of a set of characters as paths of an automaton (RFC 3629, section 4). Equal ends of
/// paths are one.
final class Utf8Paths {
    private static final int CONTINUATION = 0x80;
    private static final int CONTINUATION_BITS = 6;
    private static final int CONTINUATIONS = 1 << CONTINUATION_BITS;

    /// First and last character of one to four bytes, and the lead byte's fixed bits.
    private static final int[] FIRST = {0, 0x80, 0x800, 0x10000};

    private static final int[] LAST = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
    private static final int[] LEAD = {0, 0xC0, 0xE0, 0xF0};

    /// The end of all paths, among the numbers of states.
    private static final int END = 0;

    private static final int START = 1;

    private int states = 2;

    /// Four numbers an edge: from, first byte, last byte, to.
    private int[] edges = new int[64];

    private int length;
    private final List<Map<IntBuffer, Integer>> tails = new ArrayList<>();

    /// @param set what the paths are of
    Utf8Paths(Expression.CharClass set) {
        for (int i = 0; i < FIRST.length; i++) {
            tails.add(new HashMap<>());
        }
        for (int more = 0; more < FIRST.length; more++) {
            int[] part = within(set.ranges(), FIRST[more], LAST[more], 0);
            edges(START, LEAD[more], more, part);
        }
    }

    /// Adds the paths to an automaton.
    ///
    /// @return the state at their end
    int addTo(Nfa nfa, int from) {
        int[] added = new int[states];
        for (int state = 0; state < states; state++) {
            added[state] = state == START ? from : nfa.state();
        }
        for (int i = 0; i < length; i += 4) {
            nfa.bytes(added[edges[i]], edges[i + 1], edges[i + 2], added[edges[i + 3]]);
        }
        return added[END];
    }

    private void edge(int from, int first, int last, int to) {
        if (length == edges.length) {
            edges = Arrays.copyOf(edges, 2 * length);
        }
        edges[length++] = from;
        edges[length++] = first;
        edges[length++] = last;
        edges[length++] = to;
    }

    /// Edges for the byte that chooses a block of characters, each of which needs `more` bytes.
    private void edges(int from, int fixedBits, int more, int[] ranges) {
        int shift = CONTINUATION_BITS * more;
        int open = -1;
        int openTo = -1;
        int next = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            for (int block = Math.max(next, ranges[i] >> shift);
                    block <= ranges[i + 1] >> shift;
                    block++) {
                int start = block << shift;
                int to = tail(more, within(ranges, start, start + (1 << shift) - 1, start));
                if (open >= 0 && (to != openTo || block != next)) {
                    edge(from, fixedBits | open, fixedBits | next - 1, openTo);
                    open = -1;
                }
                if (open < 0) {
                    open = block;
                    openTo = to;
                }
                next = block + 1;
            }
        }
        if (open >= 0) {
            edge(from, fixedBits | open, fixedBits | next - 1, openTo);
        }
    }

    /// The state from which these characters of a block can be finished.
    private int tail(int more, int[] ranges) {
        if (more == 0) {
            return END;
        }
        Map<IntBuffer, Integer> known = tails.get(more);
        Integer state = known.get(IntBuffer.wrap(ranges));
        if (state == null) {
            state = states++;
            known.put(IntBuffer.wrap(ranges), state);
            edges(state, CONTINUATION, more - 1, ranges);
        }
        return state;
    }

    /// The ranges' part from `first` to `last`, counted from `origin`.
    private static int[] within(int[] ranges, int first, int last, int origin) {
        int begin = Arrays.binarySearch(ranges, first);
        begin = (begin >= 0 ? begin : -begin - 1) & ~1; // the range that it is in, or the next
        int end = begin;
        while (end < ranges.length && ranges[end] <= last) {
            end += 2;
        }
        int[] part = new int[end - begin];
        for (int i = 0; i < part.length; i += 2) {
            part[i] = Math.max(ranges[begin + i], first) - origin;
            part[i + 1] = Math.min(ranges[begin + i + 1], last) - origin;
        }
        return part;
    }

    /// About how many states the paths of a set take.
    static int size(Expression.CharClass set) {
        int[] ranges = set.ranges();
        boolean ascii = ranges.length == 0 || ranges[ranges.length - 1] < FIRST[1];
        return ascii ? 1 : CONTINUATIONS / 8 + ranges.length;
    }
}
