package dev.tramontane.eval.items;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A row of a table, or an object of a list.
///
/// @param values by column; owned by the row
/// @param place file and line, for messages
/// @param span where its bytes are; absent where a row is not one piece of a file
public record Row(ObjectNode values, String place, Optional<Span> span) {
    /// Bytes of a file.
    public record Span(Path file, long from, int bytes) {}

    /// A row that is not one piece of a file.
    Row(ObjectNode values, String place) {
        this(values, place, Optional.empty());
    }

    /// A column's value as text: strings as they are, other scalars as JSON writes them.
    ///
    /// @throws ItemException when there is no such column, or it holds nothing
    public String text(String column) throws ItemException {
        return optional(column)
                .orElseThrow(
                        () ->
                                new ItemException(
                                        "%s: no value for %s, expected one (there are %s); is it the right file?"
                                                .formatted(
                                                        place,
                                                        column,
                                                        String.join(
                                                                ", ", values.propertyNames()))));
    }

    /// A column's value as text; empty where it is absent or null.
    public Optional<String> optional(String column) {
        JsonNode value = values.path(column);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(value.isString() ? value.stringValue() : value.toString());
    }

    /// A column's value as texts: the elements of a list, or the one value.
    ///
    /// @throws ItemException when there is no such column
    public List<String> texts(String column) throws ItemException {
        JsonNode value = values.path(column);
        if (!value.isArray()) {
            return List.of(text(column));
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : value) {
            texts.add(each.isString() ? each.stringValue() : each.toString());
        }
        return texts;
    }
}
