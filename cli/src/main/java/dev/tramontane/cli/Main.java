package dev.tramontane.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line: `tramontane COMMAND`.
@Command(
        name = "tramontane",
        description = "Reasoning models on your own machine.",
        mixinStandardHelpOptions = true,
        version = "tramontane 0.1.0",
        subcommands = {CommandLine.HelpCommand.class})
final class Main implements Runnable {
    @Override
    public void run() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
