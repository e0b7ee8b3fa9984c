package dev.tramontane.train;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Programs of the tests as processes of their own, to be killed.
public final class JavaProcess {
    private JavaProcess() {}

    /// Runs a class with everything that these tests run on, modules included.
    ///
    /// @param flags of the virtual machine beside those that our programs need
    public static ProcessBuilder of(Class<?> program, List<String> flags, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+UseSerialGC");
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath(), program.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    private static String classPath() {
        String modules =
                ModuleLayer.boot().configuration().modules().stream()
                        .flatMap(module -> module.reference().location().stream())
                        .filter(location -> location.getScheme().equals("file"))
                        .map(location -> Path.of(location).toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return String.join(
                File.pathSeparator,
                "target/test-classes",
                modules,
                System.getProperty("java.class.path"));
    }
}
