package dev.tramontane.eval.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Figures;
import dev.tramontane.eval.report.drawing.PngDrawing;
import dev.tramontane.eval.report.drawing.SvgDrawing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

class ChartTest {
    private static List<Element> elements(Chart chart, String tag) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(
                                new ByteArrayInputStream(
                                        chart.svgFile().getBytes(StandardCharsets.UTF_8)));
        NodeList nodes = document.getElementsByTagName(tag);
        List<Element> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static List<Element> drawnBars(Chart chart) throws Exception {
        return elements(chart, "rect").stream()
                .filter(rect -> !rect.getParentNode().getNodeName().equals("pattern"))
                .filter(
                        rect ->
                                rect.getElementsByTagName("title")
                                        .item(0)
                                        .getTextContent()
                                        .contains("%"))
                .toList();
    }

    @Test
    void a_bar_is_as_high_as_its_figure_and_says_it() throws Exception {
        List<Element> bars = drawnBars(Pages.bars());
        assertEquals(6, bars.size());
        double full = Double.parseDouble(bars.get(3).getAttribute("height"));
        assertEquals(240, full);
        assertEquals(0.707 * full, Double.parseDouble(bars.get(0).getAttribute("height")), 0.06);
        assertEquals(0, Double.parseDouble(bars.get(4).getAttribute("height")));
        List<String> texts =
                elements(Pages.bars(), "text").stream().map(Element::getTextContent).toList();
        for (String value : List.of("70.7", "41.2", "100.0", "0.0", "95.9", "AIME 2024")) {
            assertTrue(texts.contains(value), value);
        }
    }

    @Test
    void published_figures_are_hatched_and_marked() throws Exception {
        List<Element> bars = drawnBars(Pages.bars());
        for (Element bar : bars) {
            boolean isPublished =
                    bar.getElementsByTagName("title")
                            .item(0)
                            .getTextContent()
                            .contains("published");
            assertEquals(isPublished, bar.getAttribute("fill").startsWith("url(#"));
        }
        assertEquals(
                2, bars.stream().filter(bar -> bar.getAttribute("fill").startsWith("url")).count());
        assertTrue(Pages.bars().svgFile().contains("Magistral Small (published)"));
    }

    @Test
    void an_interval_stands_where_it_lies() throws Exception {
        List<Element> whiskers =
                elements(Pages.bars(), "line").stream()
                        .filter(line -> line.getAttribute("stroke-width").equals("1.2"))
                        .filter(line -> line.getAttribute("x1").equals(line.getAttribute("x2")))
                        .toList();
        assertEquals(2, whiskers.size());
        double low = Double.parseDouble(whiskers.getFirst().getAttribute("y1"));
        double high = Double.parseDouble(whiskers.getFirst().getAttribute("y2"));
        assertEquals((79.0 - 62.1) / 100 * 240, low - high, 0.2);
    }

    @Test
    void a_curve_has_its_points_in_their_places() throws Exception {
        List<Element> dots = elements(Pages.curves(), "circle");
        List<Double> xs =
                dots.stream().map(dot -> Double.parseDouble(dot.getAttribute("cx"))).toList();
        assertEquals(xs.get(0), xs.get(3), "both begin at k = 1");
        assertEquals(
                Math.log(4) / Math.log(64),
                (xs.get(1) - xs.get(0)) / (xs.get(2) - xs.get(0)),
                0.01);
    }

    @Test
    void names_are_escaped_and_long_ones_cut() throws Exception {
        var bar = new Bar("<b>&\"'\u0000", "m".repeat(500), 5, Optional.empty(), Optional.empty());
        Chart chart = new BarChart(List.of(bar));
        assertFalse(chart.svgFile().contains("<b>"));
        assertEquals(1, drawnBars(chart).size(), "and it is XML");
        assertTrue(
                elements(chart, "text").stream()
                        .allMatch(text -> text.getTextContent().length() <= 60));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_picture_has_the_same_chart_in_pixels(boolean isBars) throws Exception {
        Optional<String> obstacle = PngDrawing.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "SKIPPED, no letters here: " + obstacle.orElse(""));
        Chart chart = isBars ? Pages.bars() : Pages.curves();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(chart.pngFile()));
        assertEquals(2 * chart.width(), image.getWidth());
        assertEquals(2 * chart.height(), image.getHeight());
        int first = Integer.parseInt(SvgDrawing.color(0).substring(1), 16);
        int pixels = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                pixels += (image.getRGB(x, y) & 0xFFFFFF) == first ? 1 : 0;
            }
        }
        assertTrue(pixels > 500, pixels + " pixels of the first model's colour");
    }

    @Test
    void a_curve_needs_points_that_a_logarithm_has() {
        assertThrows(IllegalArgumentException.class, () -> new Curve("a", List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Curve.Point(0, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Curve.Point(Double.NaN, 1, 1, 1));
    }

    @Test
    void a_table_has_a_cell_for_each_column() {
        var table =
                new Figures(
                        List.of("run", "pass@1"),
                        1,
                        List.of(new Figures.Row(List.of("<b>", "1"), true)));
        assertEquals(
                "<table class=\"data\"><thead><tr><th scope=\"col\" class=\"text\">run</th>"
                        + "<th scope=\"col\">pass@1</th></tr>\n</thead><tbody>\n"
                        + "<tr class=\"published\"><td class=\"text\">&lt;b&gt;</td><td>1</td></tr>\n"
                        + "</tbody></table>",
                table.html());
        assertThrows(
                IllegalArgumentException.class,
                () -> new Figures(List.of("a"), 1, List.of(new Figures.Row(List.of(), false))));
    }
}
