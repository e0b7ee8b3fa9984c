package dev.tramontane.tools.sandbox;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A program with a sandbox in which an endless program runs, to be killed. It prints the process
/// id of what runs, or why there is no sandbox.
final class SandboxProcess {
    private SandboxProcess() {}

    /// @param before a program that becomes this one, and its arguments
    static Process start(Tier tier, String... before) throws IOException {
        var command = new ArrayList<>(List.of(before));
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                classes(Sandbox.class),
                                classes(SandboxProcess.class)),
                        SandboxProcess.class.getName(),
                        tier.name()));
        var builder = new ProcessBuilder(command);
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static String classes(Class<?> type) {
        return Path.of(
                        URI.create(
                                type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()))
                .toString();
    }

    public static void main(String[] arguments) throws InterruptedException {
        Sandbox sandbox;
        try {
            sandbox = Tier.valueOf(arguments[0]).fresh(SandboxOptions.USUAL);
        } catch (SandboxUnavailableException no) {
            System.out.println(no.getMessage());
            return;
        }
        Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                sandbox.run(
                                        Program.of("import time; time.sleep(1000)"),
                                        Limits.USUAL.withTime(Duration.ofSeconds(1000)));
                            } catch (InterruptedException impossible) {
                                throw new IllegalStateException(impossible);
                            }
                        });
        System.out.println(leaf().pid());
    }

    /// The innermost process that reads this program's folder: the driver's child.
    private static ProcessHandle leaf() {
        return Waiting.until("a program runs", SandboxProcess::forked, Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<ProcessHandle> forked() {
        return ProcessHandle.current()
                .descendants()
                .filter(each -> each.children().findAny().isEmpty())
                .filter(SandboxProcess::isForked)
                .findAny();
    }

    private static boolean isForked(ProcessHandle process) {
        String own = command(process);
        return !own.isEmpty()
                && process.parent().map(SandboxProcess::command).orElse("").equals(own);
    }

    private static String command(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }
}
