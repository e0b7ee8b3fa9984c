package dev.tramontane.tools.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/// A Python program and what it is given.
///
/// @param source what is run as `__main__`, in the folder where the files are
/// @param files beside it, by name; owned by this record
/// @param input its standard input; owned by this record
public record Program(String source, Map<String, byte[]> files, byte[] input) {
    /// The name the source has in its folder, and in tracebacks.
    public static final String MAIN = "main.py";

    private static final Pattern NAME = Pattern.compile("[\\w-][\\w. -]{0,99}");

    public Program {
        files = Map.copyOf(files);
        for (String name : files.keySet()) {
            if (!NAME.matcher(name).matches() || name.equals(MAIN)) {
                throw new IllegalArgumentException(
                        "a file named %s; expected letters, digits, `_`, `-`, `.` and spaces, no folder, not %s"
                                .formatted(name, MAIN));
            }
        }
    }

    public static Program of(String source) {
        return new Program(source, Map.of(), new byte[0]);
    }

    public Program withInput(String text) {
        return new Program(source, files, text.getBytes(StandardCharsets.UTF_8));
    }

    public Program withFiles(Map<String, byte[]> others) {
        return new Program(source, others, input);
    }
}
