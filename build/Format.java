import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Checks (`check`) or mends (`write`) the format of every Java file below a folder, with
/// google-java-format's four-space style. It runs on the JDK the project is built with, because the
/// formatter reads a file with the parser of the Java it runs on.
///
/// What was found in order is remembered by its hash in `target/formatted`, so that only changed
/// files are read with care.
class Format {
    static void main(String[] args) throws Exception {
        boolean write = args[0].equals("write");
        Path root = Path.of(args[1]).toRealPath();
        var options = JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();
        var formatter = new Formatter(options);
        Path memory = root.resolve("target/formatted");
        Set<String> known =
                Files.exists(memory) ? Set.copyOf(Files.readAllLines(memory)) : Set.of();
        Set<String> inOrder = new TreeSet<>();
        List<Path> wrong = new ArrayList<>();
        for (Path file : sources(root)) {
            String found = Files.readString(file);
            if (known.contains(hash(found))) {
                inOrder.add(hash(found));
                continue;
            }
            String expected;
            try {
                expected = formatter.formatSource(inOrder(found, options));
                expected = formatter.formatSource(expected); // splitting a line may show another
            } catch (FormatterException e) {
                throw new IOException(root.relativize(file) + ": " + e.getMessage(), e);
            }
            if (!expected.equals(found)) {
                wrong.add(root.relativize(file));
                if (write) {
                    Files.writeString(file, expected);
                }
            }
            if (write || expected.equals(found)) {
                inOrder.add(hash(expected));
            }
        }
        Files.createDirectories(memory.getParent());
        Files.write(memory, inOrder);
        if (!write && !wrong.isEmpty()) {
            wrong.forEach(file -> System.err.println(file + " is not formatted"));
            System.err.println("Mend it with: mvn -N validate -Dformat=write");
            System.exit(1);
        }
    }

    /// Of a source and of what would format it: the class path names the formatter's version.
    private static String hash(String source) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(System.getProperty("java.class.path").getBytes(StandardCharsets.UTF_8));
        digest.update(Runtime.version().toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
    }

    private static String inOrder(String source, JavaFormatterOptions options)
            throws FormatterException {
        return RemoveUnusedImports.removeUnusedImports(
                ImportOrderer.reorderImports(source, options.style()));
    }

    private static List<Path> sources(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !root.relativize(file).toString().matches(".*\\btarget\\b.*"))
                    .toList();
        }
    }
}
