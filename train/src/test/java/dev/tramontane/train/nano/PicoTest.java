package dev.tramontane.train.nano;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.train.SftStep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model is made from nothing by the recipe that makes nano, in a minute or two: it learns.
class PicoTest {
    /// Of the last steps, in nats a token: 0.06 was seen, and 5.6 where nothing is learned.
    private static final double MOST_LOSS = 0.1;

    /// Of problems in phrasings that were taught, with letters that were not: 0.8 was seen, and by
    /// chance one in three.
    private static final double LEAST_ACCURACY = 0.7;

    @TempDir private Path folder;

    @Test
    void a_pico_learns_to_count_letters() throws IOException {
        NanoSettings settings = NanoSettings.pico();
        List<Double> losses = new ArrayList<>();
        List<NanoReport> reports = new ArrayList<>();
        new NanoRecipe(settings, NanoRecipeTest.origin(1, Optional.empty()), 2)
                .run(
                        folder,
                        new NanoRecipe.Progress() {
                            @Override
                            public void begins(String what) {}

                            @Override
                            public void step(SftStep step, double seconds, int steps) {
                                losses.add(step.loss());
                            }

                            @Override
                            public void tested(int step, NanoReport report) {
                                reports.add(report);
                            }
                        });
        double loss =
                losses.subList(losses.size() - 50, losses.size()).stream()
                        .mapToDouble(each -> each)
                        .average()
                        .orElseThrow();
        assertTrue(loss < MOST_LOSS, "loss " + loss);
        NanoReport report = reports.getLast();
        assertTrue(report.familiar().accuracy() > LEAST_ACCURACY, report.familiar().toString());
        assertTrue(report.familiar().form() > 0.95, report.familiar().toString());
    }
}
