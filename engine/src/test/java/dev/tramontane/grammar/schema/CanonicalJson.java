package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A document as grammars of schemas have it: on one line, numbers plain, strings with the escapes
/// they need. The order of properties is the schema's, which a document does not tell: so there is
/// a text for each order.
final class CanonicalJson {
    private static final int MOST_TEXTS = 720;

    private CanonicalJson() {}

    /// The texts of a document, one for each order of each object's properties, up to a limit.
    static List<String> texts(JsonNode document) {
        return switch (JsonKind.of(document)) {
            case NULL, BOOLEAN -> List.of(document.toString());
            case INTEGER, FRACTION -> List.of(JsonDecimals.written(JsonNumbers.value(document)));
            case STRING -> List.of(JsonStrings.written(document.stringValue()));
            case ARRAY -> {
                List<List<String>> items = new ArrayList<>();
                document.values().forEach(item -> items.add(texts(item)));
                yield joined(items, "[", "]");
            }
            case OBJECT -> {
                List<String> texts = new ArrayList<>();
                for (List<Map.Entry<String, JsonNode>> order :
                        orders(List.copyOf(document.properties()))) {
                    List<List<String>> properties = new ArrayList<>();
                    for (Map.Entry<String, JsonNode> property : order) {
                        String name = JsonStrings.written(property.getKey()) + ": ";
                        properties.add(
                                texts(property.getValue()).stream().map(name::concat).toList());
                    }
                    texts.addAll(joined(properties, "{", "}"));
                }
                yield limited(texts);
            }
        };
    }

    private static List<String> joined(List<List<String>> parts, String open, String close) {
        List<String> texts = List.of(open);
        String comma = "";
        for (List<String> part : parts) {
            List<String> longer = new ArrayList<>();
            for (String text : texts) {
                for (String one : part) {
                    longer.add(text + comma + one);
                }
            }
            texts = limited(longer);
            comma = ", ";
        }
        return texts.stream().map(text -> text + close).toList();
    }

    private static <T> List<List<T>> orders(List<T> all) {
        if (all.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> orders = new ArrayList<>();
        for (T first : all) {
            List<T> others = new ArrayList<>(all);
            others.remove(first);
            for (List<T> rest : orders(others)) {
                List<T> order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                orders.add(order);
                if (orders.size() == MOST_TEXTS) {
                    return orders;
                }
            }
        }
        return orders;
    }

    private static List<String> limited(List<String> texts) {
        return texts.size() <= MOST_TEXTS ? texts : List.copyOf(texts.subList(0, MOST_TEXTS));
    }
}
