package dev.tramontane.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Completion scripts, written from the command model. The names of models come from the store's
/// folders, so that no key press has to wait for a program to start.
final class CompletionScript {
    private final Map<String, CommandSpec> commands = new TreeMap<>();

    CompletionScript(CommandLine main) {
        main.getSubcommands()
                .forEach((name, command) -> commands.put(name, command.getCommandSpec()));
    }

    /// What may stand in a place.
    private enum Kind {
        /// A name of the store, or a file.
        MODEL,
        /// A name of the store.
        STORED,
        FILE,
        /// One of a few words.
        WORDS,
        /// Whatever somebody thinks of.
        TEXT
    }

    private static Kind kind(ArgSpec argument) {
        String label = argument.paramLabel();
        if (label.equals("MODEL")) {
            return Kind.MODEL;
        }
        if (label.equals("NAME") && argument instanceof PositionalParamSpec) {
            return Kind.STORED;
        }
        if (!words(argument).isEmpty()) {
            return Kind.WORDS;
        }
        boolean isFile =
                argument.typeInfo().getAuxiliaryTypes()[0] == Path.class
                        || argument.type() == Path.class
                        || (argument.typeInfo().isOptional()
                                && Arrays.asList(argument.typeInfo().getAuxiliaryTypes())
                                        .contains(Path.class));
        return isFile ? Kind.FILE : Kind.TEXT;
    }

    /// The values of an enumeration, or those that the label lists as `on|off|N`.
    private static List<String> words(ArgSpec argument) {
        if (argument.type().isEnum()) {
            return Arrays.stream(argument.type().getEnumConstants())
                    .map(value -> value.toString().toLowerCase(Locale.ROOT))
                    .toList();
        }
        String label = argument.paramLabel();
        return label.contains("|")
                ? Arrays.stream(label.split("\\|")).filter(word -> word.matches("[a-z]+")).toList()
                : List.of();
    }

    private static List<OptionSpec> options(CommandSpec command) {
        return command.options().stream().filter(option -> !option.hidden()).toList();
    }

