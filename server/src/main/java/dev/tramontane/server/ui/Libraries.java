package dev.tramontane.server.ui;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Files of other people's libraries, out of their WebJars: those that the page uses, and no more.
/// Their paths hold their versions, as WebJars have them.
final class Libraries {
    private static final String WEBJARS = "META-INF/resources/webjars/";
    private static final int MOST_PATH_CHARS = 100;
    private static final String VERSION = "/[0-9][0-9.]*/";

    /// What the page uses.
    private static final List<Pattern> USED =
            List.of(
                    Pattern.compile("katex" + VERSION + "dist/katex\\.min\\.(js|css)"),
                    Pattern.compile("katex" + VERSION + "dist/fonts/KaTeX_[A-Za-z0-9-]+\\.woff2"),
                    Pattern.compile("markdown-it" + VERSION + "dist/markdown-it\\.min\\.js"),
                    Pattern.compile("dompurify" + VERSION + "dist/purify\\.min\\.js"),
                    Pattern.compile("highlightjs" + VERSION + "highlight\\.min\\.js"),
                    Pattern.compile(
                            "highlightjs" + VERSION + "languages/[a-z0-9][a-z0-9_-]*\\.min\\.js"));

    private final Map<String, UiFile> kept = new ConcurrentHashMap<>();

    /// A file, by its path behind `META-INF/resources/webjars/`.
    Optional<UiFile> find(String path) {
        boolean isUsed =
                path.length() <= MOST_PATH_CHARS
                        && USED.stream().anyMatch(used -> used.matcher(path).matches());
        return isUsed
                ? Optional.ofNullable(kept.computeIfAbsent(path, Libraries::read))
                : Optional.empty();
    }

    private static @Nullable UiFile read(String path) {
        try (InputStream in =
                Libraries.class.getClassLoader().getResourceAsStream(WEBJARS + path)) {
            return in == null ? null : UiFile.of(path, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read from its jar", e);
        }
    }
}
