package dev.tramontane.eval.report.curves;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one run said at its steps.
///
/// @param label for people; runs on one page have different ones
/// @param facts what is needed to repeat it, by name, in order
/// @param steps their numbers, ascending; shared, not copied
/// @param values by a figure's key, one for each step, NaN where nothing was said; shared
public record StepCurves(
        String label,
        List<Map.Entry<String, String>> facts,
        long[] steps,
        Map<String, double[]> values) {
    public StepCurves {
        facts = List.copyOf(facts);
        values = new LinkedHashMap<>(values);
        for (Map.Entry<String, double[]> figure : values.entrySet()) {
            if (figure.getValue().length != steps.length) {
                throw new IllegalArgumentException(
                        "%s: %d values of %s for %d steps; expected one for each"
                                .formatted(
                                        label,
                                        figure.getValue().length,
                                        figure.getKey(),
                                        steps.length));
            }
        }
        for (int i = 1; i < steps.length; i++) {
            if (steps[i] <= steps[i - 1]) {
                throw new IllegalArgumentException(
                        "%s: step %d follows step %d; expected ascending steps"
                                .formatted(label, steps[i], steps[i - 1]));
            }
        }
    }

    boolean has(String key) {
        double[] of = values.get(key);
        if (of == null) {
            return false;
        }
        for (double value : of) {
            if (Double.isFinite(value)) {
                return true;
            }
        }
        return false;
    }
}
