package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/// What a schema means, keyword by keyword: the reference that {@link SchemaGrammar} is tested
/// against. Formats are assertions. One instance checks one value; it remembers what `$ref` came to
/// at each place, so that schemas that name each other twice take no exponential time.
final class SchemaValidator {
    /// Characters of a string that a step reads, and of a pointer that a step copies.
    private static final int READ_A_STEP = 4;

    private static final int COPIED_A_STEP = 16;

    private record Visit(String target, String at) {}

    /// A keyword that a value breaks; it is told only to who asks for it, since most of them decide
    /// between branches and are forgotten.
    private record Broken(String at, String keyword, JsonNode value) {
        SchemaFault told() {
            return new SchemaFault(at, keyword, JsonValues.shown(value));
        }
    }

    private final Schemas schemas;
    private final LongConsumer spend;
    private final Map<Visit, Optional<Broken>> visited = new HashMap<>();

    /// @param schemas those that `$ref` may name
    SchemaValidator(Schemas schemas) {
        this(schemas, _ -> {});
    }

    /// @param spend is told of steps as they are made, and may refuse
    SchemaValidator(Schemas schemas, LongConsumer spend) {
        this.schemas = schemas;
        this.spend = spend;
    }

    /// Whether a value is valid against a schema.
    boolean isValid(Schema schema, JsonNode value) {
        return isValid(schema, value, "#");
    }

    /// The first keyword that a document breaks.
    Optional<SchemaFault> fault(Schema schema, JsonNode document) {
        return fault(schema, document, "#").map(Broken::told);
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
    private Optional<Broken> fault(Schema schema, JsonNode value, String at) {
        for (Constraint constraint : schema.constraints()) {
            Optional<Broken> fault = fault(constraint, value, at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<Broken> fault(Constraint constraint, JsonNode value, String at) {
        spend.accept(1);
        return switch (constraint) {
            case Constraint.Types types ->
                    unless(types.kinds().contains(JsonKind.of(value)), constraint, value, at);
            case Constraint.Values values ->
                    unless(values.texts().contains(canonical(value)), constraint, value, at);
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
                            !value.isString() || language.matches(read(value)),
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

    private static Optional<Broken> unless(
            boolean holds, Constraint constraint, JsonNode value, String at) {
        return holds ? Optional.empty() : Optional.of(new Broken(at, constraint.pointer(), value));
    }

    private Optional<Broken> faultInTarget(String target, JsonNode value, String at) {
        Visit visit = new Visit(target, at);
        Optional<Broken> known = visited.get(visit);
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

    private int characters(JsonNode value) {
        String text = read(value);
        return text.codePointCount(0, text.length());
    }

    private String read(JsonNode value) {
        String text = value.stringValue();
        spend.accept(text.length() / READ_A_STEP);
        return text;
    }

    private String canonical(JsonNode value) {
        String text = JsonValues.canonical(value);
        spend.accept(text.length() / READ_A_STEP);
        return text;
    }

    private String under(String at, String name) {
        spend.accept(at.length() / COPIED_A_STEP);
        return JsonValues.under(at, name);
    }

    private String under(String at, int index) {
        return under(at, Integer.toString(index));
    }

    private boolean isUnique(JsonNode array) {
        Set<String> seen = new HashSet<>();
        for (JsonNode item : array) {
            if (!seen.add(canonical(item))) {
                return false;
            }
        }
        return true;
    }

    private int matching(Constraint.Contains contains, JsonNode array, String at) {
        int count = 0;
        for (int i = contains.from(); i < array.size(); i++) {
            count += isValid(contains.schema(), array.get(i), under(at, i)) ? 1 : 0;
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

    private Optional<Broken> faultInAll(List<Schema> all, JsonNode value, String at) {
        for (Schema schema : all) {
            Optional<Broken> fault = fault(schema, value, at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<Broken> faultInItems(Constraint.Items items, JsonNode array, String at) {
        for (int i = 0; i < array.size(); i++) {
            Schema schema = i < items.prefix().size() ? items.prefix().get(i) : items.rest();
            Optional<Broken> fault = fault(schema, array.get(i), under(at, i));
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private Optional<Broken> faultInProperties(
            Constraint.Properties properties, JsonNode object, String at) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            String name = property.getKey();
            spend.accept((long) properties.patterned().size() * (1 + name.length() / READ_A_STEP));
            for (Schema schema : properties.schemasOf(name)) {
                Optional<Broken> fault = fault(schema, property.getValue(), under(at, name));
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Broken> faultInNames(Schema schema, JsonNode object, String at) {
        for (String name : object.propertyNames()) {
            JsonNode text = StringNode.valueOf(name);
            Optional<Broken> fault = fault(schema, text, under(at, name) + " (the name)");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
