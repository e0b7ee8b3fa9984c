package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/// `config`: what flags are when nobody gives them, and why.
@Command(
        name = "config",
        description = {
            "Show the settings that hold where no flag is given, and where each comes from: an"
                    + " environment variable, a line of tramontane.yaml (in the working directory, else"
                    + " in TRAMONTANE_HOME), or the program itself."
        },
        footer = {
            "",
            "A tramontane.yaml:",
            "  model: magistral-small     # for every command that has --model",
            "  max-tokens: 4000",
            "  bench:                     # for this command alone",
            "    threads: 8"
        })
final class ConfigCommand implements Callable<Integer> {
    private final Stdio io;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--all", description = "Also the settings that nobody has changed.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON, all settings included.")
    private boolean json;

    ConfigCommand(Stdio io) {
        this.io = io;
    }

    /// A setting as it holds.
    ///
    /// @param key a flag's long name; `command.key` where the file sets it for one command
    /// @param value as it is written, without the password of an address
    private record Effective(String key, String value, String from) {
        private static final Pattern PASSWORD = Pattern.compile("(://[^/?#\\s:@]*):[^/?#\\s]*@");

        Effective {
            value = PASSWORD.matcher(value).replaceAll("$1:(not shown)@");
        }
    }

    @Override
    public Integer call() {
        ConfigurationFile file =
                spec.defaultValueProvider() instanceof FlagDefaults defaults
                        ? defaults.file()
                        : ConfigurationFile.NONE;
        List<Effective> settings = settings(file, spec.parent().commandLine());
        if (json) {
            printJson(file, settings);
            return 0;
        }
        io.err()
                .println(
                        "Home: %s   File: %s"
                                .formatted(
                                        EmbeddedModel.home(io.environment()),
                                        file.path().map(Object::toString).orElse("none")));
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"KEY", "VALUE", "FROM"});
        for (Effective setting : settings) {
            if (all || !setting.from().equals(UNCHANGED)) {
                rows.add(new String[] {setting.key(), setting.value(), setting.from()});
            }
        }
        if (rows.size() == 1) {
            io.err().println("Nothing is changed; --all lists every key.");
        } else {
            Table.print(io.out(), rows);
        }
        return 0;
    }

    private static final String UNCHANGED = "default";

    private List<Effective> settings(ConfigurationFile file, CommandLine commands) {
        Map<String, Effective> found = new TreeMap<>();
        commands.getSubcommands()
                .forEach(
                        (name, command) ->
                                command.getCommandSpec().options().stream()
                                        .filter(FlagDefaults::hasKey)
                                        .forEach(option -> add(found, file, name, option)));
        for (String token : List.of("TRAMONTANE_HF_TOKEN", "HF_TOKEN")) {
            if (!io.environment().getOrDefault(token, "").isEmpty()) {
                found.putIfAbsent("hf-token", new Effective("hf-token", "(set, not shown)", token));
            }
        }
        List<Effective> all = new ArrayList<>(found.values());
        file.models().stream()
                .flatMap(models -> models.leaves().stream())
                .forEach(leaf -> all.add(new Effective(leaf.key(), leaf.value(), leaf.place())));
        return all;
    }

    private void add(
            Map<String, Effective> found,
            ConfigurationFile file,
            String command,
            OptionSpec option) {
        String key = FlagDefaults.key(option);
        var defaults = new FlagDefaults(io.environment(), file, command);
        Optional<FlagDefaults.Found> set = defaults.find(option);
        boolean isOwn =
                file.settings().containsKey(command + "." + key)
                        && set.isPresent()
                        && !set.get().from().startsWith("TRAMONTANE_");
        String name = isOwn ? command + "." + key : key;
        Effective effective =
                set.map(value -> new Effective(name, value.value(), value.from()))
                        .orElseGet(() -> new Effective(name, initial(option), UNCHANGED));
        found.merge(name, effective, (old, fresh) -> old.from().equals(UNCHANGED) ? fresh : old);
    }

    /// What the program itself takes.
    private static String initial(OptionSpec option) {
        return switch (option.initialValue()) {
            case null -> "";
            case Optional<?> value -> value.map(Object::toString).orElse("");
            case Boolean value -> value ? "yes" : "no";
            case Integer value when value == 0 -> "";
            case Number value -> value.toString();
            case String value -> value;
            case Enum<?> value -> value.name().toLowerCase(Locale.ROOT);
            default -> "";
        };
    }

    private void printJson(ConfigurationFile file, List<Effective> settings) {
        ObjectNode answer =
                Json.object().put("home", EmbeddedModel.home(io.environment()).toString());
        file.path().ifPresent(path -> answer.put("file", path.toString()));
        ArrayNode list = answer.putArray("settings");
        for (Effective setting : settings) {
            list.addObject()
                    .put("key", setting.key())
                    .put("value", setting.value())
                    .put("from", setting.from());
        }
        io.out().println(answer);
    }
}
