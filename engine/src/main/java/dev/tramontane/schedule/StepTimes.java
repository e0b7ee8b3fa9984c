package dev.tramontane.schedule;

/// What a step takes by the number of its rows, as measured of late: the first few rows beside the
/// first cost next to nothing where memory is the limit, and as much as the first where it is not.
final class StepTimes {
    /// Rows of the largest step that is remembered.
    static final int MOST_ROWS = 64;

    /// Measured steps after which a measurement is too old to count.
    private static final int FRESH_STEPS = 128;

    /// Measurements before a number of rows counts as known; the least of them is the first guess,
    /// since a machine that does something else at times only ever takes longer.
    private static final int FIRST = 2;

    /// The weight of a new measurement.
    private static final double NEWS = 0.1;

    /// What a measurement counts as at most, of the usual: when the machine does something else,
    /// all that is planned by these times must not change.
    private static final double MOST_SURPRISE = 1.25;

    /// A row's share of a step, where only one number of rows was measured.
    private static final double ASSUMED_ROW = 0.03;

    private final double[] nanos = new double[MOST_ROWS + 1];
    private final int[] times = new int[MOST_ROWS + 1];
    private final long[] seenAt = new long[MOST_ROWS + 1];
    private long steps;

    /// Takes a step's time in.
    ///
    /// @return what it counts as: one out of all proportion, as somewhat more than the usual
    double measured(int rows, double stepNanos) {
        if (rows > MOST_ROWS) {
            return stepNanos;
        }
        if (steps - seenAt[rows] >= FRESH_STEPS) {
            times[rows] = 0;
        }
        double usual = nanos[rows];
        double counted = stepNanos;
        if (times[rows] >= FIRST) {
            counted = Math.clamp(stepNanos, usual / 2, MOST_SURPRISE * usual);
            nanos[rows] = usual + NEWS * (counted - usual);
        } else {
            nanos[rows] = times[rows] == 0 ? stepNanos : Math.min(usual, stepNanos);
        }
        times[rows]++;
        steps++;
        seenAt[rows] = steps;
        return counted;
    }

    /// Whether so many rows were measured of late.
    boolean isKnown(int rows) {
        return rows <= MOST_ROWS && times[rows] >= FIRST && steps - seenAt[rows] < FRESH_STEPS;
    }

    /// Steps since so many rows were measured.
    long age(int rows) {
        return steps - seenAt[rows];
    }

    /// The most rows that may be tried: twice as many as are known, so that no step is a leap.
    int reach() {
        return Math.min(MOST_ROWS, 2 * knownUpTo(MOST_ROWS));
    }

    /// Nanoseconds of a step: on the line between its known neighbours, or beyond the last on the
    /// line through the first and the last; never more than a known step of more rows takes.
    /// Something must be known.
    double of(int rows) {
        int below = knownUpTo(rows);
        double least = Double.POSITIVE_INFINITY;
        int above = 0;
        for (int i = MOST_ROWS; i >= rows; i--) {
            if (isKnown(i)) {
                least = Math.min(least, nanos[i]);
                above = i;
            }
        }
        if (above == 0) {
            return nanos[below] + (rows - below) * slope(below);
        }
        if (below == 0 || above == below) {
            return least;
        }
        double way = (double) (rows - below) / (above - below);
        return Math.min(least, nanos[below] + way * (nanos[above] - nanos[below]));
    }

    /// Nanoseconds a row, up to the last known number of rows.
    private double slope(int last) {
        int first = 1;
        while (!isKnown(first)) {
            first++;
        }
        return first == last
                ? ASSUMED_ROW * nanos[last]
                : Math.max(0, (nanos[last] - nanos[first]) / (last - first));
    }

    private int knownUpTo(int rows) {
        int last = rows;
        while (last > 0 && !isKnown(last)) {
            last--;
        }
        return last;
    }
}
