package dev.tramontane.jinja;

import java.math.BigInteger;
import java.util.Map;
import java.util.Set;

/// What stands behind `is`.
final class Tests {
    private static final Map<String, Expression.Relation> RELATIONS =
            Map.ofEntries(
                    Map.entry("==", Expression.Relation.EQUAL),
                    Map.entry("eq", Expression.Relation.EQUAL),
                    Map.entry("equalto", Expression.Relation.EQUAL),
                    Map.entry("!=", Expression.Relation.NOT_EQUAL),
                    Map.entry("ne", Expression.Relation.NOT_EQUAL),
                    Map.entry(">", Expression.Relation.GREATER),
                    Map.entry("gt", Expression.Relation.GREATER),
                    Map.entry("greaterthan", Expression.Relation.GREATER),
                    Map.entry(">=", Expression.Relation.GREATER_OR_EQUAL),
                    Map.entry("ge", Expression.Relation.GREATER_OR_EQUAL),
                    Map.entry("<", Expression.Relation.LESS),
                    Map.entry("lt", Expression.Relation.LESS),
                    Map.entry("lessthan", Expression.Relation.LESS),
                    Map.entry("<=", Expression.Relation.LESS_OR_EQUAL),
                    Map.entry("le", Expression.Relation.LESS_OR_EQUAL),
                    Map.entry("in", Expression.Relation.IN));

    private static final Set<String> OTHERS =
            Set.of(
                    "odd",
                    "even",
                    "divisibleby",
                    "defined",
                    "undefined",
                    "filter",
                    "test",
                    "none",
                    "boolean",
                    "false",
                    "true",
                    "integer",
                    "float",
                    "lower",
                    "upper",
                    "string",
                    "mapping",
                    "number",
                    "sequence",
                    "iterable",
                    "callable",
                    "sameas",
                    "escaped");

    private final Operators operators;
    private final Spelling spelling;
    private final java.util.function.Predicate<String> isFilter;

    /// @param isFilter whether there is a filter of a name
    Tests(Operators operators, Spelling spelling, java.util.function.Predicate<String> isFilter) {
        this.operators = operators;
        this.spelling = spelling;
        this.isFilter = isFilter;
    }

    boolean holds(String name, Value value, Arguments arguments) {
        Expression.Relation relation = RELATIONS.get(name);
        if (relation != null) {
            return operators.holds(relation, value, arguments.bind(name, 1, "other").get(0));
        }
        if (name.equals("divisibleby")) {
            Value divisor = arguments.bind(name, 1, "num").get(0);
            return isRest(value, divisor, 0);
        }
        if (name.equals("sameas")) {
            return isSame(value, arguments.bind(name, 1, "other").get(0));
        }
        if (!OTHERS.contains(name)) {
            throw new Fault("the test '" + name + "'", "one of Jinja's own");
        }
        arguments.bind(name, 0);
        return plain(name, value);
    }

    private boolean plain(String name, Value value) {
        return switch (name) {
            case "odd" -> isRest(value, Value.of(2), 1);
            case "even" -> isRest(value, Value.of(2), 0);
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "none" -> value instanceof Value.None;
            case "boolean" -> value instanceof Value.Bool;
            case "true" -> value instanceof Value.Bool(boolean truth) && truth;
            case "false" -> value instanceof Value.Bool(boolean truth) && !truth;
            case "integer" -> value instanceof Value.Int;
            case "float" -> value instanceof Value.Real;
            case "number" -> Numbers.isNumber(value);
            case "string" -> value instanceof Value.Str;
            case "mapping" -> value instanceof Dict;
            case "iterable" -> Sequences.isIterable(value);
            case "sequence" -> isSequence(value);
            case "callable" ->
                    value instanceof Value.Handle handle && !handle.kind().equals("LoopContext");
            case "escaped" -> value instanceof Value.Str str && str.markup();
            case "lower" -> StringMethods.is(spelling.str(value).chars(), "islower");
            case "upper" -> StringMethods.is(spelling.str(value).chars(), "isupper");
            case "filter" -> value instanceof Value.Str str && isFilter.test(str.chars());
            default -> value instanceof Value.Str str && isTest(str.chars());
        };
    }

    static boolean isTest(String name) {
        return RELATIONS.containsKey(name) || OTHERS.contains(name);
    }

    private boolean isRest(Value value, Value divisor, int rest) {
        Value found = operators.arithmetic(Expression.Operator.MODULO, value, divisor);
        return operators.equal(found, Value.of(rest));
    }

    /// What has a length and items by index or key; an undefined value has both.
    private static boolean isSequence(Value value) {
        return switch (value) {
            case Value.Str _,
                    Value.Array _,
                    Value.Tuple _,
                    Dict _,
                    Value.Range _,
                    Value.Undefined _ ->
                    true;
            case Value.None _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Real _,
                    Value.View _,
                    Value.Generator _,
                    Value.Namespace _,
                    Value.Handle _ ->
                    false;
        };
    }

    /// Python's `is`: small integers and truth values are one object each.
    private static boolean isSame(Value left, Value right) {
        if (Operators.isOne(left, right)) {
            return true;
        }
        return switch (left) {
            case Value.None _ -> right instanceof Value.None;
            case Value.Bool(boolean truth) ->
                    right instanceof Value.Bool(boolean other) && truth == other;
            case Value.Int(BigInteger number) ->
                    right instanceof Value.Int(BigInteger other) && number.equals(other);
            case Value.Str str ->
                    right instanceof Value.Str other && str.chars().equals(other.chars());
            default -> false;
        };
    }
}
