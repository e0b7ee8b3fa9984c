package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The fields of one object, and where it stands in the request.
record RequestFields(JsonNode node, String at) {
    static RequestFields of(JsonNode node, String at, Set<String> known) {
        if (!node.isObject()) {
            throw refusal(at.isEmpty() ? "request" : at, "not an object, expected one");
        }
        var fields = new RequestFields(node, at);
        fields.only(known);
        return fields;
    }

    void only(Set<String> known) {
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw refusal(path(name), "unknown here, expected one of " + known + "; remove it");
            }
        }
    }

    String path(String field) {
        return at.isEmpty() ? field : at + "." + field;
    }

    Optional<JsonNode> value(String field) {
        return Optional.ofNullable(node.get(field));
    }

    JsonNode presence(String field) {
        return value(field)
                .orElseThrow(() -> refusal(path(field), "absent, expected a value; add it"));
    }

    JsonNode required(String field) {
        JsonNode value = presence(field);
        if (value.isNull()) {
            throw refusal(path(field), "null, expected a value; add it");
        }
        return value;
    }

    String text(String field) {
        JsonNode value = required(field);
        if (!value.isString()) {
            throw unexpected(field, "a string");
        }
        return value.stringValue();
    }

    Optional<String> optionalText(String field) {
        return value(field).filter(value -> !value.isNull()).map(_ -> text(field));
    }

    boolean flag(String field, boolean otherwise) {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw unexpected(field, "true or false");
        }
        return value.map(JsonNode::booleanValue).orElse(otherwise);
    }

    void choice(String field, String otherwise, Set<String> allowed) {
        String found = value(field).isPresent() ? text(field) : otherwise;
        if (!allowed.contains(found)) {
            throw unexpected(field, "one of " + allowed);
        }
    }

    /// Whole numbers may be null: no limit, no seed.
    void range(String field, double most, boolean whole) {
        Optional<JsonNode> value = value(field);
        if (value.isEmpty() || (whole && value.get().isNull())) {
            return;
        }
        JsonNode number = value.get();
        boolean fits =
                number.isNumber()
                        && number.doubleValue() >= 0
                        && number.doubleValue() <= most
                        && (!whole || number.doubleValue() == Math.rint(number.doubleValue()));
        if (!fits) {
            throw unexpected(field, whole ? "an integer, 0 or more" : "0 to " + (int) most);
        }
    }

    List<RequestFields> objects(String field, boolean optional) {
        Optional<JsonNode> value = value(field).filter(node -> !(optional && node.isNull()));
        if (value.isEmpty() && optional) {
            return List.of();
        }
        JsonNode list = required(field);
        if (!list.isArray()) {
            throw unexpected(field, "a list");
        }
        List<RequestFields> objects = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode element = list.get(i);
            String place = path(field) + "[" + i + "]";
            if (!element.isObject()) {
                throw refusal(place, "not an object, expected one");
            }
            objects.add(new RequestFields(element, place));
        }
        return objects;
    }

    Optional<RequestFields> object(String field, Set<String> known) {
        return value(field).map(node -> of(node, path(field), known));
    }

    RequestFields requiredObject(String field, Set<String> known) {
        return of(required(field), path(field), known);
    }

    InvalidRequestException unexpected(String field, String expected) {
        String found = PythonJson.print(node.path(field));
        boolean tooLong = found.length() > 80;
        return refusal(
                path(field),
                "found "
                        + (tooLong ? found.substring(0, 80) + "…" : found)
                        + ", expected "
                        + expected);
    }

    private static InvalidRequestException refusal(String path, String message) {
        return new InvalidRequestException(path, message);
    }
}
