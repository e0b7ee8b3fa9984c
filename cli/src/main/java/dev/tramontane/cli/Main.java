package dev.tramontane.cli;

import dev.tramontane.model.FileType;
import dev.tramontane.terminal.CommandLines;
import dev.tramontane.terminal.Failure;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// The command line: `tramontane COMMAND`.
///
/// Exit codes: 0, 1 failure, 2 usage, 130 interrupted.
@Command(
        name = "tramontane",
        description = "Reasoning models on your own machine.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "tramontane " + HarnessVersion.TEXT,
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nFlags%n",
        footer = {
            "",
            "Every flag has an environment variable and a key in tramontane.yaml: --max-tokens is",
            "TRAMONTANE_MAX_TOKENS and max-tokens. A flag comes first, then its variable, then the file,",
            "then the model's own value."
        })
final class Main implements Callable<Integer> {
    private static final String[] FRONT_PAGE = {
        "",
        "Examples",
        "  tramontane run \"A train leaves at 9:40 and arrives at 13:15. How long is the trip?\"",
        "  tramontane pull hf:mistralai/Magistral-Small-2509-GGUF:Q4_K_M --as magistral-small",
        "  tramontane run -m magistral-small",
        "  git diff | tramontane run --think=2000 \"Review this change.\" > review.txt",
        "",
        "MODEL is a .gguf file, a folder of safetensors, a name that `tramontane ls` lists, or nano.",
        "`tramontane COMMAND --help` tells more."
    };

    private final Stdio io;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where an error happened.")
    private boolean debug;

