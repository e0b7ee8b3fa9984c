package dev.tramontane.cli;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// `tramontane.yaml`: the values of flags, for all commands and for single ones.
///
/// ```yaml
/// model: magistral-small     # for every command that has --model
/// max-tokens: 4000
/// bench:                     # for this command alone, and before the lines above
///   threads: 8
/// models:                    # what `serve` offers ({@link ConfiguredModels})
///   magistral-small:
///     context: 32768
/// ```
///
/// @param path where it was read; empty where there is none
/// @param settings by key; a command's are under `command.key`
/// @param sections the commands that have some, and their lines
/// @param models what stands under `models`
/// @param isLocal whether it lies in the working directory, which somebody else may have written
record ConfigurationFile(
        Optional<Path> path,
        Map<String, Setting> settings,
        Map<String, Integer> sections,
        Optional<YamlMapping> models,
        boolean isLocal) {
    static final String NAME = "tramontane.yaml";

    /// Names another file.
    static final String FLAG = "--config";

    private static final String VARIABLE = "TRAMONTANE_CONFIG";
    static final ConfigurationFile NONE =
            new ConfigurationFile(Optional.empty(), Map.of(), Map.of(), Optional.empty(), false);

    private static final String MODELS = "models";
    private static final int MOST_BYTES = 1 << 20;

    /// @param line from 1
    record Setting(String value, int line) {}

    /// The file cannot be used; whoever wrote it must change it.
    static final class WrongException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongException(String message) {
            super(message);
        }
    }

    /// The file that a command's arguments name, else the environment: it must be known before
    /// anything else is read.
    static Optional<String> told(List<String> args, Map<String, String> environment) {
        Optional<String> told =
                Optional.ofNullable(environment.get(VARIABLE)).filter(text -> !text.isEmpty());
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).startsWith(FLAG + "=")) {
                told = Optional.of(args.get(i).substring(FLAG.length() + 1));
            } else if (args.get(i).equals(FLAG) && i + 1 < args.size()) {
                told = Optional.of(args.get(i + 1));
            }
        }
        return told;
    }

    /// The file of the working directory, else that of Tramontane's home, else none.
    static ConfigurationFile find(Path working, Path home) throws IOException {
        Path local = working.resolve(NAME);
        if (Files.isRegularFile(local)) {
            boolean isHome =
                    Files.isDirectory(home) && Files.isSameFile(working.toAbsolutePath(), home);
            return read(local, !isHome);
        }
        Path own = home.resolve(NAME);
        return Files.isRegularFile(own) ? read(own, false) : NONE;
    }

    /// @throws WrongException when it is no YAML, or not of this form
    static ConfigurationFile read(Path path, boolean isLocal) throws IOException {
        if (Files.size(path) > MOST_BYTES) {
            throw new WrongException(
                    path + ": longer than 1 MiB, expected a few lines; is it the right file?");
        }
        var settings = new LinkedHashMap<String, Setting>();
        var sections = new LinkedHashMap<String, Integer>();
        Optional<YamlMapping> models = Optional.empty();
        Optional<Node> root = compose(path);
        if (root.isPresent()) {
            for (NodeTuple entry : mapping(path, root.get(), "the file").getValue()) {
                String key = key(path, entry);
                if (key.equals(MODELS)) {
                    if (models.isPresent()) {
                        throw wrong(path, entry.getKeyNode(), key + " is there twice");
                    }
                    models = Optional.of(YamlMapping.of(path, key, entry.getValueNode()));
                } else if (entry.getValueNode() instanceof MappingNode section) {
                    if (sections.put(key, line(entry.getKeyNode())) != null) {
                        throw wrong(path, entry.getKeyNode(), key + " is there twice");
                    }
                    for (NodeTuple inner : section.getValue()) {
                        put(path, settings, key + "." + key(path, inner), inner);
                    }
                } else {
                    put(path, settings, key, entry);
                }
            }
        }
        return new ConfigurationFile(Optional.of(path), settings, sections, models, isLocal);
    }

    private static Optional<Node> compose(Path path) throws IOException {
        var options =
                LoadSettings.builder()
                        .setLabel(path.toString())
                        .setCodePointLimit(MOST_BYTES)
                        .build();
        try {
            var reader = new StreamReader(options, Files.readString(path));
            return new Composer(options, new ParserImpl(options, reader)).getSingleNode();
        } catch (CharacterCodingException e) {
            throw new WrongException(path + ": no UTF-8; save it as UTF-8");
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw new WrongException(
                    "%s:%d: no YAML (%s); write lines like model: magistral-small"
                            .formatted(path, line, e.getProblem()));
        } catch (YamlEngineException e) {
            throw new WrongException(
                    "%s: no YAML (%s); write lines like model: magistral-small"
                            .formatted(path, e.getMessage()));
        }
    }

    private static MappingNode mapping(Path path, Node node, String what) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw wrong(
                path, node, what + " holds no keys, expected lines like model: magistral-small");
    }

    private static String key(Path path, NodeTuple entry) {
        if (entry.getKeyNode() instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw wrong(path, entry.getKeyNode(), "a key is no text, expected the name of a flag");
    }

    private static void put(Path path, Map<String, Setting> settings, String key, NodeTuple entry) {
        var setting = new Setting(value(path, key, entry.getValueNode()), line(entry.getKeyNode()));
        if (settings.put(key, setting) != null) {
            throw wrong(path, entry.getKeyNode(), key + " is there twice, expected it once");
        }
    }

    /// A scalar as it is written; a list with commas between its parts, as flags take it.
    private static String value(Path path, String key, Node node) {
        return switch (node) {
            case ScalarNode scalar when !scalar.getTag().equals(Tag.NULL) -> scalar.getValue();
            case SequenceNode list ->
                    list.getValue().stream()
                            .map(part -> value(path, key, part))
                            .collect(Collectors.joining(","));
            default -> throw wrong(path, node, key + " has no value, expected one after the colon");
        };
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static WrongException wrong(Path path, Node node, String what) {
        return new WrongException(path + ":" + line(node) + ": " + what);
    }

    /// Where a setting stands, as editors understand it.
    String place(Setting setting) {
        return path.map(Path::toString).orElse("") + ":" + setting.line();
    }

    /// A command's setting, else that of all commands.
    Optional<Setting> setting(String command, String key) {
        Setting own = settings.get(command + "." + key);
        return Optional.ofNullable(own != null ? own : settings.get(key));
    }
}
