package dev.tramontane.eval.report.drawing;

/// Something that can be drawn, on anything.
public interface Chart {
    int width();

    int height();

    /// What people hear who do not see it.
    String about();

    void draw(Drawing drawing);

    /// For a page that has the style sheet.
    ///
    /// @param id unique on the page
    default String element(String id) {
        return svg(id).element();
    }

    /// A file of its own.
    default String svgFile() {
        return svg("c").file();
    }

    private SvgDrawing svg(String id) {
        var drawing = new SvgDrawing(width(), height(), id, about());
        draw(drawing);
        return drawing;
    }

    /// A picture; needs a machine with fonts ({@link PngDrawing#obstacle}).
    default byte[] pngFile() {
        var drawing = new PngDrawing(width(), height());
        draw(drawing);
        return drawing.file();
    }
}
