package dev.tramontane.eval.report.drawing;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.TexturePaint;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

import javax.imageio.ImageIO;

/// Draws pixels, two for each unit so that a picture stays sharp in a text; always on white.
public final class PngDrawing implements Drawing {
    private static final int SCALE = 2;
    private static final Color GRID = new Color(0xD5DAE0);
    private static final int HATCH_PIXELS = 8;

    private final BufferedImage image;
    private final Graphics2D graphics;

    public PngDrawing(int width, int height) {
        image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(SCALE, SCALE);
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /// Why this machine cannot draw letters; empty where it can. A machine without fonts, as
    /// servers are, fails in its own ways.
    public static Optional<String> obstacle() {
        try {
            new PngDrawing(8, 8).text(0, 8, "a", Anchor.START, INK, 8);
            return Optional.empty();
        } catch (LinkageError | RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// The picture as a PNG file.
    public byte[] file() {
        graphics.dispose();
        var out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static Color color(Paint paint) {
        return Color.decode(
                switch (paint) {
                    case Paint.Ink() -> SvgDrawing.LIGHT_INK;
                    case Paint.Faint() -> SvgDrawing.LIGHT_FAINT;
                    case Paint.Series(int number) -> SvgDrawing.color(number);
                    case Paint.Pale(int number) -> pale(number);
                });
    }

    /// A third of the colour on white.
    private static String pale(int number) {
        Color full = Color.decode(SvgDrawing.color(number));
        int red = 255 - (255 - full.getRed()) / 3;
        int green = 255 - (255 - full.getGreen()) / 3;
        int blue = 255 - (255 - full.getBlue()) / 3;
        return "#%02x%02x%02x".formatted(red, green, blue);
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
        var shape = new Rectangle2D.Double(x, y, width, height);
        Color color = color(paint);
        graphics.setPaint(hatched ? hatch(color) : color);
        graphics.fill(shape);
        if (hatched) {
            graphics.setColor(color);
            graphics.setStroke(new BasicStroke(1));
            graphics.draw(shape);
        }
    }

    private static TexturePaint hatch(Color color) {
        var tile = new BufferedImage(HATCH_PIXELS, HATCH_PIXELS, BufferedImage.TYPE_INT_RGB);
        int pale =
                new Color(mixed(color.getRed()), mixed(color.getGreen()), mixed(color.getBlue()))
                        .getRGB();
        for (int row = 0; row < HATCH_PIXELS; row++) {
            for (int column = 0; column < HATCH_PIXELS; column++) {
                boolean isLine = (row + column) % HATCH_PIXELS < 3;
                tile.setRGB(column, row, isLine ? color.getRGB() : pale);
            }
        }
        double unit = (double) HATCH_PIXELS / SCALE;
        return new TexturePaint(tile, new Rectangle2D.Double(0, 0, unit, unit));
    }

    /// A sixth of the colour on white.
    private static int mixed(int channel) {
        return 255 - (255 - channel) / 6;
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Paint paint, double width) {
        graphics.setColor(paint instanceof Paint.Faint ? GRID : color(paint));
        graphics.setStroke(new BasicStroke((float) width));
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void path(List<Double> points, Paint paint, boolean dashed) {
        var path = new Path2D.Double();
        path.moveTo(points.get(0), points.get(1));
        for (int i = 2; i < points.size(); i += 2) {
            path.lineTo(points.get(i), points.get(i + 1));
        }
        graphics.setColor(color(paint));
        graphics.setStroke(
                dashed
                        ? new BasicStroke(
                                2,
                                BasicStroke.CAP_BUTT,
                                BasicStroke.JOIN_ROUND,
                                1,
                                new float[] {5, 4},
                                0)
                        : new BasicStroke(2));
        graphics.draw(path);
    }

    @Override
    public void dot(double x, double y, Paint paint, String about) {
        graphics.setColor(color(paint));
        graphics.fill(new Ellipse2D.Double(x - 3.5, y - 3.5, 7, 7));
    }

    @Override
    public void text(double x, double y, String text, Anchor anchor, Paint paint, double size) {
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) size));
        double width = graphics.getFontMetrics().stringWidth(text);
        double start =
                switch (anchor) {
                    case START -> x;
                    case MIDDLE -> x - width / 2;
                    case END -> x - width;
                };
        graphics.setColor(color(paint));
        graphics.drawString(text, (float) start, (float) y);
    }
}
