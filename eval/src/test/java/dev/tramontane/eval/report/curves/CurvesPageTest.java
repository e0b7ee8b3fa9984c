package dev.tramontane.eval.report.curves;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What stands in a page of curves, as far as it can be told without a browser.
class CurvesPageTest {
    private static final Figure LOSS =
            new Figure("loss", "Loss", "Learning", Figure.Scale.NUMBER, "");

    @TempDir private Path folder;

    private static long[] steps(int count) {
        long[] steps = new long[count];
        for (int i = 0; i < count; i++) {
            steps[i] = i + 1L;
        }
        return steps;
    }

    private String page(List<StepCurves> runs) throws IOException {
        return Files.readString(
                new CurvesPage("Title", "", List.of(LOSS), runs).write(folder.resolve("c.html")));
    }

    @Test
    void a_stretch_keeps_the_mean_and_both_ends_of_what_it_stands_for() {
        double[] values = {1, 5, Double.NaN, 2, Double.NaN, Double.NaN, 7};
        Stretches found = Stretches.of(steps(7), values, 4);
        assertArrayEquals(new long[] {1, 3, 5, 7}, found.from());
        assertArrayEquals(new long[] {2, 4, 6, 7}, found.to());
        assertArrayEquals(new double[] {3, 2, Double.NaN, 7}, found.mean());
        assertArrayEquals(new double[] {1, 2, Double.NaN, 7}, found.least());
        assertArrayEquals(new double[] {5, 2, Double.NaN, 7}, found.most());
        assertEquals(List.of(0, 1, 3), found.told());
    }

    @Test
    void a_line_is_still_a_line_when_it_is_smoothed() {
        double[] line = new double[101];
        for (int i = 0; i < line.length; i++) {
            line[i] = 3 * i;
        }
        assertArrayEquals(line, Stretches.of(steps(101), line, 200).smoothed(0.2), 1e-9);
    }

    @Test
    void values_far_apart_are_told_by_factors_and_others_evenly() {
        assertEquals(new Axis(0.01, 10, true), Axis.of(0.02, 7, false, true));
        assertEquals(List.of(0.01, 0.1, 1.0, 10.0), rounded(new Axis(0.01, 10, true).marks()));
        Axis even = Axis.of(0, 7, true, true);
        assertFalse(even.logarithmic());
        assertEquals(List.of(0.0, 2.0, 4.0, 6.0, 8.0), even.marks());
        assertEquals(0.5, even.place(4));
        Axis flat = Axis.of(3, 3, false, true);
        assertTrue(flat.high() > flat.low(), "a figure that never changes has an axis");
    }

    private static List<Double> rounded(List<Double> values) {
        return values.stream().map(value -> Math.round(value * 1e6) / 1e6).toList();
    }

    @Test
    void numbers_are_told_in_few_digits() {
        assertEquals(
                List.of("0", "3e-5", "1.25e-5", "0.0012", "1", "12.35", "12k", "3.4M", "-0.1"),
                List.of(0.0, 3e-5, 1.25e-5, 0.0012, 1.0, 12.349, 12e3, 3.4e6, -0.1).stream()
                        .map(Axis::text)
                        .toList());
    }

    @Test
    void a_figure_that_nobody_has_named_stands_under_its_key_and_an_absent_one_nowhere()
            throws IOException {
        Map<String, double[]> values =
                Map.of(
                        "strange",
                        new double[] {1, 2},
                        "empty",
                        new double[] {Double.NaN, Double.NaN});
        String page = page(List.of(new StepCurves("one", List.of(), steps(2), values)));
        assertTrue(page.contains("<h2>Other figures</h2>"));
        assertTrue(page.contains("<figcaption>strange</figcaption>"));
        assertFalse(page.contains("<figcaption>Loss</figcaption>"));
        assertFalse(page.contains("<figcaption>empty</figcaption>"));
    }

    @Test
    void a_run_before_its_first_step_is_told_and_not_drawn() throws IOException {
        String page = page(List.of(new StepCurves("new", List.of(), steps(0), Map.of())));
        assertTrue(page.contains("new (no step yet)"));
        assertTrue(page.contains("No step has been made yet."));
    }

    @Test
    void labels_and_facts_are_text_and_nothing_else() throws IOException {
        var run =
                new StepCurves(
                        "<b>&</script>",
                        List.of(Map.entry("model", "</dl><script>")),
                        steps(1),
                        Map.of("</script>", new double[] {1}));
        String page = page(List.of(run));
        assertTrue(page.contains("&lt;b&gt;&amp;&lt;/script&gt;"));
        assertTrue(page.contains("&lt;/dl&gt;&lt;script&gt;"));
        assertEquals(2, page.split("</script>", -1).length - 1, "the page's own two");
    }

    @Test
    void values_that_do_not_fit_their_steps_are_refused() {
        assertEquals(
                "one: 1 values of loss for 2 steps; expected one for each",
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        new StepCurves(
                                                "one",
                                                List.of(),
                                                steps(2),
                                                Map.of("loss", new double[1])))
                        .getMessage());
        assertEquals(
                "one: step 2 follows step 2; expected ascending steps",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new StepCurves("one", List.of(), new long[] {2, 2}, Map.of()))
                        .getMessage());
    }
}