    @Spec private CommandSpec spec = CommandSpec.create();

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
            ConfigurationFile file =
                    readsConfiguration(args) ? configuration(io, args) : ConfigurationFile.NONE;
            CommandLine commands = commandLine(io, file, args);
            if (!isKnownTo(commands, file)) {
                FlagDefaults.check(file, commandLine(io, file));
            }
            int code = commands.execute(args);
            if (code == CommandLine.ExitCode.OK && io.out().checkError()) {
                throw new IOException(Stdio.UNWRITABLE);
            }
            return code;
        } catch (ConfigurationFile.WrongException e) {
            io.err().println("tramontane: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        } catch (IOException e) {
            io.err().println("tramontane: " + Failure.describe(e));
            return CommandLine.ExitCode.SOFTWARE;
        } finally {
            io.out().flush();
            io.err().flush();
        }
    }

    /// Help is given whatever the file says.
    private static boolean readsConfiguration(String... args) {
        boolean isHelp = Stream.of(args).anyMatch(arg -> arg.equals("--help") || arg.equals("-h"));
        return args.length > 0
                && !isHelp
                && !args[0].startsWith("-")
                && !args[0].equals("help")
                && !args[0].equals("completion");
    }

    /// The file that `serve` was told to read, else that of its place.
    private static ConfigurationFile configuration(Stdio io, String... args) throws IOException {
        Optional<String> told =
                args[0].equals("serve")
                        ? ConfigurationFile.told(List.of(args), io.environment())
                        : Optional.empty();
        if (told.isPresent()) {
            return ConfigurationFile.read(Path.of(told.get()), false);
        }
        return ConfigurationFile.find(Path.of(""), EmbeddedModel.home(io.environment()));
    }

    /// Whether the commands at hand have every key of the file; if not, all of them are asked.
    private static boolean isKnownTo(CommandLine commands, ConfigurationFile file) {
        try {
            FlagDefaults.check(file, commands);
            return true;
        } catch (ConfigurationFile.WrongException _) {
            return false;
        }
    }

    private static CommandLine commandLine(Stdio io, ConfigurationFile file, String... args) {
        var main = new Main(io);
        var commands = new CommandLine(main);
        String name = args.length == 0 ? "" : args[0];
        for (Object command : commands(io, name)) {
            commands.addSubcommand(command);
        }
        UsageMessageSpec front = commands.getCommandSpec().usageMessage();
        String[] onEveryPage = front.footer();
        for (CommandLine command : commands.getSubcommands().values()) {
            UsageMessageSpec page = command.getCommandSpec().usageMessage();
            page.optionListHeading("%nFlags%n").parameterListHeading("%n");
            if (command.getCommand() instanceof TrainCommand) {
                page.footer(new String[0]); // another program's flags
            } else if (!Arrays.equals(page.footer(), onEveryPage)) {
                page.footer(joined(page.footer(), onEveryPage));
            }
        }
        front.footer(joined(FRONT_PAGE, onEveryPage));
        HelpPage.install(commands);
        commands.setDefaultValueProvider(new FlagDefaults(io.environment(), file, name))
                .registerConverter(FileType.class, new FileTypeConverter());
        return new CommandLines(io, () -> main.debug, Main::origin).install(commands);
    }

    private static String[] joined(String[] first, String[] second) {
        return Stream.of(first, second).flatMap(Arrays::stream).toArray(String[]::new);
    }

    /// The command of this name, or all of them: reading the flags of each takes time.
    private static List<Object> commands(Stdio io, String name) {
        return switch (name) {
            case "run" -> List.of(new RunCommand(io));
            case "serve" -> List.of(new ServeCommand(io));
            case "ps" -> List.of(new PsCommand(io));
            case "stop" -> List.of(new StopCommand(io));
            case "pull" -> List.of(new PullCommand(io));
            case "import" -> List.of(new ImportCommand(io));
            case "ls" -> List.of(new LsCommand(io));
            case "show" -> List.of(new ShowCommand(io));
            case "cp" -> List.of(new CpCommand(io));
            case "rm" -> List.of(new RmCommand(io));
            case "verify" -> List.of(new VerifyCommand(io));
            case "tokenize" -> List.of(new TokenizeCommand(io));
            case "score" -> List.of(new ScoreCommand(io));
            case "perplexity" -> List.of(new PerplexityCommand(io));
            case "bench" -> List.of(new BenchCommand(io));
            case "eval" -> List.of(evaluation(io));
            case "doctor" -> List.of(new DoctorCommand(io));
            case "quantize" -> List.of(new QuantizeCommand(io));
            case "convert" -> List.of(new ConvertCommand(io));
            case "train" -> List.of(new TrainCommand());
            default ->
                    List.of(
                            new RunCommand(io),
                            new ServeCommand(io),
                            new PsCommand(io),
                            new StopCommand(io),
                            new PullCommand(io),
                            new ImportCommand(io),
                            new LsCommand(io),
                            new ShowCommand(io),
                            new CpCommand(io),
                            new RmCommand(io),
                            new VerifyCommand(io),
                            new TokenizeCommand(io),
                            new ScoreCommand(io),
                            new PerplexityCommand(io),
                            new BenchCommand(io),
                            evaluation(io),
                            new DoctorCommand(io),
                            new QuantizeCommand(io),
                            new ConvertCommand(io),
                            new TrainCommand(),
                            new ConfigCommand(io),
                            new CompletionCommand(io),
                            new HelpCommand());
        };
    }

    private static CommandLine evaluation(Stdio io) {
        return new CommandLine(new EvalCommand(io))
                .addSubcommand(new EvalGradeCommand(io))
                .addSubcommand(new EvalCompareCommand(io))
                .addSubcommand(new EvalListCommand(io));
    }

    /// Without a command there is only help.
    @Override
    public Integer call() {
        spec.commandLine().usage(io.err());
        return CommandLine.ExitCode.USAGE;
    }

    /// Where a refused value comes from, when nobody typed it.
    private static String origin(ParameterException e) {
        CommandLine command = e.getCommandLine();
        return e.getArgSpec() instanceof OptionSpec option
                        && command.getDefaultValueProvider() instanceof FlagDefaults defaults
                        && !isGiven(command, option)
                ? defaults.find(option).map(found -> found.from() + ": ").orElse("")
                : "";
    }

    private static boolean isGiven(CommandLine command, OptionSpec option) {
        return command.getParseResult() != null
                && command.getParseResult().originalArgs().stream()
                        .anyMatch(arg -> Stream.of(option.names()).anyMatch(arg::startsWith));
    }
}
