package dev.tramontane.train.command;

import dev.tramontane.terminal.CommandLines;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;

/// The trainer's command line: `tramontane train COMMAND`, a program of its own, so that what
/// training needs is never on the path of one that answers.
///
/// Exit codes: 0, 1 failure, 2 usage, 130 interrupted.
@Command(
        name = "tramontane train",
        description = "Train reasoning models: on examples, and by reinforcement.",
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nFlags%n",
        commandListHeading = "%nCommands%n",
        footer = {"", "docs/training.md tells how to train, and what the curves mean."})
public final class TrainMain implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    private final Stdio io;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where an error happened.")
    private boolean debug;

    @Spec private CommandSpec spec = CommandSpec.create();

    private final StopRequest stop = new StopRequest();

    private TrainMain(Stdio io) {
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
        var main = new TrainMain(io);
        var commands = new CommandLine(main);
        commands.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .scopeType(ScopeType.INHERIT)
                                .description("Show this page.")
                                .build());
        for (Object command :
                new Object[] {
                    new SftCommand(io, main.stop),
                    new GrpoCommand(io, main.stop),
                    new NanoCommand(io, main.stop),
                    new CurvesCommand(io)
                }) {
            commands.addSubcommand(command);
        }
        for (CommandLine command : commands.getSubcommands().values()) {
            command.getCommandSpec()
                    .usageMessage()
                    .optionListHeading("%nFlags%n")
                    .parameterListHeading("%n");
        }
        int code = CommandLine.ExitCode.SOFTWARE;
        try {
            code = new CommandLines(io, () -> main.debug, _ -> "").install(commands).execute(args);
            return code;
        } finally {
            io.out().flush();
            io.err().flush();
            main.stop.finished(code);
        }
    }

    /// Work that can be stopped between two steps.
    interface Stoppable {
        /// @return whether it came to its end
        boolean run() throws IOException;
    }

    /// Does work until it is done or somebody stops it.
    ///
    /// @return the exit code
    static int untilStopped(Stdio io, StopRequest stop, Stoppable work) throws IOException {
        stop.install(io);
        return work.run() ? CommandLine.ExitCode.OK : INTERRUPTED;
    }

    /// Without a command there is only help.
    @Override
    public Integer call() {
        spec.commandLine().usage(io.err());
        return CommandLine.ExitCode.USAGE;
    }
}
