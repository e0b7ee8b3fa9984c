package dev.tramontane.sampling;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Texts that lie on the machine already: our own sources, the sources of the JDK that runs, the
/// project files and sources of Maven's local repository, and folders of the caller's choice. In an
/// order that the seed decides.
final class RealTexts {
    /// Longer ones are cut: no answer is as long.
    private static final int LONGEST_CHARS = 400_000;

    private static final List<String> ENDINGS =
            List.of(
                    ".java",
                    ".md",
                    ".txt",
                    ".xml",
                    ".pom",
                    ".json",
                    ".yaml",
                    ".yml",
                    ".py",
                    ".c",
                    ".h",
                    ".cpp",
                    ".js",
                    ".ts",
                    ".css",
                    ".html",
                    ".svg",
                    ".csv",
                    ".tex",
                    ".sh",
                    ".sql",
                    ".rs",
                    ".go",
                    ".po",
                    ".properties",
                    ".adoc",
                    ".rst");

    /// A text and where it lies.
    ///
    /// @param source whose it is
    /// @param name of the file
    record RealText(String source, String name, String text) {}

    private final String source;
    private final List<Path> files = new ArrayList<>();

    private RealTexts(String source, Path folder, String... endings) throws IOException {
        this.source = source;
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/target/"))
                    .filter(file -> !file.toString().contains("/.git/"))
                    .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .sorted()
                    .forEach(files::add);
        }
    }

    /// Our own sources and pages.
    static List<RealText> ours(long seed, long chars) throws IOException {
        return new RealTexts("this project", Path.of(".."), ".java", ".md").take(seed, chars);
    }

    /// The sources of the JDK that runs; none where it came without.
    static List<RealText> jdk(long seed, long chars) throws IOException {
        Path zip = Path.of(System.getProperty("java.home"), "lib", "src.zip");
        return Files.exists(zip) ? entries("JDK", zip, seed, chars) : List.of();
    }

    /// Project files and sources in Maven's local repository.
    static List<RealText> maven(long seed, long chars) throws IOException {
        Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
        if (!Files.isDirectory(repository)) {
            return List.of();
        }
        List<RealText> texts =
                new ArrayList<>(new RealTexts("Maven", repository, ".pom").take(seed, chars / 2));
        long left = chars - chars / 2;
        for (Path jar : new RealTexts("Maven", repository, "-sources.jar").files) {
            for (RealText text : entries("Maven", jar, seed, left)) {
                left -= text.text.length();
                texts.add(text);
            }
        }
        return texts;
    }

    /// All texts of a folder.
    static List<RealText> folder(Path folder, long seed, long chars) throws IOException {
        return new RealTexts(folder.toString(), folder, ENDINGS.toArray(String[]::new))
                .take(seed, chars);
    }

    private List<RealText> take(long seed, long chars) throws IOException {
        Collections.shuffle(files, new Random(seed));
        List<RealText> texts = new ArrayList<>();
        long left = chars;
        for (Path file : files) {
            if (left <= 0) {
                break;
            }
            Optional<String> text = decoded(Files.readAllBytes(file));
            if (text.isPresent()) {
                texts.add(new RealText(source, file.toString(), text.get()));
                left -= text.get().length();
            }
        }
        return texts;
    }

    private static List<RealText> entries(String source, Path zip, long seed, long chars)
            throws IOException {
        List<RealText> texts = new ArrayList<>();
        try (var file = new ZipFile(zip.toFile())) {
            List<ZipEntry> entries = new ArrayList<>(Collections.list(file.entries()));
            entries.removeIf(entry -> ENDINGS.stream().noneMatch(entry.getName()::endsWith));
            Collections.shuffle(entries, new Random(seed));
            long left = chars;
            for (ZipEntry entry : entries) {
                if (left <= 0) {
                    break;
                }
                try (var in = file.getInputStream(entry)) {
                    Optional<String> text = decoded(in.readAllBytes());
                    if (text.isPresent()) {
                        texts.add(new RealText(source, entry.getName(), text.get()));
                        left -= text.get().length();
                    }
                }
            }
        }
        return texts;
    }

    /// The text of a file; empty where it is none.
    private static Optional<String> decoded(byte[] bytes) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return Optional.of(text.substring(0, Math.min(text.length(), LONGEST_CHARS)));
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }
}
