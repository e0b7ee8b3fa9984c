package dev.tramontane.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// `value.name` and `value[index]`, from closed lists: nothing here looks anything up in Java.
///
/// As in Jinja's sandbox, a name with an underscore in front is never an attribute, and methods
/// that would change a list or a dict cannot be called.
final class Access {
    private static final Set<String> DICT_METHODS =
            Set.of("copy", "get", "items", "keys", "values", "fromkeys");
    private static final Set<String> DICT_CHANGES =
            Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST_METHODS = Set.of("copy", "count", "index");
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> TUPLE_METHODS = Set.of("count", "index");

    private final Budget budget;
    private final Operators operators;
    private final StringMethods strings;

    Access(Budget budget, Operators operators, Spelling spelling) {
        this.budget = budget;
        this.operators = operators;
        this.strings = new StringMethods(budget, spelling, new BraceFormat(spelling, budget, this));
    }

    StringMethods strings() {
        return strings;
    }

    /// `value.name`: the attribute, else the item of that name, else undefined.
    Value attribute(Value value, String name) {
        Operators.requireDefined(value);
        return ownAttribute(value, name)
                .or(() -> value instanceof Dict dict ? dict.get(Value.own(name)) : Optional.empty())
                .orElseGet(() -> missing(value, name));
    }

    /// `value[index]`: the item, else the attribute of that name, else undefined.
    Value item(Value value, Value index) {
        Operators.requireDefined(value);
        Optional<Value> item = ownItem(value, index);
        if (item.isPresent()) {
            return item.get();
        }
        if (index instanceof Value.Str name) {
            return ownAttribute(value, name.chars()).orElseGet(() -> missing(value, name.chars()));
        }
        return new Value.Undefined(
                index instanceof Value.Undefined(String why)
                        ? why
                        : "found no item "
                                + new Spelling(budget).repr(index)
                                + " in a "
                                + Types.name(value));
    }

    private static Value missing(Value value, String name) {
        return new Value.Undefined(
                "found no attribute '"
                        + name
                        + "' in a "
                        + Types.name(value)
                        + ", expected one that is defined");
    }

    private Optional<Value> ownAttribute(Value value, String name) {
        if (name.startsWith("__")) {
            throw new Fault("the attribute '" + name + "'", "one that templates may reach");
        }
        return switch (value) {
            case Value.Str str -> method(StringMethods.NAMES, name, () -> strings.bound(str, name));
            case Dict dict ->
                    DICT_CHANGES.contains(name)
                            ? Optional.of(changing(value, name))
                            : method(DICT_METHODS, name, () -> dictMethod(dict, name));
            case Value.Array(List<Value> items) ->
                    LIST_CHANGES.contains(name)
                            ? Optional.of(changing(value, name))
                            : method(LIST_METHODS, name, () -> listMethod(items, name));
            case Value.Tuple(List<Value> items, boolean grouped) -> {
                if (grouped && (name.equals("grouper") || name.equals("list"))) {
                    yield Optional.of(items.get(name.equals("list") ? 1 : 0));
                }
                yield method(TUPLE_METHODS, name, () -> listMethod(items, name));
            }
            case Value.Namespace(Map<String, Value> attributes) ->
                    Optional.ofNullable(attributes.get(name));
            case Value.Handle handle ->
                    Optional.ofNullable(handle.attributes().get(name)).map(Supplier::get);
            case Value.Undefined _,
                    Value.None _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Real _,
                    Value.Range _,
                    Value.View _,
                    Value.Generator _ ->
                    Optional.empty();
        };
    }

    private static Optional<Value> method(Set<String> names, String name, Supplier<Value> method) {
        return names.contains(name) ? Optional.of(method.get()) : Optional.empty();
    }

    private static Value changing(Value value, String name) {
        return new Value.Undefined(
                "found the method "
                        + name
                        + " of a "
                        + Types.name(value)
                        + ", expected one that changes nothing");
    }

    private Optional<Value> ownItem(Value value, Value index) {
        return switch (value) {
            case Dict dict -> isHashable(index) ? dict.get(index) : Optional.empty();
            case Value.Str str -> {
                int length = str.text().codePoints();
                yield place(index, length).map(at -> str.with(str.text().codePoints(at, at + 1)));
            }
            case Value.Array(List<Value> items) -> place(index, items.size()).map(items::get);
            case Value.Tuple(List<Value> items, _) -> place(index, items.size()).map(items::get);
            case Value.Range range -> place(index, range.count()).map(range::at);
            case Value.Undefined _,
                    Value.None _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Real _,
                    Value.View _,
                    Value.Generator _,
                    Value.Namespace _,
                    Value.Handle _ ->
                    Optional.empty();
        };
    }

    private static boolean isHashable(Value value) {
        return switch (value) {
            case Value.Array _, Dict _ -> false;
            case Value.Tuple(List<Value> items, _) -> items.stream().allMatch(Access::isHashable);
            default -> true;
        };
    }

    private static Optional<Integer> place(Value index, int length) {
        Optional<BigInteger> number = Numbers.integer(index);
        if (number.isEmpty()) {
            return Optional.empty();
        }
        int at = Numbers.index(index);
        int place = at < 0 ? at + length : at;
        return place >= 0 && place < length ? Optional.of(place) : Optional.empty();
    }

