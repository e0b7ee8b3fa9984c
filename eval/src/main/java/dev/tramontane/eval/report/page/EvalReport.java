package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.HtmlPage;
import dev.tramontane.eval.report.drawing.PngDrawing;
import dev.tramontane.eval.run.Run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Draws runs for people: one page that needs nothing else, and its charts as files for other
/// texts.
///
/// `index.html` holds everything, the traces included; `NAME.svg` and `NAME.png` a chart each. What
/// is there already is written anew, each file at once.
public final class EvalReport {
    private final Page page;

    private EvalReport(Page page) {
        this.page = page;
    }

    /// @param runs in the order that they are to stand in; one at least
    public static EvalReport of(List<Run> runs) {
        return new EvalReport(RunPage.of(runs));
    }

    /// What was written.
    ///
    /// @param withoutPictures why there are no PNG files; empty where there are
    public record Written(List<Path> files, Optional<String> withoutPictures) {
        public Written {
            files = List.copyOf(files);
        }
    }

    /// @param folder made where it is not there
    public Written write(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        Optional<String> obstacle = PngDrawing.obstacle();
        files.add(
                HtmlPage.put(
                        folder.resolve("index.html"),
                        out -> {
                            var writer =
                                    new BufferedWriter(
                                            new OutputStreamWriter(out, StandardCharsets.UTF_8));
                            new PageWriter(page, PageWriter.MOST_TRACE_CHARS).write(writer);
                            writer.flush();
                        }));
        for (Map.Entry<String, Chart> chart : page.charts()) {
            String name = fileName(chart.getKey());
            files.add(
                    HtmlPage.put(
                            folder.resolve(name + ".svg"),
                            out -> out.write(bytes(chart.getValue().svgFile()))));
            if (obstacle.isEmpty()) {
                files.add(
                        HtmlPage.put(
                                folder.resolve(name + ".png"),
                                out -> out.write(chart.getValue().pngFile())));
            }
        }
        return new Written(files, obstacle);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// `AIME 2024: maj@k` is `aime-2024-maj-k`.
    static String fileName(String caption) {
        String name = caption.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return name.replaceAll("^-|-$", "");
    }
}
