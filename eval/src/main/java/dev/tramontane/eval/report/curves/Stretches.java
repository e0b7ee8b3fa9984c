package dev.tramontane.eval.report.curves;

import java.util.ArrayList;
import java.util.List;

/// A figure's values for drawing: where there are more steps than a chart has pixels, neighbouring
/// ones stand together as their mean, their least and their greatest.
///
/// @param from first step of each stretch
/// @param to last step of each
/// @param mean of the values that are numbers; NaN where a stretch has none
/// @param least of them
/// @param most of them
record Stretches(long[] from, long[] to, double[] mean, double[] least, double[] most) {
    /// Stretches of one figure.
    ///
    /// @param count at most
    static Stretches of(long[] steps, double[] values, int count) {
        int length = (steps.length + count - 1) / Math.max(1, count);
        int stretches = length == 0 ? 0 : (steps.length + length - 1) / length;
        var all =
                new Stretches(
                        new long[stretches],
                        new long[stretches],
                        new double[stretches],
                        new double[stretches],
                        new double[stretches]);
        for (int i = 0; i < stretches; i++) {
            int first = i * length;
            int end = Math.min(steps.length, first + length);
            all.from[i] = steps[first];
            all.to[i] = steps[end - 1];
            all.fill(i, values, first, end);
        }
        return all;
    }

    private void fill(int stretch, double[] values, int first, int end) {
        double sum = 0;
        int numbers = 0;
        least[stretch] = Double.NaN;
        most[stretch] = Double.NaN;
        for (int i = first; i < end; i++) {
            if (Double.isFinite(values[i])) {
                sum += values[i];
                least[stretch] = numbers == 0 ? values[i] : Math.min(least[stretch], values[i]);
                most[stretch] = numbers == 0 ? values[i] : Math.max(most[stretch], values[i]);
                numbers++;
            }
        }
        mean[stretch] = numbers == 0 ? Double.NaN : sum / numbers;
    }

    /// The means, each with those around it.
    ///
    /// @param share of all stretches that are taken together, around each one
    double[] smoothed(double share) {
        int half = (int) Math.round(share * mean.length / 2);
        double[] smooth = new double[mean.length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            int numbers = 0;
            int reach = Math.min(half, Math.min(i, mean.length - 1 - i));
            for (int j = i - reach; j <= i + reach; j++) {
                if (Double.isFinite(mean[j])) {
                    sum += mean[j];
                    numbers++;
                }
            }
            smooth[i] = Double.isFinite(mean[i]) ? sum / numbers : Double.NaN;
        }
        return smooth;
    }

    /// Places of stretches that have a value.
    List<Integer> told() {
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < mean.length; i++) {
            if (Double.isFinite(mean[i])) {
                told.add(i);
            }
        }
        return told;
    }

    /// Where a stretch lies on the axis of steps.
    double middle(int stretch) {
        return (from[stretch] + to[stretch]) / 2.0;
    }
}