    private static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0 && option.type() != boolean.class;
    }

    /// The first positional parameter, which tells what a command works on.
    private static Optional<PositionalParamSpec> positional(CommandSpec command) {
        return command.positionalParameters().stream().findFirst();
    }

    String bash() {
        return "# Completes tramontane; made by `tramontane completion bash`.\n"
                + MODELS
                + BASH_HEAD
                + places()
                + BASH_TAIL;
    }

    String zsh() {
        return "#compdef tramontane\n# Completes tramontane; made by `tramontane completion zsh`.\n"
                + MODELS
                + ZSH_HEAD
                + places()
                + ZSH_TAIL;
    }

    /// What may come after `$before` in each command: sets `kind`, `choices` and `flags`, in words
    /// that bash and zsh both understand.
    private String places() {
        var places = new StringBuilder();
        places.append("    case \"$command\" in\n        '') choices='")
                .append(String.join(" ", commands.keySet()))
                .append("' flags='--help --version' ;;\n");
        commands.forEach((name, command) -> places.append(places(name, command)));
        return places.append("    esac\n").toString();
    }

    private static String places(String name, CommandSpec command) {
        var cases = new StringBuilder();
        List<String> flags = new ArrayList<>();
        for (OptionSpec option : options(command)) {
            flags.addAll(List.of(option.names()));
            if (takesValue(option)) {
                cases.append(
                        "                %s) %s ;;\n"
                                .formatted(
                                        String.join(" | ", option.names()), shellValues(option)));
            }
        }
        String rest = positional(command).map(CompletionScript::shellValues).orElse("kind=text");
        return "        %s)\n            case \"$before\" in\n%s                *) flags='%s' %s ;;\n            esac\n            ;;\n"
                .formatted(name, cases, String.join(" ", flags), rest);
    }

    private static String shellValues(ArgSpec argument) {
        return switch (kind(argument)) {
            case MODEL -> "kind=model choices=nano";
            case STORED -> "kind=stored";
            case FILE -> "kind=file";
            case WORDS -> "choices='" + String.join(" ", words(argument)) + "'";
            case TEXT -> "kind=text";
        };
    }

    String fish() {
        var script = new StringBuilder(FISH_HEAD);
        String all = String.join(" ", commands.keySet());
        commands.forEach(
                (name, command) -> {
                    script.append(
                            "complete -c tramontane -n 'not __fish_seen_subcommand_from %s' -a %s -d %s\n"
                                    .formatted(all, name, quoted(summary(command))));
                    String seen = "-n '__fish_seen_subcommand_from " + name + "'";
                    for (OptionSpec option : options(command)) {
                        script.append("complete -c tramontane ").append(seen);
                        for (String flag : option.names()) {
                            script.append(flag.startsWith("--") ? " -l " : " -s ")
                                    .append(flag.replaceFirst("^-+", ""));
                        }
                        if (takesValue(option)) {
                            boolean isFile = fishValues(option).contains("-F");
                            String wants = isFile ? " -r" : " -x";
                            script.append(option.arity().min() > 0 ? wants : "")
                                    .append(fishValues(option));
                        }
                        script.append(" -d ").append(quoted(sentence(option))).append('\n');
                    }
                    positional(command)
                            .map(CompletionScript::fishValues)
                            .filter(values -> !values.isEmpty())
                            .ifPresent(
                                    values ->
                                            script.append("complete -c tramontane ")
                                                    .append(seen)
                                                    .append(values)
                                                    .append('\n'));
                });
        return script.toString();
    }

    private static String fishValues(ArgSpec argument) {
        return switch (kind(argument)) {
            case MODEL -> " -F -a '(__tramontane_models) nano'";
            case STORED -> " -a '(__tramontane_models)'";
            case FILE -> " -F";
            case WORDS -> " -a '" + String.join(" ", words(argument)) + "'";
            case TEXT -> "";
        };
    }

    private static String summary(CommandSpec command) {
        return firstSentence(String.join(" ", command.usageMessage().description()));
    }

    private static String sentence(OptionSpec option) {
        return firstSentence(String.join(" ", option.description()));
    }

    private static String firstSentence(String text) {
        return text.split("(?<=[.;:]) ", 2)[0].replaceFirst("[.;:]$", "");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /// The models' folders are their names in small letters, with `--` for `/` and `@` for `:`.
    private static final String MODELS =
            """
            __tramontane_models() {
                local folder name
                for folder in "${TRAMONTANE_HOME:-$HOME/.tramontane}"/models/*/manifest.json; do
                    [ -e "$folder" ] || continue
                    name=${folder%/manifest.json}
                    name=${name##*/}
                    name=${name/--//}
                    printf '%s\\n' "${name/@/:}"
                done
            }

            """;

    /// bash breaks words at colons and equals signs: the line itself is read, and what comes back
    /// is what follows the last colon.
    private static final String BASH_HEAD =
            """
            __tramontane() {
                local line="${COMP_LINE:0:$COMP_POINT}" current before='' command='' word parts
                local kind='' choices='' flags=''
                current=${line##*[[:space:]]}
                read -r -a parts <<< "${line%"$current"}"
                for word in "${parts[@]:1}"; do
                    before=$word
                    case "$word" in
                        -*) ;;
                        *) [ -n "$command" ] || command=$word ;;
                    esac
                done
                case "$current" in
                    --*=*) before=${current%%=*} current=${current#*=} ;;
                esac
            """;

    private static final String BASH_TAIL =
            """
                case "$current" in
                    -*) choices="$choices $flags" ;;
                esac
                case "$kind" in
                    model | stored) choices="$choices $(__tramontane_models)" ;;
                esac
                COMPREPLY=($(compgen -W "$choices" -- "$current"))
                case "$kind" in
                    model | file) COMPREPLY+=($(compgen -f -- "$current")) ;;
                esac
                case "$current" in
                    *:*)
                        local cut=${current%"${current##*:}"} kept=()
                        for word in "${COMPREPLY[@]}"; do
                            kept+=("${word#"$cut"}")
                        done
                        COMPREPLY=("${kept[@]}")
                        ;;
                esac
            }

            complete -o filenames -F __tramontane tramontane ./tramontane
            """;

    private static final String ZSH_HEAD =
            """
            _tramontane() {
                emulate -L zsh
                setopt localoptions nonomatch
                local current=${words[CURRENT]} before=${words[CURRENT-1]} command='' word
                local kind='' choices='' flags=''
                for word in ${words[2,CURRENT-1]}; do
                    case "$word" in
                        -*) ;;
                        *) [ -n "$command" ] || command=$word ;;
                    esac
                done
                case "$current" in
                    --*=*) before=${current%%=*} current=${current#*=}; compset -P '*=' ;;
                esac
            """;

    private static final String ZSH_TAIL =
            """
                case "$current" in
                    -*) choices="$choices $flags" ;;
                esac
                case "$kind" in
                    model | stored) choices="$choices $(__tramontane_models)" ;;
                esac
                compadd -- ${=choices}
                case "$kind" in
                    model | file) _files ;;
                esac
            }

            compdef _tramontane tramontane ./tramontane
            """;

    private static final String FISH_HEAD =
            """
            # Completes tramontane; made by `tramontane completion fish`.
            function __tramontane_models
                set -l home $TRAMONTANE_HOME
                test -n "$home"; or set home $HOME/.tramontane
                for manifest in $home/models/*/manifest.json
                    set -l name (basename (dirname $manifest))
                    string replace -- -- / $name | string replace @ :
                end
            end
            complete -c tramontane -f
            """;
}
