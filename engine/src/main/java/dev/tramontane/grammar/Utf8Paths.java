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

    private final Nfa nfa;
    private final int end;
    private final List<Map<IntBuffer, Integer>> tails = new ArrayList<>();

    private Utf8Paths(Nfa nfa) {
        this.nfa = nfa;
        this.end = nfa.state();
        for (int i = 0; i < FIRST.length; i++) {
            tails.add(new HashMap<>());
        }
    }

    /// Adds the paths of a set.
    ///
    /// @return the state at their end
    static int add(Nfa nfa, Expression.CharClass set, int from) {
        var paths = new Utf8Paths(nfa);
        for (int more = 0; more < FIRST.length; more++) {
            int[] part = within(set.ranges(), FIRST[more], LAST[more], 0);
            paths.edges(from, LEAD[more], more, part);
        }
        return paths.end;
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
                    nfa.bytes(from, fixedBits | open, fixedBits | next - 1, openTo);
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
            nfa.bytes(from, fixedBits | open, fixedBits | next - 1, openTo);
        }
    }

    /// The state from which these characters of a block can be finished.
    private int tail(int more, int[] ranges) {
        if (more == 0) {
            return end;
        }
        Map<IntBuffer, Integer> known = tails.get(more);
        Integer state = known.get(IntBuffer.wrap(ranges));
        if (state == null) {
            state = nfa.state();
            known.put(IntBuffer.wrap(ranges), state);
            edges(state, CONTINUATION, more - 1, ranges);
        }
        return state;
    }

    /// The ranges' part from `first` to `last`, counted from `origin`.
    private static int[] within(int[] ranges, int first, int last, int origin) {
        int[] part = new int[ranges.length];
        int length = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            int from = Math.max(ranges[i], first);
            int to = Math.min(ranges[i + 1], last);
            if (from <= to) {
                part[length++] = from - origin;
                part[length++] = to - origin;
            }
        }
        return Arrays.copyOf(part, length);
    }

    /// About how many states the paths of a set take.
    static int size(Expression.CharClass set) {
        int[] ranges = set.ranges();
        boolean ascii = ranges.length == 0 || ranges[ranges.length - 1] < FIRST[1];
        return ascii ? 1 : CONTINUATIONS / 8 + ranges.length;
    }
}
