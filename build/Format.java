import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Checks (`check`) or mends (`write`) the format of every Java file below a folder, with
/// google-java-format's four-space style. It runs on the JDK the project is built with, because the
/// formatter reads a file with the parser of the Java it runs on.
class Format {
    static void main(String[] args) throws Exception {
        boolean write = args[0].equals("write");
        Path root = Path.of(args[1]).toRealPath();
        var options = JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();
        var formatter = new Formatter(options);
        List<Path> wrong = new ArrayList<>();
        for (Path file : sources(root)) {
            String found = Files.readString(file);
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
        }
        if (!write && !wrong.isEmpty()) {
            wrong.forEach(file -> System.err.println(file + " is not formatted"));
            System.err.println("Mend it with: mvn -N validate -Dformat=write");
            System.exit(1);
        }
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
