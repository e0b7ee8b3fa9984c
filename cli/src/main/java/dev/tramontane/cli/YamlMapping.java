package dev.tramontane.cli;

import dev.tramontane.cli.ConfigurationFile.WrongException;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The keys of a mapping in a file of YAML, read one by one, each with the line that it stands on.
/// What nobody has asked for is an error in the end.
final class YamlMapping {
    private final Path file;
    private final String at;
    private final int line;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> asked = new TreeSet<>();

    private YamlMapping(Path file, String at, int line) {
        this.file = file;
        this.at = at;
        this.line = line;
    }

    /// @param at what leads there: `models.magistral-small`
    /// @throws WrongException when it is no mapping, or has a key twice
    static YamlMapping of(Path file, String at, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(file, node, at + " holds no keys, expected lines like key: value below it");
        }
        var keys = new YamlMapping(file, at, line(mapping));
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw wrong(file, entry.getKeyNode(), at + " has a key that is no text");
            }
            if (keys.entries.put(key.getValue(), entry) != null) {
                throw wrong(file, key, at + "." + key.getValue() + " is there twice");
            }
        }
        return keys;
    }

    private static WrongException wrong(Path file, Node node, String what) {
        return new WrongException(file + ":" + line(node) + ": " + what);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /// The file that it stands in.
    Path file() {
        return file;
    }

    /// Where it stands, as editors understand it, and what it is.
    String place() {
        return file + ":" + line + ": " + at;
    }

    /// All keys, in their order.
    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    /// Something that stands below.
    ///
    /// @param key with what leads there: `models.nano.prices.input`
    /// @param value as it is written; of a list, one after the other
    /// @param place file and line
    record Leaf(String key, String value, String place) {}

    /// All that stands below, in its order, whatever it means.
    List<Leaf> leaves() {
        List<Leaf> leaves = new ArrayList<>();
        entries.forEach((key, entry) -> addLeaves(at + "." + key, entry, leaves));
        return leaves;
    }

    private void addLeaves(String key, NodeTuple entry, List<Leaf> leaves) {
        Node value = entry.getValueNode();
        if (value instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
            for (NodeTuple below : mapping.getValue()) {
                addLeaves(key + "." + written(below.getKeyNode()), below, leaves);
            }
        } else {
            leaves.add(new Leaf(key, written(value), file + ":" + line(entry.getKeyNode())));
        }
    }

    private static String written(Node node) {
        return node instanceof SequenceNode list
                ? list.getValue().stream()
                        .map(YamlMapping::written)
                        .collect(Collectors.joining(", "))
                : node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /// What is to be thrown for what stands at a key.
    WrongException wrong(String key, String what) {
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            throw new IllegalStateException(key + " is not there");
        }
        return wrong(file, entry.getKeyNode(), at + "." + key + " " + what);
    }

    private Optional<Node> node(String key) {
        asked.add(key);
        return Optional.ofNullable(entries.get(key)).map(NodeTuple::getValueNode);
    }

    /// A text; empty where the key is absent.
    Optional<String> text(String key) {
        return node(key).map(node -> text(key, node));
    }

    private String text(String key, Node node) {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        throw wrong(key, "has no value, expected one after the colon");
    }

    /// A text, or a list of them; none where the key is absent.
    List<String> texts(String key) {
        return node(key)
                .map(
                        node ->
                                node instanceof SequenceNode list
                                        ? list.getValue().stream()
                                                .map(each -> text(key, each))
                                                .toList()
                                        : List.of(text(key, node)))
                .orElseGet(List::of);
    }

    /// What a text stands for.
    ///
    /// @param reads throws an {@link IllegalArgumentException} with what was expected
    <T> Optional<T> value(String key, Function<String, T> reads) {
        return text(key)
                .map(
                        text -> {
                            try {
                                return reads.apply(text);
                            } catch (IllegalArgumentException e) {
                                throw wrong(key, "is " + text + ", expected " + e.getMessage());
                            }
                        });
    }

    /// @param least and `most` are allowed too
    Optional<Integer> whole(String key, int least, int most) {
        return value(
                key,
                text -> {
                    boolean isNumber = text.matches("\\d{1,9}");
                    int number = isNumber ? Integer.parseInt(text) : -1;
                    if (number < least || number > most) {
                        throw new IllegalArgumentException(
                                "a whole number from %d to %d".formatted(least, most));
                    }
                    return number;
                });
    }

    Optional<Boolean> flag(String key) {
        return value(
                key,
                text ->
                        switch (text) {
                            case "true", "yes", "on" -> true;
                            case "false", "no", "off" -> false;
                            default -> throw new IllegalArgumentException("yes or no");
                        });
    }

    boolean isMapping(String key) {
        return node(key).filter(MappingNode.class::isInstance).isPresent();
    }

    Optional<YamlMapping> mapping(String key) {
        return node(key).map(node -> of(file, at + "." + key, node));
    }

    /// A value as JSON has it: numbers, words and texts by the rules of YAML's own schema.
    JsonNode json(String key) {
        return json(node(key).orElseThrow());
    }

    private JsonNode json(Node node) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (node) {
            case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> make.nullNode();
            case ScalarNode scalar when scalar.getTag().equals(Tag.BOOL) ->
                    make.booleanNode(Boolean.parseBoolean(scalar.getValue()));
            case ScalarNode scalar when isNumber(scalar) ->
                    make.numberNode(new BigDecimal(scalar.getValue()));
            case ScalarNode scalar -> make.stringNode(scalar.getValue());
            case SequenceNode list -> {
                var array = make.arrayNode();
                list.getValue().forEach(each -> array.add(json(each)));
                yield array;
            }
            case MappingNode mapping -> {
                var object = make.objectNode();
                YamlMapping below = of(file, at, mapping);
                below.keys().forEach(key -> object.set(key, below.json(key)));
                yield object;
            }
            default -> throw wrong(file, node, at + " is of no kind that has a meaning here");
        };
    }

    private static boolean isNumber(ScalarNode scalar) {
        return (scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT))
                && scalar.getValue().matches("[-+]?\\d{1,18}(\\.\\d{1,18})?([eE][-+]?\\d{1,3})?");
    }

    /// Refuses keys that nobody asked for.
    void end() {
        List<String> unknown = new ArrayList<>(entries.keySet());
        unknown.removeAll(asked);
        if (!unknown.isEmpty()) {
            String meant =
                    Nearest.to(unknown.getFirst(), asked)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("");
            throw wrong(
                    unknown.getFirst(),
                    "has no meaning, expected one of " + String.join(", ", asked) + meant);
        }
    }
}
