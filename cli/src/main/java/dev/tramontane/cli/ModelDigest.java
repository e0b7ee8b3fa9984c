package dev.tramontane.cli;

import dev.tramontane.eval.benchmark.Seeds;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What tells a model's files from all others: the SHA-256 of the one file, or that of the names
/// and digests of several.
final class ModelDigest {
    private static final Pattern PART = Pattern.compile("(.*)-\\d{5}-of-(\\d{5})\\.gguf");
    private static final Pattern TELLING =
            Pattern.compile(".*\\.(safetensors|json|gguf|model|jinja|txt)");
    private static final int CHUNK_BYTES = 1 << 20;

    private ModelDigest() {}

    /// @param model a file, the first part of several, or a folder
    static String of(Path model) throws IOException {
        List<Path> files = files(model);
        if (files.size() == 1) {
            return digest(files.getFirst());
        }
        MessageDigest all = Seeds.sha256();
        for (Path file : files) {
            String line = file.getFileName() + " " + digest(file) + "\n";
            all.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private static List<Path> files(Path model) throws IOException {
        if (Files.isDirectory(model)) {
            return matching(model, TELLING);
        }
        Matcher part = PART.matcher(String.valueOf(model.getFileName()));
        Path folder = model.toAbsolutePath().getParent();
        return part.matches() && folder != null
                ? matching(
                        folder,
                        Pattern.compile(
                                Pattern.quote(part.group(1))
                                        + "-\\d{5}-of-"
                                        + part.group(2)
                                        + "\\.gguf"))
                : List.of(model);
    }

    private static List<Path> matching(Path folder, Pattern names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> names.matcher(String.valueOf(file.getFileName())).matches())
                    .sorted()
                    .toList();
        }
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = Seeds.sha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
