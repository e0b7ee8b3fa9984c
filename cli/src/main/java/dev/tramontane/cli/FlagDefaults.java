package dev.tramontane.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The values of flags that were not given: `--max-tokens` is `TRAMONTANE_MAX_TOKENS`, then the key
/// `max-tokens` of the configuration file, and what neither says is left to the model.
///
/// @param command whose keys in the file come first
record FlagDefaults(Map<String, String> environment, ConfigurationFile file, String command)
        implements IDefaultValueProvider {
    /// A value, and where it comes from: a variable's name, or a file and line.
    record Found(String value, String from) {}

    /// The variable of a flag.
    static String variable(OptionSpec option) {
        return "TRAMONTANE_" + key(option).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /// The key of a flag.
    static String key(OptionSpec option) {
        return option.longestName().substring(2);
    }

    /// Whether a flag may be set elsewhere than on the command line.
    static boolean hasKey(OptionSpec option) {
        return !option.usageHelp()
                && !option.versionHelp()
                && option.longestName().startsWith("--");
    }

    /// What the environment or the file says for a flag of the command.
    Optional<Found> find(OptionSpec option) {
        String variable = environment.getOrDefault(variable(option), "");
        if (!variable.isEmpty()) {
            return Optional.of(new Found(variable, variable(option)));
        }
        return file.setting(command, key(option))
                .map(setting -> new Found(setting.value(), file.place(setting)));
    }

    /// Whether the value of a flag comes from a file that somebody else may have written.
    boolean isFromLocalFile(OptionSpec option) {
        return file.isLocal()
                && environment.getOrDefault(variable(option), "").isEmpty()
                && file.setting(command, key(option)).isPresent();
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !hasKey(option)) {
            return null;
        }
        boolean isSwitch = option.type() == boolean.class;
        return find(option)
                .map(found -> isSwitch ? yesOrNo(found.value()) : found.value())
                .orElse(null);
    }

    /// As picocli reads it; what is neither yes nor no is left for it to refuse.
    private static String yesOrNo(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "true", "yes", "on" -> "true";
            case "0", "false", "no", "off" -> "false";
            default -> value;
        };
    }

    /// Refuses keys that no command has.
    ///
    /// @param commands all of them
    /// @throws ConfigurationFile.WrongException which names the nearest known key
    static void check(ConfigurationFile file, CommandLine commands) {
        Set<String> all =
                keys(commands.getCommandSpec()).collect(Collectors.toCollection(TreeSet::new));
        commands.getSubcommands().values().stream()
                .flatMap(command -> keys(command.getCommandSpec()))
                .forEach(all::add);
        for (var section : file.sections().entrySet()) {
            if (!commands.getSubcommands().containsKey(section.getKey())) {
                throw unknown(
                        file,
                        section.getValue(),
                        section.getKey(),
                        commands.getSubcommands().keySet());
            }
        }
        for (var setting : file.settings().entrySet()) {
            String key = setting.getKey();
            int dot = key.indexOf('.');
            CommandLine command =
                    dot < 0 ? null : commands.getSubcommands().get(key.substring(0, dot));
            Set<String> known =
                    command == null
                            ? all
                            : keys(command.getCommandSpec()).collect(Collectors.toSet());
            String name = command == null ? key : key.substring(dot + 1);
            if (!known.contains(name)) {
                throw unknown(file, setting.getValue().line(), key, known);
            }
        }
    }

    /// The keys of a command, and of those below it.
    private static Stream<String> keys(CommandSpec command) {
        return Stream.concat(
                command.options().stream().filter(FlagDefaults::hasKey).map(FlagDefaults::key),
                command.subcommands().values().stream()
                        .flatMap(below -> keys(below.getCommandSpec())));
    }

    private static ConfigurationFile.WrongException unknown(
            ConfigurationFile file, int line, String key, Set<String> known) {
        String name = key.substring(key.indexOf('.') + 1).replace('_', '-');
        String meant =
                Nearest.to(name, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElse("tramontane config lists the keys there are");
        return new ConfigurationFile.WrongException(
                file.place(new ConfigurationFile.Setting("", line))
                        + ": no key "
                        + key
                        + ", expected the long name of a flag; "
                        + meant);
    }
}
