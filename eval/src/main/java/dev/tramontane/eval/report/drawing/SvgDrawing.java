package dev.tramontane.eval.report.drawing;

import java.util.List;
import java.util.Locale;

/// Draws as SVG. In a page the page's style sheet has the colours; a file carries its own, for
/// light and dark.
public final class SvgDrawing implements Drawing {
    /// How much of a series' colour is left where it stands back.
    private static final String PALE = "0.25";

    /// Colours of the models, told apart by most eyes, on white as on black.
    static final List<String> SERIES =
            List.of(
                    "#3d76c2", "#e2711d", "#2f9e77", "#a25bb5", "#c2413f", "#7d8794", "#b58a00",
                    "#5aa9d6");

    static final String LIGHT_INK = "#1d2127";
    static final String LIGHT_FAINT = "#6b7480";

    private static final String FILE_STYLE =
            """
            svg{background:#fff;font-family:system-ui,'DejaVu Sans',sans-serif}
            .ink{fill:#1d2127;stroke:none}.faint{fill:#6b7480;stroke:none}
            line.ink{stroke:#1d2127}line.faint{stroke:#d5dae0}
            @media(prefers-color-scheme:dark){svg{background:#15181c}.ink{fill:#e6e9ed}.faint{fill:#98a1ac}
            line.ink{stroke:#e6e9ed}line.faint{stroke:#3a414a}}
            """;

    private final StringBuilder out = new StringBuilder();
    private final String patterns;
    private final int width;
    private final int height;
    private final String about;

    /// @param id tells its patterns from those of other charts on the page
    /// @param about what people hear who do not see it
    public SvgDrawing(int width, int height, String id, String about) {
        this.width = width;
        this.height = height;
        this.patterns = id;
        this.about = about;
    }

    /// The element, for a page that has the style sheet.
    public String element() {
        return "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" xmlns=\"http://www.w3.org/2000/svg\"><title>%s</title><defs>%s</defs>%s</svg>\n"
                .formatted(width, height, width, height, escaped(about), hatches(), out);
    }

    /// A file of its own.
    public String file() {
        String element = element();
        int defs = element.indexOf("<defs>");
        return element.substring(0, defs)
                + "<style>"
                + FILE_STYLE
                + "</style>"
                + element.substring(defs);
    }

    private String hatches() {
        var defs = new StringBuilder();
        for (int i = 0; i < SERIES.size(); i++) {
            defs.append(
                    "<pattern id=\"%s-h%d\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"%s\" fill-opacity=\"0.16\"/><rect width=\"2.4\" height=\"6\" fill=\"%s\"/></pattern>"
                            .formatted(patterns, i, SERIES.get(i), SERIES.get(i)));
        }
        return defs.toString();
    }

    @Override
    public void bar(
            double x,
            double y,
            double width,
            double height,
            Paint paint,
            boolean hatched,
            String about) {
        String fill =
                hatched && paint instanceof Paint.Series(int number)
                        ? "fill=\"url(#%s-h%d)\" stroke=\"%s\""
                                .formatted(patterns, number % SERIES.size(), color(number))
                        : fill(paint);
        out.append(
                format(
                        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" %s><title>%s</title></rect>",
                        x, y, width, height, fill, escaped(about)));
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Paint paint, double width) {
        String stroke =
                switch (paint) {
                    case Paint.Ink() -> "class=\"ink\"";
                    case Paint.Faint() -> "class=\"faint\"";
                    case Paint.Series(int number) -> "stroke=\"" + color(number) + "\"";
                    case Paint.Pale(int number) ->
                            "stroke=\"" + color(number) + "\" stroke-opacity=\"" + PALE + "\"";
                };
        out.append(
                format(
                        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" %s stroke-width=\"%s\"/>",
                        x1, y1, x2, y2, stroke, width));
    }

    @Override
    public void path(List<Double> points, Paint paint, boolean dashed) {
        var list = new StringBuilder();
        for (double value : points) {
            list.append(number(value)).append(' ');
        }
        String stroke =
                switch (paint) {
                    case Paint.Ink() -> LIGHT_INK + "\" stroke-width=\"2\"";
                    case Paint.Faint() -> LIGHT_FAINT + "\" stroke-width=\"2\"";
                    case Paint.Series(int number) -> color(number) + "\" stroke-width=\"2\"";
                    case Paint.Pale(int number) ->
                            color(number) + "\" stroke-width=\"1\" stroke-opacity=\"" + PALE + "\"";
                };
        out.append(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s%s/>"
                        .formatted(
                                list.toString().strip(),
                                stroke,
                                dashed ? " stroke-dasharray=\"5 4\"" : ""));
    }

    @Override
    public void dot(double x, double y, Paint paint, String about) {
        out.append(
                format(
                        "<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" %s><title>%s</title></circle>",
                        x, y, fill(paint), escaped(about)));
    }

    @Override
    public void text(double x, double y, String text, Anchor anchor, Paint paint, double size) {
        String at =
                switch (anchor) {
                    case START -> "";
                    case MIDDLE -> " text-anchor=\"middle\"";
                    case END -> " text-anchor=\"end\"";
                };
        out.append(
                format(
                        "<text x=\"%s\" y=\"%s\" font-size=\"%s\" %s%s>%s</text>",
                        x, y, size, fill(paint), at, escaped(text)));
    }

    private static String fill(Paint paint) {
        return switch (paint) {
            case Paint.Ink() -> "class=\"ink\"";
            case Paint.Faint() -> "class=\"faint\"";
            case Paint.Series(int number) -> "fill=\"" + color(number) + "\"";
            case Paint.Pale(int number) ->
                    "fill=\"" + color(number) + "\" fill-opacity=\"" + PALE + "\"";
        };
    }

    /// The colour of a series, `#rrggbb`.
    public static String color(int number) {
        return SERIES.get(number % SERIES.size());
    }

    /// A template whose numbers have one digit behind the point at most.
    private static String format(String template, Object... values) {
        Object[] texts = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            texts[i] = values[i] instanceof Double value ? number(value) : values[i];
        }
        return template.formatted(texts);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /// Text as it stands in an element or between quotes. Characters that XML has no place for
    /// become U+FFFD.
    public static String escaped(String text) {
        var safe = new StringBuilder();
        text.codePoints()
                .forEach(
                        point -> {
                            switch (point) {
                                case '<' -> safe.append("&lt;");
                                case '>' -> safe.append("&gt;");
                                case '&' -> safe.append("&amp;");
                                case '"' -> safe.append("&quot;");
                                case '\'' -> safe.append("&#39;");
                                default -> safe.appendCodePoint(isXml(point) ? point : 0xFFFD);
                            }
                        });
        return safe.toString();
    }

    /// XML 1.0, section 2.2.
    private static boolean isXml(int point) {
        return point == '\t'
                || point == '\n'
                || point == '\r'
                || (point >= ' ' && point < 0xD800)
                || (point >= 0xE000 && point < 0xFFFE)
                || point > 0xFFFF;
    }
}
