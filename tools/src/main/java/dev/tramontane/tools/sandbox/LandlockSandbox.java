package dev.tramontane.tools.sandbox;

import dev.tramontane.tools.sandbox.Confinement.Access;
import dev.tramontane.tools.sandbox.Confinement.Landlock;
import dev.tramontane.tools.sandbox.Confinement.Rule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A sandbox of the kernel's own parts, with nothing to install: Landlock for files, a filter of
/// system calls for everything else, limits on resources, and, where we are root, a user without
/// rights for each warm sandbox.
///
/// Needs Linux 6.2 or newer on x86-64 or 64-bit ARM, a Python that the sandbox's user can run, and
/// where we are root the capability `CAP_SYS_PTRACE`, to see what programs keep open.
///
/// What it does not protect against: weaknesses of the kernel; looking whether a file is there, how
/// large and how old it is (the kernel tells that of any path); reading the libraries of the system
/// and of Python; memory beyond the limit for the moment between two looks, as files on the disk of
/// the temporary folder, and for longer in four files that have no name and are mapped alone; time
/// on the processors that others wanted. Where we are not root, a program runs as our own user:
/// what keeps it from that user's files and processes is Landlock and the filter alone.
public final class LandlockSandbox implements Sandbox {
    private final Sessions sessions;
    private final PythonInterpreter python;

    private LandlockSandbox(SandboxOptions options, PythonInterpreter python) {
        this.python = python;
        var filter = SystemCallFilter.forDriver(Architecture.here().orElseThrow()).bytes();
        sessions =
                new Sessions(
                        (folder, uid, command) ->
                                new Confinement(
                                        ProcessHandle.current().pid(),
                                        uid,
                                        new Landlock(rules(folder, options), filter),
                                        command),
                        python,
                        options.places(),
                        false);
    }

    /// @throws SandboxUnavailableException if this machine lacks something, or the self-test finds
    ///   a hole
    public static LandlockSandbox open(SandboxOptions options) throws InterruptedException {
        var sandbox = new LandlockSandbox(options, Sessions.python(options));
        return SandboxSelfTest.passed(sandbox, options.readable());
    }

    private List<Rule> rules(RunFolder folder, SandboxOptions options) {
        var rules = new ArrayList<Rule>();
        // the interpreter's loader is among the libraries
        SystemFiles.LIBRARIES.forEach(path -> rules.add(new Rule(Access.RUN, path)));
        rules.add(new Rule(Access.RUN, python.file()));
        SystemFiles.DATA.forEach(path -> rules.add(new Rule(Access.READ, path)));
        python.libraries().forEach(path -> rules.add(new Rule(Access.READ, path)));
        options.readable().forEach(path -> rules.add(new Rule(Access.READ, path)));
        SystemFiles.SOURCES.forEach(path -> rules.add(new Rule(Access.READ, path)));
        rules.add(new Rule(Access.REWRITE, Path.of("/dev/null")));
        rules.add(new Rule(Access.READ, folder.given()));
        rules.add(new Rule(Access.WRITE, folder.work()));
        rules.add(new Rule(Access.REWRITE, folder.output()));
        rules.add(new Rule(Access.REWRITE, folder.errors()));
        return rules;
    }

    @Override
    public String tier() {
        return "landlock, Python " + python.version();
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
