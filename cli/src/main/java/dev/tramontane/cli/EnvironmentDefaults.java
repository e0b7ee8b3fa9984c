package dev.tramontane.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.Locale;
import java.util.Map;

/// The values of flags that were not given: `--max-tokens` is `TRAMONTANE_MAX_TOKENS`, and what no
/// variable says is left to the model.
///
/// This is the one place where a flag's value is looked up: the configuration file belongs here,
/// after the environment.
final class EnvironmentDefaults implements IDefaultValueProvider {
    private final Map<String, String> environment;

    EnvironmentDefaults(Map<String, String> environment) {
        this.environment = environment;
    }

    /// The variable of a flag.
    static String variable(OptionSpec option) {
        return "TRAMONTANE_"
                + option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)
                || option.usageHelp()
                || option.versionHelp()
                || !option.longestName().startsWith("--")) {
            return null;
        }
        String value = environment.get(variable(option));
        if (value == null || value.isEmpty()) {
            return null;
        }
        boolean isSwitch = option.type() == boolean.class;
        return isSwitch ? String.valueOf(isYes(value)) : value;
    }

    private static boolean isYes(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "true", "yes", "on" -> true;
            default -> false;
        };
    }
}
