package dev.tramontane.eval.report.drawing;

import dev.tramontane.eval.benchmark.Seeds;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/// A page that asks for nothing: its style and its script stand in it, and its policy lets no other
/// run, whatever the page tells of.
///
/// In the template `{{name}}` stands for a part. The parts `style`, `style-hash`, `script` and
/// `script-hash` are the page's own; the others are given when it is written.
public final class HtmlPage {
    private static final Pattern HALVES = Pattern.compile("\\p{Cs}");

    private final String template;
    private final String style;
    private final String script;

    /// @param template the page around its parts
    /// @param style beside the one that all pages share
    /// @param script beside the one that all pages share
    public HtmlPage(String template, String style, String script) {
        this.template = template;
        this.style = read("page.css", HtmlPage.class::getResourceAsStream) + style;
        this.script = read("page.js", HtmlPage.class::getResourceAsStream) + script;
    }

    /// A page whose `NAME.html`, `NAME.css` and `NAME.js` are resources.
    ///
    /// @param resources `SomeClass.class::getResourceAsStream`, of the module that has them
    public static HtmlPage of(String name, Function<String, @Nullable InputStream> resources) {
        return new HtmlPage(
                read(name + ".html", resources),
                read(name + ".css", resources),
                read(name + ".js", resources));
    }

    /// What stands in a place of the template.
    public interface Part {
        void write(Writer out) throws IOException;
    }

    /// @param parts by the names that the template has for them
    public void write(Writer out, Map<String, Part> parts) throws IOException {
        Map<String, Part> all = new HashMap<>(parts);
        all.put("style", to -> to.write(style));
        all.put("style-hash", to -> to.write(hash(style)));
        all.put("script", to -> to.write(script));
        all.put("script-hash", to -> to.write(hash(script)));
        int from = 0;
        for (int open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", from)) {
            out.write(template, from, open - from);
            int close = template.indexOf("}}", open);
            String name = template.substring(open + 2, close);
            Part part = all.get(name);
            if (part == null) {
                throw new IllegalStateException("the page's template names " + name);
            }
            part.write(out);
            from = close + 2;
        }
        out.write(template, from, template.length() - from);
    }

    /// A text as it stands in the page.
    public static Part text(String text) {
        return out -> out.write(SvgDrawing.escaped(text));
    }

    /// Names and values that can be folded away.
    public static String facts(String label, List<Map.Entry<String, String>> facts) {
        var out = new StringBuilder("<details open><summary>");
        out.append(SvgDrawing.escaped(label)).append("</summary><dl>");
        for (Map.Entry<String, String> fact : facts) {
            out.append("<dt>").append(SvgDrawing.escaped(fact.getKey())).append("</dt><dd>");
            out.append(SvgDrawing.escaped(fact.getValue())).append("</dd>");
        }
        return out.append("</dl></details>\n").toString();
    }

    /// Data as it stands in a script element, which nothing in it can end.
    public static String json(JsonNode data) {
        return whole(data.toString()).replace("<", "\\u003c");
    }

    /// The text with U+FFFD for halves of characters, which UTF-8 has no place for.
    public static String whole(String text) {
        return HALVES.matcher(text).replaceAll("\uFFFD");
    }

    /// What fills a file.
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /// Writes beside the file and moves it there, so that nobody reads half of it, and several
    /// processes may.
    public static Path put(Path file, Content content) throws IOException {
        String part = "%s.%d.part".formatted(file.getFileName(), ProcessHandle.current().pid());
        Path beside = file.resolveSibling(part);
        try (var out = Files.newOutputStream(beside)) {
            content.write(out);
        }
        return Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Writes the page to a file in the same way.
    public Path put(Path file, Map<String, Part> parts) throws IOException {
        return put(
                file,
                out -> {
                    var writer =
                            new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                    write(writer, parts);
                    writer.flush();
                });
    }

    /// CSP level 3, section 2.3.1.
    private static String hash(String text) {
        byte[] digest = Seeds.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    private static String read(String name, Function<String, @Nullable InputStream> resources) {
        try (InputStream in = resources.apply(name)) {
            if (in == null) {
                throw new IllegalStateException("the module lacks its " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
