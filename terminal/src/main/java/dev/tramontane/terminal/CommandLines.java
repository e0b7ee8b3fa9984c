package dev.tramontane.terminal;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// How every command line of ours behaves: the width and colours of help, a failure as one message,
/// and what the exit codes mean: 0, 1 failure, 2 usage, 130 interrupted.
public final class CommandLines {
    private static final int HELP_WIDTH = 100;

    private final Stdio io;
    private final BooleanSupplier debug;
    private final Function<ParameterException, String> origin;

    /// @param debug whether to show where an error happened
    /// @param origin where a value that was refused comes from, when not from the command line:
    ///   `tramontane.yaml:3: `, or nothing
    public CommandLines(
            Stdio io, BooleanSupplier debug, Function<ParameterException, String> origin) {
        this.io = io;
        this.debug = debug;
        this.origin = origin;
    }

    /// Makes a command line, and those below it, behave.
    public CommandLine install(CommandLine commands) {
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(HELP_WIDTH)
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(io.outHasColour() ? Ansi.ON : Ansi.OFF))
                .setOut(writer(io.out()))
                .setErr(writer(io.err()))
                .setParameterExceptionHandler((e, _) -> refuse(e))
                .setExecutionExceptionHandler((e, command, _) -> fail(e, command));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private int refuse(ParameterException e) {
        io.err().println("tramontane: " + origin.apply(e) + e.getMessage());
        pointToHelp(e.getCommandLine());
        return CommandLine.ExitCode.USAGE;
    }

    private void pointToHelp(CommandLine command) {
        io.err().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    }

    private int fail(Exception failure, CommandLine command) {
        io.out().flush();
        io.err().println("tramontane: " + Screen.harmless(Failure.describe(failure)));
        boolean isUsage = failure instanceof UsageException;
        if (isUsage) {
            pointToHelp(command);
        }
        if (debug.getAsBoolean()) {
            failure.printStackTrace(io.err());
        }
        return isUsage ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
}
