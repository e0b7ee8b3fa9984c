package dev.tramontane.eval.graders.math;

/// What one grading may spend, in steps of about a microsecond. Steps rather than a clock: an
/// answer that is graded on a quiet machine must be graded the same on a busy one.
final class Budget {
    /// Half a second on a machine of 2020.
    static final int STEPS = 400_000;

    private int left;

    Budget(int steps) {
        left = steps;
    }

    void spend(int steps) {
        left -= steps;
        if (left < 0) {
            throw new LimitException("more steps than a grading has");
        }
    }
}
