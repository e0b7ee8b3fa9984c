package dev.tramontane.tools.sandbox;

/// Runs Python programs that nobody trusts, such as those a model wrote.
///
/// A program runs in a process of its own, without network, without rights, in a folder that is
/// empty but for the files it is given, and under {@link Limits}. One sandbox runs programs for any
/// number of threads, a few at a time. {@link Sandboxes} finds the best one a machine allows; each
/// has passed its {@link SandboxSelfTest}.
///
/// No sandbox protects against weaknesses of the kernel, against what a program learns from its own
/// timing about others on the same processor, or against believing its output.
public interface Sandbox extends AutoCloseable {
    /// What keeps programs in, for reports: its kind, and which Python runs in it.
    String tier();

    /// Runs a program to its end, or until a limit ends it.
    ///
    /// Waits for a free place first. How a program ends is in the result, whatever it does.
    ///
    /// @throws InterruptedException if the caller does not want to wait any longer; the program is
    ///   ended
    /// @throws SandboxUnavailableException if this machine does not let a program be started
    RunResult run(Program program, Limits limits) throws InterruptedException;

    /// Ends what runs, and removes the sandbox's folders.
    @Override
    void close();
}
