package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a schema means, keyword by keyword: the reference that {@link SchemaGrammar} is tested
/// against. Formats are assertions. One instance checks one value; it remembers what `$ref` came to
/// at each place, so that schemas that name each other twice take no exponential time.
final class SchemaValidator {
    private record Visit(String target, String at) {}

    private final Schemas schemas;
    private final Map<Visit, Optional<SchemaFault>> visited = new HashMap<>();

    /// @param schemas those that `$ref` may name
    SchemaValidator(Schemas schemas) {
        this.schemas = schemas;
    }

    /// Whether a value is valid against a schema.
    boolean isValid(Schema schema, JsonNode value) {
        return isValid(schema, value, "#");
    }

    private boolean isValid(Schema schema, JsonNode value, String at) {
        return fault(schema, value, at).isEmpty();
    }

    /// Whether a value satisfies a constraint.
    boolean holds(Constraint constraint, JsonNode value) {
        return fault(constraint, value, "#").isEmpty();
    }

    /// The first constraint that a value breaks.
    ///
    /// @param at pointer of the value within the document
    Optional<SchemaFault> fault(Schema schema, JsonNode value, String at) {
        for (Constraint constraint : schema.constraints()) {
            Optional<SchemaFault> fault = fault(constraint, value, at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<SchemaFault> fault(Constraint constraint, JsonNode value, String at) {
        return switch (constraint) {
            case Constraint.Types types ->
                    unless(types.kinds().contains(JsonKind.of(value)), constraint, value, at);
            case Constraint.Values(_, List<JsonNode> values) ->
                    unless(JsonValues.contains(values, value), constraint, value, at);
            case Constraint.Limit limit ->
                    unless(!value.isNumber() || isWithin(limit, value), constraint, value, at);
            case Constraint.MultipleOf(_, BigDecimal divisor) ->
                    unless(
                            !value.isNumber()
                                    || JsonNumbers.isMultiple(JsonNumbers.value(value), divisor),
                            constraint,
                            value,
                            at);
            case Constraint.Length(_, int least, int most) ->
                    unless(
                            !value.isString() || isBetween(least, characters(value), most),
                            constraint,
                            value,
                            at);
            case Constraint.Form(_, _, CharacterAutomaton language) ->
                    unless(
                            !value.isString() || language.matches(value.stringValue()),
                            constraint,
                            value,
                            at);
            case Constraint.ItemCount(_, int least, int most) ->
                    unless(
                            !value.isArray() || isBetween(least, value.size(), most),
                            constraint,
                            value,
                            at);
            case Constraint.UniqueItems _ ->
                    unless(!value.isArray() || isUnique(value), constraint, value, at);
            case Constraint.Contains contains ->
                    unless(
                            !value.isArray()
                                    || isBetween(
                                            contains.least(),
                                            matching(contains, value, at),
                                            contains.most()),
                            constraint,
                            value,
                            at);
            case Constraint.Required(_, List<String> names) ->
                    unless(
                            !value.isObject() || names.stream().allMatch(value::has),
                            constraint,
                            value,
                            at);
            case Constraint.PropertyCount(_, int least, int most) ->
                    unless(
                            !value.isObject() || isBetween(least, value.size(), most),
                            constraint,
                            value,
                            at);
            case Constraint.Items items ->
                    value.isArray() ? faultInItems(items, value, at) : Optional.empty();
            case Constraint.Properties properties ->
                    value.isObject() ? faultInProperties(properties, value, at) : Optional.empty();
            case Constraint.PropertyNames(_, Schema schema) ->
                    value.isObject() ? faultInNames(schema, value, at) : Optional.empty();
            case Constraint.Dependent(_, String name, Schema schema) ->
                    value.isObject() && value.has(name)
                            ? fault(schema, value, at)
                            : Optional.empty();
            case Constraint.AllOf(_, List<Schema> all) -> faultInAll(all, value, at);
            case Constraint.AnyOf(_, List<Schema> any) ->
                    unless(valid(any, value, at) > 0, constraint, value, at);
            case Constraint.OneOf(_, List<Schema> one) ->
                    unless(valid(one, value, at) == 1, constraint, value, at);
            case Constraint.Not(_, Schema schema) ->
                    unless(!isValid(schema, value, at), constraint, value, at);
            case Constraint.Conditional(_, Schema condition, Schema then, Schema otherwise) ->
                    fault(isValid(condition, value, at) ? then : otherwise, value, at);
            case Constraint.SchemaReference(_, String target) -> faultInTarget(target, value, at);
        };
    }

    private static Optional<SchemaFault> unless(
            boolean holds, Constraint constraint, JsonNode value, String at) {
        return holds
                ? Optional.empty()
                : Optional.of(new SchemaFault(at, constraint.pointer(), JsonValues.shown(value)));
    }

    private Optional<SchemaFault> faultInTarget(String target, JsonNode value, String at) {
        Visit visit = new Visit(target, at);
        Optional<SchemaFault> known = visited.get(visit);
        if (known == null) {
            known = fault(schemas.at(target), value, at);
            visited.put(visit, known);
        }
        return known;
    }

    private static boolean isWithin(Constraint.Limit limit, JsonNode value) {
        int order = JsonNumbers.value(value).compareTo(limit.limit());
        return order == 0 ? limit.inclusive() : limit.lower() == order > 0;
    }

    private static boolean isBetween(int least, int count, int most) {
        return least <= count && count <= most;
    }

    private static int characters(JsonNode value) {
        String text = value.stringValue();
        return text.codePointCount(0, text.length());
    }

    private static boolean isUnique(JsonNode array) {
        Map<Integer, List<JsonNode>> seen = new HashMap<>();
        for (JsonNode item : array) {
            List<JsonNode> alike =
                    seen.computeIfAbsent(JsonValues.hash(item), _ -> new ArrayList<>());
            if (JsonValues.contains(alike, item)) {
                return false;
            }
            alike.add(item);
        }
        return true;
    }

    private int matching(Constraint.Contains contains, JsonNode array, String at) {
        int count = 0;
        for (int i = contains.from(); i < array.size(); i++) {
            count += isValid(contains.schema(), array.get(i), JsonValues.under(at, i)) ? 1 : 0;
        }
        return count;
    }

    private int valid(List<Schema> schemas, JsonNode value, String at) {
        int count = 0;
        for (Schema schema : schemas) {
            count += isValid(schema, value, at) ? 1 : 0;
        }
        return count;
    }

    private Optional<SchemaFault> faultInAll(List<Schema> all, JsonNode value, String at) {
        for (Schema schema : all) {
            Optional<SchemaFault> fault = fault(schema, value, at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<SchemaFault> faultInItems(Constraint.Items items, JsonNode array, String at) {
        for (int i = 0; i < array.size(); i++) {
            Schema schema = i < items.prefix().size() ? items.prefix().get(i) : items.rest();
            Optional<SchemaFault> fault = fault(schema, array.get(i), JsonValues.under(at, i));
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<SchemaFault> faultInProperties(
            Constraint.Properties properties, JsonNode object, String at) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            String name = property.getKey();
            for (Schema schema : properties.schemasOf(name)) {
                Optional<SchemaFault> fault =
                        fault(schema, property.getValue(), JsonValues.under(at, name));
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<SchemaFault> faultInNames(Schema schema, JsonNode object, String at) {
        for (String name : object.propertyNames()) {
            JsonNode text = StringNode.valueOf(name);
            Optional<SchemaFault> fault =
                    fault(schema, text, JsonValues.under(at, name) + " (the name)");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
