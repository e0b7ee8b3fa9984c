package dev.tramontane.sampling;

import java.util.Arrays;

/// Whether a thought says anything new: what exact periods miss, because a number counts on or two
/// sentences come by turns.
///
/// Two things are asked of the last 2,048 tokens. *Nothing new*: every 8-gram, all digits taken for
/// one, was there twice before. *Nothing open*: of sixteen tokens, fifteen are the very ones that
/// followed when the eight before them were last there. Without the second, tables, number lists
/// and markup are circles, whose form repeats as well but whose numbers nobody could have foretold;
/// and with once before, so is a program that is written down a second time.
final class DriftWatch {
    /// Tokens that must have brought nothing new.
    static final int WINDOW = 2048;

    static final int GRAM = 8;

    /// One token in so many may be another than foretold.
    static final int SURPRISE_SHARE = 16;

    private static final int DIGIT = -1;
    private static final int NONE = -1;

    /// Slots: nothing was ever here; what was here is gone; else a place in the text, plus one.
    private static final int EMPTY = 0;

    private static final int GONE = -1;

    private final TokenKinds kinds;

    /// int[size]: the tokens, as they are and with digits taken for one.
    private int[] tokens = new int[256];

    private int[] unified = new int[256];

    /// int[size]: where the 8-gram that ends here ended the last time, or NONE.
    private int[] before = new int[256];

    /// int[size]: tokens so far that were not foretold, and the last that ended an 8-gram which had
    /// not been there twice.
    private int[] surprises = new int[256];

    private int[] lastNew = new int[256];

    private int size;
    private int fresh;

    /// Each 8-gram's last end, in the slot of its hash or behind it.
    private int[] slots = new int[512];

    private int usedSlots;

    /// @param kinds by which digits are told, and code from prose
    DriftWatch(TokenKinds kinds) {
        this.kinds = kinds;
    }

    /// Number of tokens.
    int size() {
        return size;
    }

    /// Forgets what was old: only from the next token on can something say nothing new. What was
    /// said stays said.
    void restart() {
        fresh = size;
    }

    /// The thought goes on with this token.
    void accept(int token) {
        if (size == tokens.length) {
            grow();
        }
        int last = size - 1;
        tokens[size] = token;
        unified[size] = kinds.digits().get(token) ? DIGIT : token;
        boolean foretold = last >= 0 && before[last] != NONE && tokens[before[last] + 1] == token;
        surprises[size] = (last >= 0 ? surprises[last] : 0) + (foretold ? 0 : 1);
        size++;
        int earlier = size < GRAM ? NONE : enter(size - 1);
        boolean isOld = earlier != NONE && before[earlier] != NONE;
        before[size - 1] = earlier;
        lastNew[size - 1] = isOld ? lastNew[size - 2] : size - 1;
    }

    private void grow() {
        int length = 2 * size;
        tokens = Arrays.copyOf(tokens, length);
        unified = Arrays.copyOf(unified, length);
        before = Arrays.copyOf(before, length);
        surprises = Arrays.copyOf(surprises, length);
        lastNew = Arrays.copyOf(lastNew, length);
    }

    /// Whether the last tokens brought nothing new and nothing open.
    boolean drifts() {
        int last = size - 1;
        if (last < WINDOW || last - Math.max(lastNew[last], fresh - 1) < WINDOW) {
            return false;
        }
        return SURPRISE_SHARE * (surprises[last] - surprises[last - WINDOW]) <= WINDOW;
    }

    /// Whether the last tokens are lines of code or figures, in which nothing need be new.
    boolean isData() {
        return kinds.isData(tokens, size - WINDOW, size);
    }

    /// Goes back to an earlier state.
    ///
    /// @param earlierSize tokens then
    /// @param earlierFresh tokens at the last restart before
    void truncate(int earlierSize, int earlierFresh) {
        fresh = earlierFresh;
        while (size > earlierSize) {
            size--;
            if (size >= GRAM - 1) {
                leave(size);
            }
        }
    }

    /// Enters the 8-gram that ends at a place.
    ///
    /// @return where it ended before, or NONE
    private int enter(int end) {
        if (2 * (usedSlots + 1) > slots.length) {
            rebuild();
        }
        int slot = slot(end);
        int earlier = slots[slot];
        slots[slot] = end + 1;
        if (earlier == EMPTY) {
            usedSlots++;
            return NONE;
        }
        return earlier - 1;
    }

    /// Takes the 8-gram that ends at a place, the last one entered, back out.
    private void leave(int end) {
        slots[slot(end)] = before[end] == NONE ? GONE : before[end] + 1;
    }

    /// The slot of the 8-gram that ends at a place, or the empty one where it belongs.
    private int slot(int end) {
        int mask = slots.length - 1;
        int slot = hash(end) & mask;
        while (slots[slot] != EMPTY && (slots[slot] == GONE || !same(slots[slot] - 1, end))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int hash(int end) {
        int hash = 0;
        for (int i = end - GRAM + 1; i <= end; i++) {
            hash = hash * 0x01000193 + unified[i];
        }
        hash *= 0x9e3779b1;
        return hash ^ (hash >>> 15);
    }

    private boolean same(int end, int other) {
        for (int i = 0; i < GRAM; i++) {
            if (unified[end - i] != unified[other - i]) {
                return false;
            }
        }
        return true;
    }

    /// Twice the slots, without those that are gone.
    private void rebuild() {
        int[] old = slots;
        slots = new int[2 * old.length];
        usedSlots = 0;
        for (int place : old) {
            if (place != EMPTY && place != GONE) {
                slots[slot(place - 1)] = place;
                usedSlots++;
            }
        }
    }
}
