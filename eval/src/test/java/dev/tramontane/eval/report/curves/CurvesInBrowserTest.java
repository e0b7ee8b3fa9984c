package dev.tramontane.eval.report.curves;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.eval.report.page.Browser;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// The curves in a real browser. `-Dtramontane.screenshots=DIR` keeps what they look like.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CurvesInBrowserTest {
    private static final List<Figure> FIGURES =
            List.of(
                    new Figure(
                            "loss", "Loss", "Learning", Figure.Scale.FACTOR, "Mean over tokens."),
                    new Figure("rate", "Learning rate", "Learning", Figure.Scale.NUMBER, ""),
                    new Figure("accuracy", "Accuracy", "Reward", Figure.Scale.SHARE, ""));

    @TempDir static Path folder;

    private static @Nullable Browser browser;

    @BeforeAll
    static void open() throws IOException {
        Optional<Path> program = Browser.find();
        if (program.isEmpty()) {
            System.err.println("CurvesInBrowserTest is SKIPPED: no chromium on this machine");
        }
        assumeTrue(program.isPresent(), "no chromium on this machine");
        browser = new Browser(program.orElseThrow());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    /// Curves as training has them: falling, noisy, with a peak.
    private static StepCurves run(String label, int count, long seed) {
        var random = new SplittableRandom(seed);
        long[] steps = new long[count];
        Map<String, double[]> values = new LinkedHashMap<>();
        for (String key : List.of("loss", "rate", "accuracy")) {
            values.put(key, new double[count]);
        }
        for (int i = 0; i < count; i++) {
            steps[i] = i + 1L;
            double done = (i + 1.0) / count;
            double noise = 1 + 0.15 * random.nextGaussian();
            values("loss", values)[i] = 6 * Math.exp(-5 * done) * noise + (i == count / 2 ? 4 : 0);
            values("rate", values)[i] = 2e-3 * Math.min(1, 2 * (1 - done));
            values("accuracy", values)[i] = done * 0.9 * (0.9 + 0.1 * random.nextDouble());
        }
        return new StepCurves(label, List.of(Map.entry("seed", "" + seed)), steps, values);
    }

    private static double[] values(String key, Map<String, double[]> values) {
        return Objects.requireNonNull(values.get(key));
    }

    private static Browser opened(StepCurves... runs) throws IOException {
        Browser shown = Objects.requireNonNull(browser);
        shown.size(1200, 900);
        shown.colours("light");
        Path file = Files.createTempDirectory(folder, "curves").resolve("curves.html");
        new CurvesPage("A run", "3 figures", FIGURES, List.of(runs)).write(file);
        shown.open(file.toUri());
        return shown;
    }

    private static String text(Browser page, String expression) {
        return page.evaluate(expression).asString();
    }

    @Test
    void the_page_opens_without_a_request_and_without_a_complaint() throws IOException {
        Browser page = opened(run("a", 300, 1));
        assertEquals(3, page.evaluate("document.querySelectorAll('svg.chart').length").asInt());
        for (String address : page.requests()) {
            assertTrue(
                    address.startsWith("file:") || address.startsWith("data:"),
                    "asks for " + address);
        }
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void the_script_draws_what_the_page_has_without_it() throws IOException {
        StepCurves run = run("a", 2000, 2);
        Browser page = opened(run);
        var shown =
                text(page, "document.querySelectorAll('polyline')[1].getAttribute('points')")
                        .split(" ");
        var chart =
                new LineChart(
                        FIGURES.getFirst(),
                        Axis.of(1, 2000, true, false),
                        Map.of(0, Stretches.of(run.steps(), values("loss", run.values()), 400)),
                        List.of("a"));
        String[] written =
                chart.element("c").split("<polyline points=\"")[2].split("\"")[0].split(" ");
        assertEquals(written.length, shown.length);
        for (int i = 0; i < written.length; i++) {
            assertEquals(Double.parseDouble(written[i]), Double.parseDouble(shown[i]), 0.11);
        }
    }

    @Test
    void values_are_told_at_the_pointer_and_by_keys() throws IOException {
        Browser page = opened(run("a", 300, 3), run("b", 200, 4));
        page.evaluate(
                "{const s = document.querySelector('svg.chart'); const b = s.getBoundingClientRect();"
                        + " s.dispatchEvent(new PointerEvent('pointermove', {clientX: b.left + b.width / 2, clientY: b.top + 20}))}");
        String told = text(page, "document.querySelector('.values').textContent");
        assertTrue(told.matches("a: step 1\\d\\d: [\\d.]+, smoothed [\\d.]+b: step .*"), told);
        assertEquals(3, page.evaluate("document.querySelectorAll('.pointer').length").asInt());
        assertEquals(
                1,
                page.evaluate("document.querySelectorAll('.values:not(.hidden)').length").asInt());
        page.evaluate(
                "document.querySelector('svg.chart').dispatchEvent(new PointerEvent('pointerleave'))");
        assertEquals(0, page.evaluate("document.querySelectorAll('.pointer').length").asInt());
        page.evaluate("document.querySelectorAll('.curves figure')[2].focus()");
        page.press("ArrowLeft");
        page.press("ArrowLeft");
        String keyed = text(page, "document.querySelectorAll('.values')[2].textContent");
        assertTrue(keyed.matches("a: step 29\\d: [\\d.]+%.*"), keyed);
    }

    @Test
    void smoothing_and_runs_are_chosen() throws IOException {
        Browser page = opened(run("a", 300, 5), run("b", 300, 6));
        String points = "document.querySelectorAll('polyline')[1].getAttribute('points')";
        String before = text(page, points);
        page.evaluate("smoothing.value = '0.1'; smoothing.dispatchEvent(new Event('change'))");
        assertNotEquals(before, text(page, points));
        page.evaluate("document.querySelector('#runs input').click()");
        assertEquals("none", text(page, "document.querySelectorAll('polyline')[1].style.display"));
        assertEquals("", text(page, "document.querySelectorAll('polyline')[3].style.display"));
    }

    @Test
    void it_fits_a_narrow_screen_is_dark_and_prints() throws IOException {
        Browser page = opened(run("first", 3000, 7), run("second", 2000, 8));
        keep("curves-light", page.screenshot());
        page.colours("dark");
        assertEquals(
                "rgb(21, 24, 28)", text(page, "getComputedStyle(document.body).backgroundColor"));
        keep("curves-dark", page.screenshot());
        page.colours("light");
        page.size(390, 844);
        assertEquals(
                page.evaluate("document.documentElement.clientWidth").asInt(),
                page.evaluate("document.documentElement.scrollWidth").asInt(),
                "nothing sticks out");
        page.size(1200, 900);
        page.prints(true);
        keep("curves-print", page.screenshot());
        assertEquals(
                "none",
                text(
                        page,
                        "getComputedStyle(document.getElementById('smoothing').parentElement).display"));
        page.prints(false);
        assertEquals("%PDF", new String(page.pdf(), 0, 4, StandardCharsets.US_ASCII));
    }

    private static void keep(String name, byte[] png) throws IOException {
        String kept = System.getProperty("tramontane.screenshots", "");
        if (!kept.isEmpty()) {
            Files.write(Path.of(kept, name + ".png"), png);
        }
        assertTrue(png.length > 10_000, "a picture of something");
    }
}
