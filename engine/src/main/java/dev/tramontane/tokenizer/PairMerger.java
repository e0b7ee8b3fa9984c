package dev.tramontane.tokenizer;

import org.jspecify.annotations.Nullable;

/// Byte-pair encoding of one piece of text (Sennrich et al. 2016, §3.2), without a list of merges:
/// of all adjacent pairs whose concatenation is a token, the one of lowest priority number is
/// joined, the leftmost among equals, until no pair is a token.
///
/// Short pieces are searched for that pair each time; in long ones it comes from a {@link
/// MergeQueue}, so that time grows with the length and not with its square. One merger serves one
/// text on one thread.
final class PairMerger {
    /// Longer pieces, counted in symbols, go through the queue.
    static final int LONGEST_SEARCHED_SYMBOLS = 96;

    private static final int NEVER = Integer.MAX_VALUE;
    private static final int NOTHING = -1;

    private final TokenTable table;
    private final int[] priorities;
    private final int[] byteIds;
    private final byte[] text;
    private final TokenIds out;

    // Symbol i of the piece at hand is text[starts[i] .. starts[next[i]]). A joined symbol keeps
    // the
    // index of its left part; the index of the right part is out of use from then on.
    private int[] starts = new int[0];
    private int[] next = new int[0];
    private int[] previous = new int[0];
    private int[] pairs = new int[0]; // priority of joining symbol i with the next one, or NEVER
    private int symbols;
    private boolean queued;
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
        makeRoom(to - from);
        symbols = to - from;
        for (int i = 0; i <= symbols; i++) {
            starts[i] = from + i;
        }
        merge();
    }

    /// Encodes `text[from .. to)` beginning with single characters.
    void mergeCharacters(int from, int to) {
        makeRoom(to - from);
        symbols = 0;
        for (int at = from; at < to; at += Utf8.length(text[at])) {
            starts[symbols++] = at;
        }
        starts[symbols] = to;
        merge();
    }

    private void makeRoom(int mostSymbols) {
        if (mostSymbols >= starts.length) {
            int length = Math.max(mostSymbols + 1, LONGEST_SEARCHED_SYMBOLS / 2);
            starts = new int[length];
            next = new int[length];
            previous = new int[length];
            pairs = new int[length];
        }
    }

    private void merge() {
        queued = symbols > LONGEST_SEARCHED_SYMBOLS;
        for (int i = 0; i < symbols; i++) {
            next[i] = i + 1;
            previous[i + 1] = i;
        }
        for (int i = 0; i < symbols; i++) {
            rate(i);
        }
        for (int left = takeBest(); left != NOTHING; left = takeBest()) {
            int right = next[left];
            pairs[right] = NEVER;
            next[left] = next[right];
            previous[next[right]] = left;
            rate(left);
            if (left > 0) {
                rate(previous[left]);
            }
        }
        for (int i = 0; i < symbols; i = next[i]) {
            emit(starts[i], starts[next[i]]);
        }
    }

    /// Notes what joining a symbol with the next one would make.
    private void rate(int left) {
        int right = next[left];
        int id =
                right < symbols
                        ? table.find(text, starts[left], starts[next[right]])
                        : TokenTable.NONE;
        pairs[left] = id == TokenTable.NONE ? NEVER : priorities[id];
        if (queued && pairs[left] != NEVER) {
            queue().add(pairs[left], left);
        }
    }

    /// The left symbol of the pair to join now, or {@link #NOTHING}.
    private int takeBest() {
        if (queued) {
            return takeBestFromQueue(queue());
        }
        int lowest = NEVER;
        int best = NOTHING;
        for (int i = 0; i < symbols; i++) {
            if (pairs[i] < lowest) {
                lowest = pairs[i];
                best = i;
            }
        }
        return best;
    }

    private int takeBestFromQueue(MergeQueue waiting) {
        for (int lowest = waiting.lowest(); lowest >= 0; lowest = waiting.lowest()) {
            int left = waiting.take(lowest);
            if (pairs[left] == lowest) { // else one of the two was joined with another neighbour
                return left;
            }
        }
        return NOTHING;
    }

    private MergeQueue queue() {
        if (queue == null) {
            queue = new MergeQueue(priorities.length);
        }
        return queue;
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
