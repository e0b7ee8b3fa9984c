package dev.tramontane.tokenizer;

import org.jspecify.annotations.Nullable;

/// Byte-pair encoding of one piece of text (Sennrich et al. 2016, §3.2): of all adjacent pairs that
/// a {@link Joining} joins, the one of lowest priority number is joined, the leftmost among equals,
/// until none is left.
///
/// Short pieces are searched for that pair each time; in long ones it comes from a {@link
/// MergeQueue}, so that time grows with the length and not with its square. One merger serves one
/// text on one thread.
final class PairMerger {
    /// Longer pieces, counted in symbols, go through the queue.
    static final int LONGEST_SEARCHED_SYMBOLS = 96;

    private static final int NOTHING = -1;

    private final TokenTable table;
    private final Joining joining;
    private final int[] byteIds;
    private final byte[] text;
    private final TokenIds out;

    // Symbol i of the piece at hand is text[starts[i] .. starts[next[i]]). A joined symbol keeps
    // the index of its left part; the index of the right part is out of use from then on.
    private int[] starts = new int[0];
    private int[] next = new int[0];
    private int[] previous = new int[0];
    private int[] ids = new int[0];
    private long[] pairs = new long[0]; // what joins symbol i with the next one
    private int symbols;
    private boolean queued;
    private @Nullable MergeQueue queue;

    /// @param table of the tokens that a symbol may be to begin with
    /// @param byteIds int[256], what a symbol that is no token becomes, byte by byte
    /// @param text UTF-8 and {@link TokenTable#PADDING}
    PairMerger(TokenTable table, Joining joining, int[] byteIds, byte[] text, TokenIds out) {
        this.table = table;
        this.joining = joining;
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
        for (int i = 0; i < symbols; i++) {
            ids[i] = byteIds[text[from + i] & 0xFF];
        }
        merge();
    }

    /// Encodes `text[from .. to)` beginning with single characters.
    void mergeCharacters(int from, int to) {
        makeRoom(to - from);
        symbols = 0;
        for (int at = from; at < to; at += Utf8.length(text[at])) {
            starts[symbols] = at;
            ids[symbols++] = table.find(text, at, at + Utf8.length(text[at]));
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
            ids = new int[length];
            pairs = new long[length];
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
            ids[left] = (int) pairs[left];
            pairs[right] = Joining.NEVER;
            next[left] = next[right];
            previous[next[right]] = left;
            rate(left);
            if (left > 0) {
                rate(previous[left]);
            }
        }
        for (int i = 0; i < symbols; i = next[i]) {
            emit(i);
        }
    }

    /// Notes what joining a symbol with the next one would make.
    private void rate(int left) {
        int right = next[left];
        pairs[left] =
                right < symbols
                        ? joining.join(
                                text, starts[left], starts[next[right]], ids[left], ids[right])
                        : Joining.NEVER;
        if (queued && pairs[left] != Joining.NEVER) {
            queue().add(priority(pairs[left]), left);
        }
    }

    private static int priority(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    /// The left symbol of the pair to join now, or {@link #NOTHING}.
    private int takeBest() {
        if (queued) {
            return takeBestFromQueue(queue());
        }
        int lowest = priority(Joining.NEVER);
        int best = NOTHING;
        for (int i = 0; i < symbols; i++) {
            if (priority(pairs[i]) < lowest) {
                lowest = priority(pairs[i]);
                best = i;
            }
        }
        return best;
    }

    private int takeBestFromQueue(MergeQueue waiting) {
        for (int lowest = waiting.lowest(); lowest >= 0; lowest = waiting.lowest()) {
            int left = waiting.take(lowest);
            if (priority(pairs[left])
                    == lowest) { // else one of the two was joined with another neighbour
                return left;
            }
        }
        return NOTHING;
    }

    private MergeQueue queue() {
        if (queue == null) {
            queue = new MergeQueue(joining.priorities());
        }
        return queue;
    }

    private void emit(int symbol) {
        if (ids[symbol] != TokenTable.NONE) {
            out.add(ids[symbol]);
            return;
        }
        for (int at = starts[symbol]; at < starts[next[symbol]]; at++) {
            out.add(byteIds[text[at] & 0xFF]);
        }
    }
}
