package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;

/// JSON values as JSON Schema compares them (Core, 4.2.2): numbers by value, objects whatever the
/// order of their names.
final class JsonValues {
    private JsonValues() {}

    static boolean equal(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return JsonNumbers.value(one).compareTo(JsonNumbers.value(other)) == 0;
        }
        if (one.isArray() && other.isArray()) {
            return one.size() == other.size() && itemsEqual(one, other);
        }
        if (one.isObject() && other.isObject()) {
            return one.size() == other.size() && propertiesEqual(one, other);
        }
        return one.equals(other);
    }

    private static boolean itemsEqual(JsonNode one, JsonNode other) {
        for (int i = 0; i < one.size(); i++) {
            if (!equal(one.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean propertiesEqual(JsonNode one, JsonNode other) {
        for (Map.Entry<String, JsonNode> property : one.properties()) {
            JsonNode value = other.get(property.getKey());
            if (value == null || !equal(property.getValue(), value)) {
                return false;
            }
        }
        return true;
    }

    /// The same for equal values.
    static int hash(JsonNode value) {
        int hash = value.getNodeType().hashCode();
        if (value.isNumber()) {
            return JsonNumbers.value(value).stripTrailingZeros().hashCode();
        }
        if (value.isArray()) {
            for (JsonNode item : value) {
                hash = 31 * hash + hash(item);
            }
            return hash;
        }
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> property : value.properties()) {
                hash += property.getKey().hashCode() ^ hash(property.getValue());
            }
            return hash;
        }
        return value.hashCode();
    }

    static boolean contains(List<JsonNode> values, JsonNode value) {
        return values.stream().anyMatch(one -> equal(one, value));
    }

    /// A value's beginning, for a message.
    static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /// A pointer one name further, as a URI fragment (RFC 6901, 3 and 6).
    static String under(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1").replace("%", "%25");
    }

    static String under(String pointer, int index) {
        return pointer + "/" + index;
    }
}
