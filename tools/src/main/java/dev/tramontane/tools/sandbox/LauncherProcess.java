package dev.tramontane.tools.sandbox;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How a {@link Launcher} is started, and all that what it becomes sees of its surroundings.
final class LauncherProcess {
    private static final Map<String, String> SURROUNDINGS =
            Map.ofEntries(
                    Map.entry("PATH", "/usr/bin:/bin"),
                    Map.entry("LC_ALL", "C.UTF-8"),
                    Map.entry("TZ", "UTC"),
                    Map.entry("PYTHONUTF8", "1"),
                    Map.entry("PYTHONHASHSEED", "0"), // a program says the same each time
                    Map.entry("MALLOC_ARENA_MAX", "2"), // each arena takes 64 MB of address space
                    Map.entry("OPENBLAS_NUM_THREADS", "1"),
                    Map.entry("OMP_NUM_THREADS", "1"),
                    Map.entry("MPLBACKEND", "Agg"));

    /// The names of all variables a program sees; `PWD` is bubblewrap's.
    static final Set<String> NAMES = names();

    private LauncherProcess() {}

    private static Set<String> names() {
        Set<String> names = new HashSet<>(SURROUNDINGS.keySet());
        names.addAll(List.of("HOME", "TMPDIR", "PWD"));
        return names;
    }

    /// A virtual machine as small and quick to start as they come, with standard output and errors
    /// in one.
    static ProcessBuilder of(Confinement confinement, RunFolder folder) {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xshare:auto",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-UsePerfData",
                                "-Xmx32m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes().toString(),
                                Launcher.class.getName()));
        command.addAll(confinement.arguments());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(folder.work().toFile());
        // Nothing of ours: it would be read in /proc of whatever is started.
        builder.environment().clear();
        builder.environment().putAll(SURROUNDINGS);
        builder.environment().put("HOME", folder.work().toString());
        builder.environment().put("TMPDIR", folder.work().toString());
        return builder;
    }

    private static Path classes() {
        var source = Launcher.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getProtocol().equals("file")) {
            throw new SandboxUnavailableException(
                    "the sandbox's launcher is started from a jar or a folder of classes, and this program has neither");
        }
        return Path.of(URI.create(source.getLocation().toString()));
    }
}
