package dev.tramontane.tools.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A Python of this machine that a user without rights can run.
///
/// @param executable the interpreter behind version managers; in a virtual environment, the
///   environment's link to it
/// @param file behind all links
/// @param libraries the folders its modules lie in
record PythonInterpreter(Path executable, Path file, String version, List<Path> libraries) {
    /// Printed by the interpreter about itself: five lines, then a folder a line.
    private static final String DESCRIBE =
            """
            import os, sys, sysconfig
            print(os.path.abspath(sys.executable))
            print(os.path.realpath(sys.executable))
            print('%d.%d.%d' % sys.version_info[:3])
            print(int(sys.implementation.name == 'cpython' and sys.version_info >= (3, 8)))
            paths = sysconfig.get_paths()
            prefix = sys.base_prefix if sys.base_prefix not in ('/', '/usr', '/usr/local') else ''
            found = [paths[each] for each in ('stdlib', 'platstdlib', 'purelib', 'platlib')] + sys.path
            found += [prefix and os.path.join(prefix, 'lib'), sys.prefix != sys.base_prefix and sys.prefix]
            for each in dict.fromkeys(os.path.realpath(each) for each in found if each):
                if os.path.exists(each):
                    print(each)
            """;

    private static final int PATIENCE_SECONDS = 20;

    PythonInterpreter {
        libraries = List.copyOf(libraries);
    }

    /// @param named the interpreter to take; otherwise the first `python3` that can be run
    /// @param byOthers whether a user who owns nothing must be able to run it
    /// @throws SandboxUnavailableException if there is none; says what was looked at, and why not
    static PythonInterpreter find(Optional<Path> named, boolean byOthers) {
        List<Path> candidates = named.map(List::of).orElseGet(PythonInterpreter::candidates);
        var refused = new ArrayList<String>();
        for (Path candidate : candidates) {
            try {
                PythonInterpreter python = describe(candidate);
                Optional<Path> closed =
                        byOthers
                                ? closedToOthers(python.executable)
                                        .or(() -> closedToOthers(python.file))
                                : Optional.empty();
                if (closed.isEmpty()) {
                    return python;
                }
                refused.add(
                        "%s is %s, and %s is closed to other users"
                                .formatted(candidate, python.executable, closed.get()));
            } catch (IOException unusable) {
                refused.add(candidate + ": " + unusable.getMessage());
            }
        }
        throw new SandboxUnavailableException(
                "no Python that a sandbox can run: %s; install the system's package python3, or name another interpreter"
                        .formatted(
                                refused.isEmpty()
                                        ? "there is no python3 on the PATH"
                                        : String.join("; ", refused)));
    }

    private static List<Path> candidates() {
        var folders = new LinkedHashSet<Path>();
        for (String folder :
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator)) {
            if (folder.startsWith("/")) {
                folders.add(Path.of(folder));
            }
        }
        folders.add(Path.of("/usr/local/bin"));
        folders.add(Path.of("/usr/bin"));
        return folders.stream()
                .map(folder -> folder.resolve("python3"))
                .filter(Files::isExecutable)
                .toList();
    }

    /// Asks an interpreter about itself, outside the sandbox: isolated and in the root folder, so
    /// that neither it nor a version manager in front of it runs or obeys what lies in ours.
    private static PythonInterpreter describe(Path candidate) throws IOException {
        if (!candidate.isAbsolute() || !Files.isExecutable(candidate)) {
            throw new IOException("not an executable file by its absolute path");
        }
        Process process =
                new ProcessBuilder(candidate.toString(), "-B", "-I", "-c", DESCRIBE)
                        .directory(new File("/"))
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it did not answer for %d s".formatted(PATIENCE_SECONDS));
            }
            byte[] answer = process.getInputStream().readNBytes(1 << 16);
            return parse(new String(answer, StandardCharsets.UTF_8), process.exitValue());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it was asked for its version", interrupted);
        } finally {
            process.destroyForcibly();
        }
    }

    private static PythonInterpreter parse(String answer, int exit) throws IOException {
        List<String> lines = answer.lines().toList();
        if (exit != 0 || lines.size() < 5) {
            throw new IOException(
                    "exit code %d: %s".formatted(exit, lines.isEmpty() ? "" : lines.getLast()));
        }
        if (!lines.get(3).equals("1")) {
            throw new IOException(
                    "version %s, expected CPython 3.8 or newer".formatted(lines.get(2)));
        }
        return new PythonInterpreter(
                Path.of(lines.get(0)),
                Path.of(lines.get(1)),
                lines.get(2),
                lines.subList(4, lines.size()).stream().map(Path::of).toList());
    }

    /// @return the file or folder on the way that other users may not read or pass
    private static Optional<Path> closedToOthers(Path executable) {
        for (Path each = executable; each != null; each = each.getParent()) {
            try {
                if (!Files.getPosixFilePermissions(each)
                        .contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return Optional.of(each);
                }
            } catch (IOException unreadable) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
