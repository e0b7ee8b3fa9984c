package dev.tramontane.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;

/// The command line: `tramontane COMMAND`.
///
/// Exit codes: 0, 1 failure, 2 usage, 130 interrupted.
@Command(
        name = "tramontane",
        description = "Reasoning models on your own machine.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
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
            return commandLine(io, args).execute(args);
        } finally {
            io.out().flush();
            io.err().flush();
        }
    }

    private static CommandLine commandLine(Stdio io, String... args) {
        var main = new Main(io);
        var commands = new CommandLine(main);
        for (Object command : commands(io, args.length == 0 ? "" : args[0])) {
            commands.addSubcommand(command);
        }
        return commands.setDefaultValueProvider(new EnvironmentDefaults(io.environment()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(io.outHasColour() ? Ansi.ON : Ansi.OFF))
                .setOut(writer(io.out()))
                .setErr(writer(io.err()))
                .setParameterExceptionHandler((e, _) -> main.refuse(e))
                .setExecutionExceptionHandler((e, _, _) -> main.fail(e));
    }

    /// The command of this name, or all of them: reading the flags of each takes time.
    private static List<Object> commands(Stdio io, String name) {
        return switch (name) {
            case "run" -> List.of(new RunCommand(io));
            case "show" -> List.of(new ShowCommand(io));
            case "tokenize" -> List.of(new TokenizeCommand(io));
            case "score" -> List.of(new ScoreCommand(io));
            case "perplexity" -> List.of(new PerplexityCommand(io));
            case "bench" -> List.of(new BenchCommand(io));
            default ->
                    List.of(
                            new RunCommand(io),
                            new ShowCommand(io),
                            new TokenizeCommand(io),
                            new ScoreCommand(io),
                            new PerplexityCommand(io),
                            new BenchCommand(io),
                            new HelpCommand());
        };
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
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
                                && io.environment()
                                        .containsKey(EnvironmentDefaults.variable(option))
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
