package dev.tramontane.tools.sandbox;

import dev.tramontane.tools.sandbox.Confinement.Namespaces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/// A sandbox of namespaces, made by the program `bwrap`: its own processes, no network but its own,
/// and a tree of files that holds nothing but libraries and its folder. The filter of system calls
/// and the limits are those of {@link LandlockSandbox}.
///
/// Needs `bwrap` 0.5 or newer, a kernel that lets users make namespaces, and where we are root the
/// capability `CAP_SYS_PTRACE`, to see what programs keep open.
///
/// What it does not protect against: weaknesses of the kernel, of which namespaces show more than
/// Landlock does; reading the libraries of the system and of Python; memory beyond the limit for
/// the moment between two looks, as files on the disk of the temporary folder, and for longer in
/// four files that have no name and are mapped alone; time on the processors that others wanted.
public final class BubblewrapSandbox implements Sandbox {
    /// Where `bwrap` finds the filter: high enough to be nothing of the launcher's.
    private static final int DESCRIPTOR = 250;

    private final Sessions sessions;
    private final PythonInterpreter python;
    private final Path bubblewrap;

    private BubblewrapSandbox(SandboxOptions options, PythonInterpreter python, Path bubblewrap) {
        this.python = python;
        this.bubblewrap = bubblewrap;
        sessions =
                new Sessions(
                        (folder, uid, command) -> confinement(folder, uid, command, options),
                        python,
                        options.places(),
                        true);
    }

    /// @throws SandboxUnavailableException if this machine lacks something, or the self-test finds
    ///   a hole
    public static BubblewrapSandbox open(SandboxOptions options) throws InterruptedException {
        Path bubblewrap =
                Sessions.onPath("bwrap")
                        .orElseThrow(
                                () ->
                                        new SandboxUnavailableException(
                                                "there is no bwrap on this machine; the package bubblewrap has it"));
        return SandboxSelfTest.passed(
                new BubblewrapSandbox(options, Sessions.python(options), bubblewrap),
                options.readable());
    }

    private Confinement confinement(
            RunFolder folder, OptionalInt uid, List<String> driver, SandboxOptions options)
            throws IOException {
        Path filter =
                folder.give(
                        "driver-filter",
                        SystemCallFilter.forDriver(Architecture.here().orElseThrow()).bytes());
        var command =
                new ArrayList<>(
                        List.of(
                                bubblewrap.toString(),
                                "--unshare-all",
                                "--die-with-parent",
                                "--new-session",
                                "--cap-drop",
                                "ALL",
                                "--hostname",
                                "sandbox",
                                "--seccomp",
                                Integer.toString(DESCRIPTOR)));
        Set<Path> readable = new LinkedHashSet<>(SystemFiles.LIBRARIES);
        readable.add(python.file());
        readable.add(python.executable());
        readable.addAll(SystemFiles.DATA);
        readable.addAll(python.libraries());
        readable.addAll(options.readable());
        readable.add(folder.given());
        for (Path path : readable) {
            if (Files.isSymbolicLink(path)) {
                String target = Files.readSymbolicLink(path).toString();
                command.addAll(List.of("--symlink", target, path.toString()));
            } else {
                mount(command, "--ro-bind-try", path);
            }
        }
        Stream.concat(SystemFiles.SOURCES.stream(), Stream.of(Path.of("/dev/null")))
                .forEach(device -> mount(command, "--dev-bind", device));
        Stream.of(folder.work(), folder.output(), folder.errors())
                .forEach(path -> mount(command, "--bind", path));
        command.addAll(List.of("--remount-ro", "/", "--chdir", folder.work().toString(), "--"));
        command.addAll(driver);
        return new Confinement(
                ProcessHandle.current().pid(), uid, new Namespaces(filter, DESCRIPTOR), command);
    }

    private static void mount(List<String> command, String how, Path path) {
        command.addAll(List.of(how, path.toString(), path.toString()));
    }

    @Override
    public String tier() {
        return "bubblewrap, Python " + python.version();
    }

    @Override
    public RunResult run(Program program, Limits limits) throws InterruptedException {
        return sessions.run(program, limits);
    }

    @Override
    public void close() {
        sessions.close();
    }
}
