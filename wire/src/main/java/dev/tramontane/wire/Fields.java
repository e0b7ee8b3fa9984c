package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The fields of one object of a request, and where it stands. `null` is as good as absent unless a
/// method says otherwise; fields that nobody asks for are passed over.
///
/// @param at the object's path; empty for the request itself
public record Fields(JsonNode node, String at) {
    private static final int LONGEST_FOUND = 80;

    /// @throws InvalidRequestException when it is no object
    public Fields {
        if (!node.isObject()) {
            throw new InvalidRequestException(
                    at.isEmpty() ? "request" : at,
                    "found " + found(node) + ", expected an object; correct it");
        }
    }

    /// Where a field stands.
    public String path(String field) {
        return at.isEmpty() ? field : at + "." + field;
    }

    /// Whether a field is there, `null` included.
    public boolean has(String field) {
        return node.has(field);
    }

    /// A field that is there and not null.
    public Optional<JsonNode> value(String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    /// What to throw where a field holds something else than it must.
    public InvalidRequestException unexpected(String field, String expected) {
        return new InvalidRequestException(
                path(field),
                "found " + found(node.path(field)) + ", expected " + expected + "; correct it");
    }

    private static String found(JsonNode value) {
        if (value.isMissingNode()) {
            return "nothing";
        }
        String text = value.toString();
        return text.length() > LONGEST_FOUND ? text.substring(0, LONGEST_FOUND) + "…" : text;
    }

    public Optional<String> text(String field) {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isString()) {
            throw unexpected(field, "a string");
        }
        return value.map(JsonNode::stringValue);
    }

    public String requiredText(String field) {
        return text(field).orElseThrow(() -> unexpected(field, "a string"));
    }

    public Optional<Boolean> flag(String field) {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw unexpected(field, "true or false");
        }
        return value.map(JsonNode::booleanValue);
    }

    /// @param least and `most` are allowed too
    public OptionalDouble number(String field, double least, double most) {
        Optional<JsonNode> value = value(field);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        double number = value.get().isNumber() ? value.get().doubleValue() : Double.NaN;
        if (!(number >= least && number <= most)) {
            throw unexpected(field, "a number from %s to %s".formatted(spell(least), spell(most)));
        }
        return OptionalDouble.of(number);
    }

    private static String spell(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    public OptionalInt integer(String field, int least, int most) {
        Optional<JsonNode> value = value(field);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        double number = value.get().isNumber() ? value.get().doubleValue() : Double.NaN;
        if (!(number >= least && number <= most) || number != Math.rint(number)) {
            throw unexpected(field, "a whole number from %d to %d".formatted(least, most));
        }
        return OptionalInt.of((int) number);
    }

    /// Any whole number of 64 bits.
    public OptionalLong whole(String field) {
        Optional<JsonNode> value = value(field);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!value.get().isIntegralNumber() || !value.get().canConvertToLong()) {
            throw unexpected(field, "a whole number of 64 bits");
        }
        return OptionalLong.of(value.get().longValue());
    }

    public Optional<Fields> object(String field) {
        return value(field).map(value -> new Fields(value, path(field)));
    }

    /// The objects of a list; none where it is absent.
    public List<Fields> objects(String field) {
        Optional<JsonNode> value = value(field);
        if (value.isPresent() && !value.get().isArray()) {
            throw unexpected(field, "a list");
        }
        List<Fields> objects = new ArrayList<>();
        for (JsonNode each : value.orElseGet(JsonNodeFactory.instance::arrayNode)) {
            objects.add(new Fields(each, path(field) + "[" + objects.size() + "]"));
        }
        return objects;
    }

    /// A string, or a list of strings; none where it is absent.
    public List<String> texts(String field) {
        Optional<JsonNode> value = value(field);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isString()) {
            return List.of(value.get().stringValue());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : value.get()) {
            if (text.isString()) {
                texts.add(text.stringValue());
            }
        }
        if (!value.get().isArray() || texts.size() < value.get().size()) {
            throw unexpected(field, "a string or a list of strings");
        }
        return texts;
    }
}
