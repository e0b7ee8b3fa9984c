package dev.tramontane.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.LinkedHashMap;
import java.util.List;

/// The help as a page: commands in groups, each with a line of its own.
final class HelpPage {
    /// A command's line on the front page; its own page says more.
    private record Entry(String name, String line) {}

    private record Group(String title, List<Entry> entries) {}

    /// Commands that a build lacks are left out; those that are missing here come last.
    private static final List<Group> GROUPS =
            List.of(
                    new Group(
                            "Ask",
                            List.of(
                                    new Entry("run", "Answer a prompt, or talk"),
                                    new Entry("serve", "Answer other programs over HTTP"),
                                    new Entry("ps", "List the servers that run"),
                                    new Entry("stop", "Unload a model, or stop a server"))),
                    new Group(
                            "Own models",
                            List.of(
                                    new Entry(
                                            "pull",
                                            "Fetch a model from a hub, resuming and checking"),
                                    new Entry(
                                            "import", "Bring files of this machine into the store"),
                                    new Entry("ls", "List the models of the store"),
                                    new Entry("show", "Tell what a model is"),
                                    new Entry("cp", "Give a model a second name"),
                                    new Entry("rm", "Remove models"),
                                    new Entry("verify", "Check every byte of the store's models"),
                                    new Entry("quantize", "Make a model smaller"),
                                    new Entry("convert", "Safetensors to GGUF"))),
                    new Group(
                            "Measure",
                            List.of(
                                    new Entry(
                                            "tokenize",
                                            "Text or a chat request to token ids, and back"),
                                    new Entry("score", "The log-probability of each token"),
                                    new Entry("perplexity", "How well a model foretells a text"),
                                    new Entry("eval", "How well a model reasons, on benchmarks"),
                                    new Entry("bench", "Tokens a second, read and generated"),
                                    new Entry("doctor", "What a model will need and give here"))),
                    new Group(
                            "Teach",
                            List.of(
                                    new Entry(
                                            "train",
                                            "Train a model: on examples, by reinforcement"))),
                    new Group(
                            "Set up",
                            List.of(
                                    new Entry(
                                            "config",
                                            "The settings that hold, and where they come from"),
                                    new Entry("completion", "Completion for bash, zsh or fish"),
                                    new Entry("help", "The page of a command"))));

    private HelpPage() {}

    /// Lets a command line show its commands in groups.
    static void install(CommandLine commands) {
        commands.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
        commands.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpPage::groups);
    }

    private static String groups(Help help) {
        var page = new StringBuilder();
        var left = new LinkedHashMap<>(help.subcommands());
        for (Group group : GROUPS) {
            page.append("%n".formatted())
                    .append(help.colorScheme().ansi().string("@|bold " + group.title() + "|@"))
                    .append("%n".formatted());
            for (Entry entry : group.entries()) {
                if (left.remove(entry.name()) != null) {
                    page.append(line(help, entry.name(), entry.line()));
                }
            }
        }
        left.forEach(
                (name, command) ->
                        page.append(
                                line(
                                        help,
                                        name,
                                        command.commandSpec().usageMessage().description()[0])));
        return page.toString();
    }

    private static String line(Help help, String name, String summary) {
        return "  %s%s%s%n"
                .formatted(
                        help.colorScheme().commandText(name),
                        " ".repeat(Math.max(1, 12 - name.length())),
                        summary);
    }
}
