package dev.tramontane.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;

/// The command line: `tramontane COMMAND`.
///
/// Exit codes: 0, 1 failure, 2 usage, 130 interrupted.
@Command(
        name = "tramontane",
        description = "Reasoning models on your own machine.",
        version = "tramontane 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Every flag has an environment variable: --max-tokens is TRAMONTANE_MAX_TOKENS.",
            "A flag comes before its variable, and both before the model's own value."
        })
final class Main implements Callable<Integer> {
    private final Stdio io;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where an error happened.")
    private boolean debug;

    private Main(Stdio io) {
        this.io = io;
    }

    public static void main(String[] args) {
        Stdio io = Stdio.ofProcess();
        io.hideIncubatorNotice();
        System.exit(run(io, args));
    }

    /// Runs a command.
    ///
    /// @return the exit code
    static int run(Stdio io, String... args) {
        try {
            return commandLine(io).execute(args);
        } finally {
            io.out().flush();
            io.err().flush();
        }
    }

    static CommandLine commandLine(Stdio io) {
        var main = new Main(io);
        var commands =
                new CommandLine(main)
                        .addSubcommand(new RunCommand(io))
                        .addSubcommand(new ShowCommand(io))
                        .addSubcommand(new TokenizeCommand(io))
                        .addSubcommand(new ScoreCommand(io))
                        .addSubcommand(new PerplexityCommand(io))
                        .addSubcommand(new BenchCommand(io))
                        .addSubcommand(new HelpCommand());
        return commands.setDefaultValueProvider(new EnvironmentDefaults(io.environment()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(
                                io.outHasColour() ? Ansi.ON : Ansi.OFF))
                .setOut(new PrintWriter(io.out(), true))
                .setErr(new PrintWriter(io.err(), true))
                .setParameterExceptionHandler((e, _) -> main.refuse(e))
                .setExecutionExceptionHandler((e, _, _) -> main.fail(e));
    }

    /// Without a command there is only help.
    @Override
    public Integer call() {
        new CommandLine(this).usage(io.err());
        return CommandLine.ExitCode.USAGE;
    }

    private int refuse(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String variable =
                e.getArgSpec() instanceof OptionSpec option
                                && io.environment().containsKey(EnvironmentDefaults.variable(option))
                        ? EnvironmentDefaults.variable(option) + ": "
                        : "";
        io.err().println("tramontane: " + variable + e.getMessage());
        io.err().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private int fail(Exception failure) {
        io.out().flush();
        io.err().println("tramontane: " + Failure.describe(failure));
        if (debug) {
            failure.printStackTrace(io.err());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