    /// `value[start:stop:step]`; absent ends are `None`.
    Value slice(Value value, Value start, Value stop, Value step) {
        Operators.requireDefined(value);
        boolean whole = isEnd(start) && isEnd(stop) && isEnd(step);
        int length =
                switch (value) {
                    case Value.Str _, Value.Array _, Value.Tuple _, Value.Range _ ->
                            Sequences.length(value).orElseThrow();
                    default -> -1;
                };
        if (!whole || length < 0) {
            throw new Fault(
                    "a slice of a " + Types.name(value), "a list or a string, and whole numbers");
        }
        var positions = Sequences.Positions.of(length, start, stop, step);
        return switch (value) {
            case Value.Str str -> str.with(slice(str.text(), positions));
            case Value.Range range ->
                    new Value.Range(
                            range.start()
                                    .add(
                                            range.step()
                                                    .multiply(
                                                            BigInteger.valueOf(positions.first()))),
                            range.start()
                                    .add(
                                            range.step()
                                                    .multiply(
                                                            BigInteger.valueOf(
                                                                    positions.at(
                                                                            positions.count())))),
                            range.step().multiply(BigInteger.valueOf(positions.step())),
                            positions.count());
            case Value.Tuple(List<Value> items, _) ->
                    new Value.Tuple(slice(items, positions), false);
            case Value.Array(List<Value> items) -> new Value.Array(slice(items, positions));
            default -> throw new IllegalStateException("no length, but sliced");
        };
    }

    private static boolean isEnd(Value end) {
        return end instanceof Value.None || Numbers.integer(end).isPresent();
    }

    private List<Value> slice(List<Value> items, Sequences.Positions positions) {
        budget.charge(positions.count());
        List<Value> part = new ArrayList<>(positions.count());
        for (int i = 0; i < positions.count(); i++) {
            part.add(items.get(positions.at(i)));
        }
        return part;
    }

    private Text slice(Text text, Sequences.Positions positions) {
        budget.chargeText(text.length());
        if (positions.count() == 0) {
            return Text.EMPTY;
        }
        if (positions.step() == 1) {
            return text.codePoints(positions.first(), positions.first() + positions.count());
        }
        budget.charge(positions.count());
        int[] starts = new int[text.codePoints() + 1];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = text.chars().offsetByCodePoints(starts[i - 1], 1);
        }
        TextBuilder out = budget.builder();
        for (int i = 0; i < positions.count(); i++) {
            int at = positions.at(i);
            out.append(text, starts[at], starts[at + 1]);
        }
        return out.toText();
    }

    private static Value method(String name, Value.Handle.Body body) {
        return new Value.Handle("builtin_function_or_method", name, Map.of(), body);
    }

    private Value dictMethod(Dict dict, String name) {
        return method(
                name,
                arguments ->
                        switch (name) {
                            case "get" -> {
                                requireUnnamed(arguments, "get");
                                var bound = arguments.bind("get", 1, "key", "default");
                                yield dict.get(bound.get(0)).orElse(bound.get(1, Value.NONE));
                            }
                            case "fromkeys" -> {
                                var bound = arguments.bind("fromkeys", 1, "iterable", "value");
                                var made = new Dict();
                                for (Value key : Sequences.list(bound.get(0), budget)) {
                                    made.put(key, bound.get(1, Value.NONE));
                                }
                                yield made;
                            }
                            default -> {
                                arguments.bind(name, 0);
                                budget.charge(dict.size());
                                yield view(dict, name);
                            }
                        });
    }

    private static Value view(Dict dict, String name) {
        return switch (name) {
            case "items" -> new Value.View("dict_items", dict.items());
            case "keys" -> new Value.View("dict_keys", dict.keys());
            case "values" -> new Value.View("dict_values", dict.values());
            default -> dict; // a copy of what never changes
        };
    }

    private Value listMethod(List<Value> items, String name) {
        return method(
                name,
                arguments -> {
                    requireUnnamed(arguments, name);
                    return switch (name) {
                        case "copy" -> {
                            arguments.bind(name, 0);
                            yield new Value.Array(items);
                        }
                        case "count" -> {
                            Value sought = arguments.bind(name, 1, "value").get(0);
                            yield Value.of(
                                    items.stream()
                                            .filter(item -> operators.equal(item, sought))
                                            .count());
                        }
                        default -> {
                            var bound = arguments.bind(name, 1, "value", "start", "stop");
                            var range =
                                    Sequences.Positions.of(
                                            items.size(),
                                            bound.get(1, Value.NONE),
                                            bound.get(2, Value.NONE),
                                            Value.NONE);
                            for (int i = 0; i < range.count(); i++) {
                                if (operators.equal(items.get(range.at(i)), bound.get(0))) {
                                    yield Value.of(range.at(i));
                                }
                            }
                            throw new Fault("a value that is not in the list", "one that is");
                        }
                    };
                });
    }

    private static void requireUnnamed(Arguments arguments, String name) {
        if (!arguments.named().isEmpty()) {
            throw new Fault("named arguments for " + name, "positional ones");
        }
    }
}
