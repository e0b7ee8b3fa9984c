package dev.tramontane.tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Byte-pair encoding of one piece of text (Sennrich et al. 2016, §3.2), without a list of merges:
/// of all adjacent pairs whose concatenation is a token, the one whose token comes first is joined,
/// the leftmost among equals, until no pair is left.
///
/// Short pieces are scanned for the best pair each time; long ones keep the pairs in a {@link
/// MergeQueue}, so that time grows with length and not with its square. One merger serves one text
/// on one thread.
final class PairMerger {
    /// Longer pieces, counted in symbols, go through the queue: scanning costs their square.
    static final int LONGEST_SCANNED_SYMBOLS = 96;

    private static final int NEVER = Integer.MAX_VALUE;

    private final TokenTable table;
    private final int[] priorities;
    private final int[] byteIds;
    private final byte[] text;
    private final TokenIds out;

    // The symbols of the piece at hand: symbol i is text[starts[i] .. starts[i + 1]).
    private int[] starts = new int[LONGEST_SCANNED_SYMBOLS + 2];
    private int symbols;

    /// Of a short piece: the priority of joining symbols i and i + 1.
    private final int[] joined = new int[LONGEST_SCANNED_SYMBOLS + 1];

    private @Nullable MergeQueue queue;

    /// @param priorities int[vocab], by id: which token is made first, lowest first
    /// @param byteIds int[256], what a symbol that is no token becomes, byte by byte
    /// @param text UTF-8 and {@link TokenTable#PADDING}
    PairMerger(TokenTable table, int[] priorities, int[] byteIds, byte[] text, TokenIds out) {
        this.table = table;
        this.priorities = priorities;
        this.byteIds = byteIds;
        this.text = text;
        this.out = out;
    }

    /// Encodes `text[from .. to)` beginning with single bytes.
    void mergeBytes(int from, int to) {
        symbols = 0;
        for (int at = from; at < to; at++) {
            addSymbol(at);
        }
        merge(to);
    }

    /// Encodes `text[from .. to)` beginning with single characters.
    void mergeCharacters(int from, int to) {
        symbols = 0;
        for (int at = from; at < to; at += Utf8.length(text[at])) {
            addSymbol(at);
        }
        merge(to);
    }

    private void addSymbol(int start) {
        if (symbols + 1 == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[symbols++] = start;
    }

    private void merge(int to) {
        starts[symbols] = to;
        if (symbols <= LONGEST_SCANNED_SYMBOLS) {
            mergeShort();
        } else {
            mergeLong();
        }
    }

    private void mergeShort() {
        for (int i = 0; i + 1 < symbols; i++) {
            joined[i] = priority(starts[i], starts[i + 2]);
        }
        while (true) {
            int lowest = NEVER;
            int best = 0;
            for (int i = 0; i + 1 < symbols; i++) {
                if (joined[i] < lowest) {
                    lowest = joined[i];
                    best = i;
                }
            }
            if (lowest == NEVER) {
                break;
            }
            symbols--;
            System.arraycopy(starts, best + 2, starts, best + 1, symbols - best);
            System.arraycopy(joined, best + 1, joined, best, symbols - best - 1);
            if (best + 1 < symbols) {
                joined[best] = priority(starts[best], starts[best + 2]);
            }
            if (best > 0) {
                joined[best - 1] = priority(starts[best - 1], starts[best + 1]);
            }
        }
        for (int i = 0; i < symbols; i++) {
            emit(starts[i], starts[i + 1]);
        }
    }

    private void mergeLong() {
        MergeQueue waiting = queue();
        int[] next = new int[symbols + 1];
        int[] previous = new int[symbols + 1];
        int[] pairs = new int[symbols + 1];
        for (int i = 0; i < symbols; i++) {
            next[i] = i + 1;
            previous[i + 1] = i;
            pairs[i] = i + 1 < symbols ? priority(starts[i], starts[i + 2]) : NEVER;
            if (pairs[i] != NEVER) {
                waiting.add(pairs[i], i);
            }
        }
        for (int lowest = waiting.lowest(); lowest >= 0; lowest = waiting.lowest()) {
            int left = waiting.take(lowest);
            if (pairs[left] != lowest) {
                continue; // one of the two was joined with another neighbour since
            }
            int right = next[left];
            int after = next[right];
            next[left] = after;
            previous[after] = left;
            pairs[right] = NEVER;
            pairs[left] = NEVER;
            if (after < symbols) {
                wait(waiting, pairs, left, starts[next[after]]);
            }
            if (left > 0) {
                wait(waiting, pairs, previous[left], starts[after]);
            }
        }
        for (int i = 0; i < symbols; i = next[i]) {
            emit(starts[i], starts[next[i]]);
        }
    }

    /// Queues the pair that begins at symbol `left` and ends at byte `to`, when it is a token.
    private void wait(MergeQueue waiting, int[] pairs, int left, int to) {
        pairs[left] = priority(starts[left], to);
        if (pairs[left] != NEVER) {
            waiting.add(pairs[left], left);
        }
    }

    private MergeQueue queue() {
        if (queue == null) {
            queue = new MergeQueue(priorities.length);
        }
        return queue;
    }

    private int priority(int from, int to) {
        int id = table.find(text, from, to);
        return id == TokenTable.NONE ? NEVER : priorities[id];
    }

    private void emit(int from, int to) {
        int id = table.find(text, from, to);
        if (id != TokenTable.NONE) {
            out.add(id);
            return;
        }
        for (int at = from; at < to; at++) {
            out.add(byteIds[text[at] & 0xFF]);
        }
    }
}
