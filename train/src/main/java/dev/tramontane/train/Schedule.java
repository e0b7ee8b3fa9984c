package dev.tramontane.train;

/// A learning rate by steps: it rises, stays, and falls, each linearly. The clock has no say, so
/// that a run can be repeated.
///
/// @param peak the rate between warm-up and decay
/// @param warmupSteps steps until the peak is reached
/// @param steps in all
/// @param decaySteps the last ones, over which the rate falls towards zero
public record Schedule(double peak, int warmupSteps, int steps, int decaySteps) {
    public Schedule {
        if (!(peak > 0)
                || warmupSteps < 0
                || decaySteps < 0
                || steps < 1
                || (long) warmupSteps + decaySteps > steps) {
            throw new IllegalArgumentException(
                    "a rate of %s over %d steps, %d to rise and %d to fall; expected a rate above 0 and at least as many steps as both take"
                            .formatted(peak, steps, warmupSteps, decaySteps));
        }
    }

    /// The same rate all along.
    public static Schedule constant(double rate, int steps) {
        return new Schedule(rate, 0, steps, 0);
    }

    /// The rate of a step; the first is 1.
    public double rate(long step) {
        if (step < 1 || step > steps) {
            throw new IllegalArgumentException(
                    "step %d, expected 1 to %d; make the schedule longer".formatted(step, steps));
        }
        long left = steps - step + 1;
        if (step < warmupSteps) {
            return peak * step / warmupSteps;
        }
        return left < decaySteps ? peak * left / decaySteps : peak;
    }
}
