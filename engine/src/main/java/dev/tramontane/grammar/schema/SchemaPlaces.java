package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.InvalidGrammarException;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The places of a schema's document that `$ref` may name: by JSON pointer (RFC 6901) or `$anchor`.
final class SchemaPlaces {
    /// Keywords whose values are no schemas.
    private static final Set<String> PLAIN_VALUES =
            Set.of("const", "enum", "default", "example", "examples");

    /// Keywords whose values are schemas by name.
    private static final Set<String> SCHEMA_MAPS =
            Set.of("$defs", "definitions", "properties", "patternProperties", "dependentSchemas");

    private final JsonNode document;
    private final WorkLimit limit;
    private final String id;
    private final Map<String, String> anchors = new HashMap<>();

    /// @param limit what finding them may take
    SchemaPlaces(JsonNode document, WorkLimit limit) {
        this.document = document;
        this.limit = limit;
        JsonNode name = document.get("$id");
        this.id = name == null ? "" : KeywordValues.string(name, "#/$id");
        findAnchors(document, "#", false);
    }

    /// Finds `$anchor` wherever a schema may stand. What stands under `$defs` is otherwise read
    /// only when it is referred to.
    ///
    /// @param named whether the node is a map of schemas, whose names are no keywords
    private void findAnchors(JsonNode node, String pointer, boolean named) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            if (!named && key.matches("\\$(a|dynamicA)nchor") && value.isString()) {
                anchors.putIfAbsent(value.stringValue(), pointer);
            }
            if (value.isContainer() && (named || !PLAIN_VALUES.contains(key))) {
                String at = JsonValues.under(pointer, key);
                limit.spendOn(at);
                findAnchors(value, at, !named && SCHEMA_MAPS.contains(key));
                for (int i = 0; value.isArray() && i < value.size(); i++) {
                    if (value.get(i).isObject()) {
                        limit.spendOn(at);
                        findAnchors(value.get(i), JsonValues.under(at, i), false);
                    }
                }
            }
        }
    }

    /// The pointer that a `$ref` names, its escapes undone and done again.
    String target(String reference, String at) {
        String fragment = reference;
        if (!id.isEmpty() && reference.startsWith(id)) {
            fragment = reference.substring(id.length());
        }
        if (fragment.isEmpty() || fragment.equals("#")) {
            return "#";
        }
        if (!fragment.startsWith("#")) {
            throw new InvalidGrammarException(
                    at,
                    "found %s, expected # and a place in this document; copy the other schema into $defs"
                            .formatted(reference));
        }
        String path = decoded(fragment.substring(1), at);
        if (!path.startsWith("/")) {
            return Optional.ofNullable(anchors.get(path)).orElseThrow(() -> nowhere(at, reference));
        }
        String pointer = "#";
        for (String name : path.substring(1).split("/", -1)) {
            pointer = JsonValues.under(pointer, name.replace("~1", "/").replace("~0", "~"));
        }
        return pointer;
    }

    /// A fragment without its percent signs (RFC 3986, 2.1).
    private static String decoded(String fragment, String at) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] text = fragment.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '%') {
                bytes.write(text[i]);
                continue;
            }
            int high = i + 2 < text.length ? Character.digit(text[i + 1], 16) : -1;
            int low = i + 2 < text.length ? Character.digit(text[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new InvalidGrammarException(
                        at,
                        "found %s, expected two hexadecimal digits after %%".formatted(fragment));
            }
            bytes.write(16 * high + low);
            i += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// What stands at a place.
    ///
    /// @param at pointer of the `$ref` that names it
    JsonNode find(String target, String at) {
        JsonNode node = document;
        String[] names = target.split("/", -1);
        for (int i = 1; i < names.length; i++) {
            String name = names[i].replace("%25", "%").replace("~1", "/").replace("~0", "~");
            JsonNode next = node.isArray() ? item(node, name) : node.get(name);
            if (next == null) {
                throw nowhere(at, target);
            }
            node = next;
            if (i + 1 < names.length) {
                refuseName(node, target);
            }
        }
        return node;
    }

    private static @Nullable JsonNode item(JsonNode array, String index) {
        return index.matches("0|[1-9][0-9]{0,8}") ? array.get(Integer.parseInt(index)) : null;
    }

    private static InvalidGrammarException nowhere(String at, String reference) {
        return new InvalidGrammarException(
                at, "found %s, expected a place in this document".formatted(reference));
    }

    /// Refuses a name that changes what a `$ref` below it means.
    static void refuseName(JsonNode node, String pointer) {
        if (!pointer.equals("#") && node.has("$id")) {
            throw new InvalidGrammarException(
                    pointer + "/$id", "$id within a schema is not supported; use $anchor or $defs");
        }
    }
}
