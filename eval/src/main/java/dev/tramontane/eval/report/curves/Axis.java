package dev.tramontane.eval.report.curves;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// Where values lie between two ends, and which are marked.
///
/// @param low value at the lower end
/// @param high value at the upper end, greater
/// @param logarithmic whether equal factors rather than equal differences are equally far
record Axis(double low, double high, boolean logarithmic) {
    /// Ends that are so many times apart are told better by factors.
    private static final double FAR_APART = 30;

    private static final int MOST_MARKS = 5;
    private static final int DIGITS = 4;

    /// An axis with round ends for values between two.
    ///
    /// @param fromZero whether it begins at 0 whatever the values are
    static Axis of(double least, double most, boolean fromZero, boolean mayBeLogarithmic) {
        if (mayBeLogarithmic && least > 0 && most / least >= FAR_APART) {
            double low = Math.pow(10, Math.floor(Math.log10(least)));
            double high = Math.pow(10, Math.ceil(Math.log10(most)));
            return new Axis(low, high, true);
        }
        double low = fromZero ? Math.min(0, least) : least;
        double high = most > low ? most : low + Math.max(1e-12, Math.abs(low) * 0.1);
        double step = step(low, high);
        return new Axis(Math.floor(low / step) * step, Math.ceil(high / step) * step, false);
    }

    /// Between neighbouring marks: 1, 2 or 5 times a power of ten.
    private static double step(double low, double high) {
        double raw = (high - low) / MOST_MARKS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double times = raw / power;
        return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    /// Where a value lies: 0 at the lower end, 1 at the upper.
    double place(double value) {
        double share =
                logarithmic
                        ? Math.log(value / low) / Math.log(high / low)
                        : (value - low) / (high - low);
        return Math.clamp(share, 0, 1);
    }

    /// The values that are marked, ascending.
    List<Double> marks() {
        List<Double> marks = new ArrayList<>();
        if (logarithmic) {
            int tens = (int) Math.round(Math.log10(high / low));
            int every = (tens + MOST_MARKS - 1) / MOST_MARKS;
            for (int i = 0; i <= tens; i += every) {
                marks.add(low * Math.pow(10, i));
            }
            return marks;
        }
        double step = step(low, high);
        for (int i = 0; low + i * step <= high + step / 2; i++) {
            marks.add(low + i * step);
        }
        return marks;
    }

    /// A value in as few digits as tell it, four that count at most: `0.0012`, `15k`, `3e-5`.
    static String text(double value) {
        double size = Math.abs(value);
        if (size < 1e-12) {
            return "0";
        }
        if (size >= 1e6) {
            return shortest(value / 1e6) + "M";
        }
        if (size >= 1e4) {
            return shortest(value / 1e3) + "k";
        }
        if (size >= 1e-4) {
            return shortest(value);
        }
        int tens = (int) Math.floor(Math.log10(size));
        return shortest(value / Math.pow(10, tens)) + "e" + tens;
    }

    private static String shortest(double value) {
        return new BigDecimal(value)
                .round(new MathContext(DIGITS))
                .stripTrailingZeros()
                .toPlainString();
    }
}
