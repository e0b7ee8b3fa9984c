package dev.tramontane.sampling;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// How long a sequence has been repeating itself exactly, for every period from 1 to 1,024 tokens.
///
/// The run of a period p is the number of last tokens with `token[i] = token[i − p]`: run + p
/// tokens hold run / p + 1 copies. A run grows by one token at a time. So each look at the runs
/// also tells how many tokens must come before any of them can be long enough, and until then
/// tokens are only stored. A look goes, for each period, from the last token back to the first
/// difference, or to the last look. In text that does not repeat the first or second token differs,
/// and a look is due once in some two hundred tokens: the outcome is that of counting every run at
/// every token, for a fraction of the time.
///
/// What repeats may be data. Programs and people write the same row hundreds of times, runaways
/// without end. So lines of code must repeat as long as a fenced block wherever they stand, lines
/// of figures four times as long as prose, and rows of one value longer than any that real files
/// had.
final class PeriodWatch {
    static final int LONGEST_PERIOD = 1024;

    /// Fewer are no circle.
    static final int COPIES = 4;

    /// Matched tokens of lines of code.
    static final int CODE_MATCHED = RunawayGuard.DOCUMENT_MATCHED;

    /// How much longer figures must repeat than prose.
    static final int FIGURES = 4;

    /// Matched tokens of rows of one value. 60 million tokens of the JDK's sources had 29,761 of
    /// them in a row at most.
    static final int ROWS_MATCHED = 32_768;

    /// A circle.
    ///
    /// @param period tokens of one copy
    /// @param matched tokens at the end that repeat those a period before: all but the first copy
    record Circle(int period, int matched) {}

    private final TokenKinds kinds;
    private int[] tokens = new int[256];
    private int count;

    /// Tokens before this one belong to no run.
    private int fresh;

    private final BitSet forced = new BitSet();

    /// The runs, by period, after the first `looked` tokens.
    private final int[] runs = new int[LONGEST_PERIOD + 1];

    private int looked;

    /// With fewer tokens no run can have `dueLength`.
    private int due;

    private int dueLength = Integer.MAX_VALUE;

    /// The shortest period that the last look found to repeat data, not yet long enough; 0 for
    /// none.
    private int data;

    /// @param kinds by which data is told
    PeriodWatch(TokenKinds kinds) {
        this.kinds = kinds;
    }

    /// The sequence goes on with this token.
    ///
    /// @param isForced whether the model had no choice
    void accept(int token, boolean isForced) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        forced.set(count, isForced);
        tokens[count++] = token;
    }

    /// Number of tokens.
    int count() {
        return count;
    }

    /// Runs begin anew, from the next token on.
    void restart() {
        truncate(count, count);
    }

    /// Goes back to an earlier state.
    ///
    /// @param earlierCount tokens then
    /// @param earlierFresh tokens at the last restart before
    void truncate(int earlierCount, int earlierFresh) {
        count = earlierCount;
        forced.clear(count, Math.max(count, forced.length()));
        if (earlierFresh != fresh || looked > count) {
            fresh = earlierFresh;
            looked = fresh;
            Arrays.fill(runs, 0);
        }
        due = count;
    }

    /// The circle that the sequence is in: {@link #COPIES} copies or more. Of several periods the
    /// shortest counts.
    ///
    /// A circle in which every token was forced is not the model's own: whoever forced it wants it
    /// so.
    ///
    /// @param matched length that the run must have, if it is prose
    Optional<Circle> circle(int matched) {
        if (count < due && matched >= dueLength) {
            return Optional.empty();
        }
        int shortest = 0;
        int soonest = Integer.MAX_VALUE;
        int longer = matched; // for the period of data and its multiples
        data = 0;
        for (int period = 1; period <= LONGEST_PERIOD; period++) {
            runs[period] = run(period);
            int least = (COPIES - 1) * period;
            boolean isKnown = data > 0 && period % data == 0;
            int missing = Math.max(least, isKnown ? longer : matched) - runs[period];
            if (missing <= 0 && shortest == 0 && isOwn(period)) {
                int needed = isKnown ? longer : needed(period, matched);
                if (runs[period] >= needed) {
                    shortest = period;
                } else {
                    data = period;
                    longer = needed;
                    missing = Math.max(least, needed) - runs[period];
                }
            }
            soonest = Math.min(soonest, Math.max(missing, 1));
        }
        looked = count;
        due = shortest == 0 ? count + soonest : count;
        dueLength = matched;
        return shortest == 0 ? Optional.empty() : Optional.of(new Circle(shortest, runs[shortest]));
    }

    /// Whether the last tokens repeat data, and not long enough for a circle.
    boolean repeatsData(int matched) {
        due = count;
        return circle(matched).isEmpty() && data > 0;
    }

    /// How long a run of this period must be, by what it repeats.
    private int needed(int period, int matched) {
        return switch (kinds.look(tokens, count, period)) {
            case PROSE -> matched;
            case FIGURES -> Math.max(matched, Math.min(FIGURES * matched, CODE_MATCHED));
            case CODE -> Math.max(matched, CODE_MATCHED);
            case ROWS -> Math.max(matched, ROWS_MATCHED);
        };
    }

    private int run(int period) {
        int first = Math.max(looked, fresh + period);
        int i = count;
        while (i > first && tokens[i - 1] == tokens[i - 1 - period]) {
            i--;
        }
        return i > looked ? count - i : count - looked + runs[period];
    }

    private boolean isOwn(int period) {
        return forced.nextClearBit(count - period) < count;
    }
}
