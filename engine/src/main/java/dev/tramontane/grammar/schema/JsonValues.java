package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/// JSON values as JSON Schema compares them (Core, 4.2.2): numbers by value, objects whatever the
/// order of their names.
final class JsonValues {
    private JsonValues() {}

    /// A text that equal values share and others do not. So a set of them answers whether a value
    /// is one of many, however many that are and whoever chose them.
    static String canonical(JsonNode value) {
        var text = new StringBuilder();
        append(value, text);
        return text.toString();
    }

    private static void append(JsonNode value, StringBuilder text) {
        switch (JsonKind.of(value)) {
            case NULL, BOOLEAN -> text.append(value);
            case INTEGER, FRACTION -> {
                BigDecimal number = JsonNumbers.value(value).stripTrailingZeros();
                text.append(number.unscaledValue()).append('e').append(-(long) number.scale());
            }
            case STRING -> text.append(JsonStrings.written(value.stringValue()));
            case ARRAY -> {
                text.append('[');
                for (JsonNode item : value) {
                    append(item, text);
                    text.append(',');
                }
                text.append(']');
            }
            case OBJECT -> {
                text.append('{');
                var sorted = new TreeMap<String, JsonNode>();
                value.properties().forEach(one -> sorted.put(one.getKey(), one.getValue()));
                for (Map.Entry<String, JsonNode> property : sorted.entrySet()) {
                    text.append(JsonStrings.written(property.getKey())).append(':');
                    append(property.getValue(), text);
                    text.append(',');
                }
                text.append('}');
            }
        }
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
