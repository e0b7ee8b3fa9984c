package dev.tramontane.browser;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// How long the page takes until it can be used: from the beginning of its navigation until it is
/// laid out, listens, and has the focus in its message field, with the models in its menu. From a
/// server that is warm, to a browser that knows nothing yet, and to one that has the files. A
/// program, since its figures depend on the machine: `mvn -Pload -pl browser -am verify
/// -DskipTests`.
///
/// Argument: visits (20).
final class LoadBench {
    private static final int FIRST_VISITS = 3; // they warm the server

    private static final String FIGURES =
            """
            () => {
              const files = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
              return {
                ready: performance.getEntriesByName('ready')[0].startTime,
                bytes: files.reduce((sum, file) => sum + file.transferSize, 0),
                files: files.length,
              }
            }
            """;

    private LoadBench() {}

    /// @param readyMillis from the beginning of the navigation
    /// @param processorMillis of the page's thread, whoever else had the processor
    private record Load(double readyMillis, double processorMillis, int bytes, int files) {}

    public static void main(String[] arguments) throws IOException {
        int visits = arguments.length == 0 ? 20 : Integer.parseInt(arguments[0]);
        Path folder = Files.createTempDirectory("tramontane-load");
        List<Load> fresh = new ArrayList<>();
        List<Load> again = new ArrayList<>();
        try (Chromium chromium = Chromium.open(LoadBench.class);
                Visit visit = Visit.of(chromium, folder)) {
            for (int i = 0; i < FIRST_VISITS + visits; i++) {
                try (Tab tab = chromium.tab()) {
                    Load first = load(tab, visit.address() + "/");
                    Load second = load(tab, visit.address() + "/?again");
                    if (i >= FIRST_VISITS) {
                        fresh.add(first);
                        again.add(second);
                    }
                }
            }
        } finally {
            delete(folder);
        }
        tell("first visit", fresh);
        tell("second visit", again);
    }

    private static Load load(Tab tab, String address) {
        CDPSession inspector = tab.context().newCDPSession(tab.page);
        var time = new JsonObject();
        time.addProperty("timeDomain", "threadTicks");
        inspector.send("Performance.enable", time);
        double before = FrameBench.metric(inspector.send("Performance.getMetrics"), "TaskDuration");
        tab.page.navigate(address);
        tab.page.waitForSelector("html[data-ready]");
        double after = FrameBench.metric(inspector.send("Performance.getMetrics"), "TaskDuration");
        Map<?, ?> figures = (Map<?, ?>) Objects.requireNonNull(tab.page.evaluate(FIGURES));
        return new Load(
                number(figures, "ready"),
                Math.max(0, after - before) * 1000,
                (int) number(figures, "bytes"),
                (int) number(figures, "files"));
    }

    private static double number(Map<?, ?> figures, String name) {
        return ((Number) Objects.requireNonNull(figures.get(name))).doubleValue();
    }

    private static void tell(String what, List<Load> loads) {
        List<Load> sorted =
                loads.stream().sorted(Comparator.comparingDouble(Load::readyMillis)).toList();
        Load median = sorted.get(sorted.size() / 2);
        System.out.printf(
                "%s: ready after %.0f ms at best, %.0f in the median, %.0f at worst, of %d visits; %.0f ms of the processor; %,d bytes in %d files%n",
                what,
                sorted.getFirst().readyMillis(),
                median.readyMillis(),
                sorted.getLast().readyMillis(),
                sorted.size(),
                loads.stream().mapToDouble(Load::processorMillis).average().orElse(0),
                median.bytes(),
                median.files());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
