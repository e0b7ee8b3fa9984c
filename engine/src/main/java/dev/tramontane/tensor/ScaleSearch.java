package dev.tramontane.tensor;

/// Finds the scale with which a run of values loses least when each is rounded to a whole level.
///
/// As a function of the scale the error dips whenever a value changes its level, so no formula
/// gives its minimum. A few candidates are tried around the scale at which the extreme value has
/// the extreme level: smaller ones clip it and gain precision for all others. Each candidate rounds
/// the values to levels; for those levels the best scale is a weighted least-squares fit, which may
/// round better again.
///
/// What counts is the weighted error ({@link #weights}). Docs/adr/0009 says how it compares.
final class ScaleSearch {
    /// Candidates differ by this part of a level in where the extreme value lands.
    private static final float STEP = 0.2f;

    /// Candidates on either side of the obvious one.
    private static final int STEPS = 4;

    /// Fits that start from the best one so far.
    private static final int REFINEMENTS = 2;

    /// Added to a float of less than 2²² it leaves the nearest whole number in the low bits.
    private static final float ROUNDING = 3 << 22;

    private static final int ROUNDING_BITS = Float.floatToRawIntBits(ROUNDING);

    /// Levels differ by less where they are equal but for rounding: two unknowns are then too many.
    private static final double EQUAL_LEVELS = 1e-9;

    private ScaleSearch() {}

    /// A fit of `scale · level − min`.
    ///
    /// @param error the weighted sum of squares that it leaves
    record Affine(float scale, float min, double error) {}

    /// How much an error counts: by the value's own size on top of the run's root mean square,
    /// since the large weights of a network carry most of its sums.
    ///
    /// @param weights receives one for each of the `count` values
    static void weights(float[] values, int at, int count, float[] weights) {
        float squares = 0;
        for (int i = 0; i < count; i++) {
            squares += values[at + i] * values[at + i];
        }
        float rms = (float) Math.sqrt(squares / count);
        for (int i = 0; i < count; i++) {
            weights[i] = rms + Math.abs(values[at + i]);
        }
    }

    /// The scale of `scale · level`. It is negative where the extreme value is positive, since no
    /// level reaches as far as the least one.
    ///
    /// @param weights one for each of the `count` values, from index 0
    static float symmetric(float[] values, int at, int count, float[] weights, Levels levels) {
        float extreme = extreme(values, at, count);
        float scale = 0;
        float gain = 0;
        for (int step = -STEPS; step <= STEPS + REFINEMENTS; step++) {
            if (extreme == 0 || (step > STEPS && scale == 0)) {
                return 0;
            }
            float inverse =
                    step > STEPS
                            ? 1 / scale
                            : (levels.least() - step * STEP * levels.step()) / extreme;
            // Σ w (x − s·q)² = Σ w x² − (Σ w x q)² / Σ w q² at the best s = Σ w x q / Σ w q².
            float products = 0;
            float squares = 0;
            for (int i = 0; i < count; i++) {
                float x = values[at + i];
                float level = levels.near(x * inverse);
                products += weights[i] * x * level;
                squares += weights[i] * level * level;
            }
            float gained = squares > 0 ? products * (products / squares) : 0;
            if (gained > gain) {
                gain = gained;
                scale = products / squares;
            }
        }
        return scale;
    }

    /// The scale and minimum of `scale · level − min` for levels from 0 to `most`.
    ///
    /// @param weights one for each of the `count` values, from index 0
    /// @param lifts whether the minimum may be negative, which lifts all values above zero
    static Affine affine(
            float[] values, int at, int count, float[] weights, int most, boolean lifts) {
        float low = lifts ? Float.POSITIVE_INFINITY : 0;
        float high = lifts ? Float.NEGATIVE_INFINITY : 0;
        for (int i = at; i < at + count; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
        }
        var best = new Affine(0, -low, Double.POSITIVE_INFINITY);
        if (high <= low) {
            return best;
        }
        for (int step = -STEPS; step <= STEPS; step++) {
            float inverse = (most + step * STEP) / (high - low);
            best = better(best, inverse, -low, values, at, count, weights, most, lifts);
        }
        for (int fit = 0; fit < REFINEMENTS && best.scale > 0; fit++) {
            best = better(best, 1 / best.scale, best.min, values, at, count, weights, most, lifts);
        }
        return best;
    }

    /// The least-squares fit to the levels that one scale and minimum give, if it beats `best`.
    private static Affine better(
            Affine best,
            float inverse,
            float min,
            float[] values,
            int at,
            int count,
            float[] weights,
            int most,
            boolean lifts) {
        double w = 0;
        double wx = 0;
        double wxx = 0;
        double wq = 0;
        double wqq = 0;
        double wxq = 0;
        for (int i = 0; i < count; i++) {
            float x = values[at + i];
            float weighted = weights[i] * x;
            float level = near((x + min) * inverse, 0, most);
            w += weights[i];
            wx += weighted;
            wxx += weighted * x;
            wq += weights[i] * level;
            wqq += weights[i] * level * level;
            wxq += weighted * level;
        }
        // The normal equations of Σ w (x − s·q − o)² for the scale s and the offset o.
        double determinant = w * wqq - wq * wq;
        double scale = (w * wxq - wx * wq) / determinant;
        double offset = (wqq * wx - wq * wxq) / determinant;
        boolean equalLevels = determinant <= EQUAL_LEVELS * w * wqq;
        if (equalLevels && wx < 0) {
            offset = wx / w;
            scale = 0;
        } else if (equalLevels || (offset > 0 && !lifts)) {
            offset = 0;
            scale = wqq > 0 ? wxq / wqq : 0;
        }
        double error = wxx - scale * wxq - offset * wx;
        return error < best.error ? new Affine((float) scale, (float) -offset, error) : best;
    }

    /// The value of greatest magnitude, with its sign.
    static float extreme(float[] values, int at, int count) {
        float extreme = 0;
        for (int i = at; i < at + count; i++) {
            if (Math.abs(values[i]) > Math.abs(extreme)) {
                extreme = values[i];
            }
        }
        return extreme;
    }

    /// One over a scale, or 0 where there is none: all levels are then 0.
    static float inverse(float scale) {
        return scale == 0 ? 0 : 1 / scale;
    }

    /// The nearest whole number within bounds, ties to even.
    static int nearest(float value, int least, int most) {
        return Math.clamp((int) Math.rint(value), least, most);
    }

    /// The same, fast, for values of less than 2²²; any number within bounds for others.
    static int near(float value, int least, int most) {
        int whole = Float.floatToRawIntBits(value + ROUNDING) - ROUNDING_BITS;
        return Math.max(least, Math.min(most, whole));
    }
}
