package dev.tramontane.eval.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// The benchmarks that come with the program, and task files of others.
public final class Catalogue {
    /// In the order in which people look for them.
    public static final List<String> NAMES =
            List.of(
                    "aime-2024",
                    "aime-2025",
                    "math-500",
                    "gpqa-diamond",
                    "livecodebench-v5",
                    "livecodebench-v6",
                    "hle-text",
                    "gsm8k",
                    "mgsm",
                    "nano-suite");

    private static final String FOLDER = "/dev/tramontane/eval/benchmarks/";

    private Catalogue() {}

    /// The benchmark of a name, or of a task file's path.
    ///
    /// @throws TaskFileException when there is none, or the file is wrong
    public static Benchmark find(String nameOrFile) {
        if (NAMES.contains(nameOrFile)) {
            return TaskFile.read(nameOrFile + ".yaml", resource(nameOrFile));
        }
        try {
            Path file = Path.of(nameOrFile);
            if (Files.isRegularFile(file)) {
                return TaskFile.read(nameOrFile, Files.readAllBytes(file));
            }
        } catch (InvalidPathException _) {
            // no path: said below
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new TaskFileException(
                "%s: no such task, expected the path of a task file, or one of %s"
                        .formatted(nameOrFile, String.join(", ", NAMES)));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Catalogue.class.getResourceAsStream(FOLDER + name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the build lacks " + name + ".yaml");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
