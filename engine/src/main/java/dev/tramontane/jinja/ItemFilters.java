package dev.tramontane.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Filters over lists and dicts as wholes.
final class ItemFilters {
    private final Budget budget;
    private final Operators operators;
    private final Spelling spelling;
    private final Access access;

    ItemFilters(Budget budget, Operators operators, Spelling spelling, Access access) {
        this.budget = budget;
        this.operators = operators;
        this.spelling = spelling;
        this.access = access;
    }

    void addTo(Map<String, Filters.Filter> filters) {
        filters.put("default", this::otherwise);
        filters.put("d", this::otherwise);
        filters.put("length", (input, arguments) -> length("length", input, arguments));
        filters.put("count", (input, arguments) -> length("count", input, arguments));
        filters.put("list", this::list);
        filters.put("first", this::first);
        filters.put("last", this::last);
        filters.put("join", this::join);
        filters.put("items", this::items);
        filters.put("dictsort", this::dictSort);
        filters.put("sort", this::sort);
        filters.put("unique", this::unique);
        filters.put("min", (input, arguments) -> extreme("min", input, arguments));
        filters.put("max", (input, arguments) -> extreme("max", input, arguments));
        filters.put("sum", this::sum);
        filters.put("reverse", this::reverse);
        filters.put("batch", this::batch);
        filters.put("slice", this::slice);
        filters.put("groupby", this::groupBy);
        filters.put("attr", this::attribute);
    }

    private Value otherwise(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", 0, "default_value", "boolean");
        boolean absent =
                input instanceof Value.Undefined
                        || (bound.truth(1, false) && !Operators.truth(input));
        return absent ? bound.get(0, Value.own("")) : input;
    }

    private Value length(String name, Value input, Arguments arguments) {
        arguments.bind(name, 0);
        return Value.of(
                Sequences.length(input)
                        .orElseThrow(
                                () ->
                                        new Fault(
                                                "the length of a " + Types.name(input),
                                                "a list, a string or a dict")));
    }

    private Value list(Value input, Arguments arguments) {
        arguments.bind("list", 0);
        return new Value.Array(Sequences.list(input, budget));
    }

    private Value first(Value input, Arguments arguments) {
        arguments.bind("first", 0);
        Iterator<Value> items = Sequences.iterator(input, budget);
        return items.hasNext()
                ? items.next()
                : new Value.Undefined("found no first item, expected a sequence that is not empty");
    }

    private Value last(Value input, Arguments arguments) {
        arguments.bind("last", 0);
        requireReversible(input);
        List<Value> items = Sequences.list(input, budget);
        return items.isEmpty()
                ? new Value.Undefined("found no last item, expected a sequence that is not empty")
                : items.getLast();
    }

    private static void requireReversible(Value input) {
        if (input instanceof Value.Generator || !Sequences.isIterable(input)) {
            throw new Fault("a " + Types.name(input) + " to reverse", "a list, as |list makes");
        }
    }

    private Value join(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("join", 0, "d", "attribute");
        UnaryOperator<Value> getter = getter(bound.get(1, Value.NONE), Optional.empty());
        Text separator = spelling.str(bound.get(0, Value.own("")));
        TextBuilder out = budget.builder();
        boolean first = true;
        for (Value item : Sequences.list(input, budget)) {
            out.append(first ? Text.EMPTY : separator).append(spelling.str(getter.apply(item)));
            first = false;
        }
        budget.chargeText(out.length());
        return Value.of(out.toText());
    }

    private Value items(Value input, Arguments arguments) {
        arguments.bind("items", 0);
        return switch (input) {
            case Value.Undefined _ -> new Value.Generator(List.<Value>of().iterator());
            case Dict dict -> new Value.Generator(dict.items().iterator());
            default -> throw new Fault("a " + Types.name(input) + " for items", "a dict");
        };
    }

    private Value dictSort(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        int part =
                switch (bound.text(1, "key").chars()) {
                    case "key" -> 0;
                    case "value" -> 1;
                    default -> throw new Fault("another order", "by key or by value");
                };
        if (!(input instanceof Dict dict)) {
            throw new Fault("a " + Types.name(input) + " for dictsort", "a dict");
        }
        UnaryOperator<Value> fold = folded(bound.truth(0, false));
        List<Value> items = dict.items();
        Sorting.sort(
                items,
                item -> fold.apply(((Value.Tuple) item).items().get(part)),
                bound.truth(2, false),
                operators);
        return new Value.Array(items);
    }

    /// Strings in lower case, unless case counts.
    private static UnaryOperator<Value> folded(boolean caseSensitive) {
        return value ->
                !caseSensitive && value instanceof Value.Str str
                        ? str.with(Case.changed(str.text(), "lower"))
                        : value;
    }

    private Value sort(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
        UnaryOperator<Value> fold = folded(bound.truth(1, false));
        List<UnaryOperator<Value>> getters = new ArrayList<>();
        Value attribute = bound.get(2, Value.NONE);
        if (attribute instanceof Value.Str names) {
            for (String name : names.chars().split(",", -1)) {
                getters.add(getter(Value.own(name), Optional.empty()));
            }
        } else {
            getters.add(getter(attribute, Optional.empty()));
        }
        List<Value> items = Sequences.list(input, budget);
        Sorting.sort(
                items,
                item ->
                        new Value.Array(
                                getters.stream()
                                        .map(getter -> fold.apply(getter.apply(item)))
                                        .toList()),
                bound.truth(0, false),
                operators);
        return new Value.Array(items);
    }

    private Value unique(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("unique", 0, "case_sensitive", "attribute");
        UnaryOperator<Value> fold = folded(bound.truth(0, false));
        UnaryOperator<Value> getter = getter(bound.get(1, Value.NONE), Optional.empty());
        Set<Object> seen = new HashSet<>();
        List<Value> kept = new ArrayList<>();
        for (Value item : Sequences.list(input, budget)) {
            if (seen.add(Dict.hashable(fold.apply(getter.apply(item))))) {
                kept.add(item);
            }
        }
        return new Value.Generator(kept.iterator());
    }

    private Value extreme(String name, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind(name, 0, "case_sensitive", "attribute");
        UnaryOperator<Value> fold = folded(bound.truth(0, false));
        UnaryOperator<Value> getter = getter(bound.get(1, Value.NONE), Optional.empty());
        List<Value> items = Sequences.list(input, budget);
        if (items.isEmpty()) {
            return new Value.Undefined("found no item, expected a sequence that is not empty");
        }
        Value best = items.getFirst();
        Value bestKey = fold.apply(getter.apply(best));
        for (Value item : items.subList(1, items.size())) {
            Value key = fold.apply(getter.apply(item));
            boolean better =
                    name.equals("min")
                            ? operators.less(key, bestKey)
                            : operators.less(bestKey, key);
            if (better) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }

    private Value sum(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sum", 0, "attribute", "start");
        UnaryOperator<Value> getter = getter(bound.get(0, Value.NONE), Optional.empty());
        Value total = bound.get(1, Value.of(0));
        if (total instanceof Value.Str) {
            throw new Fault("a sum of strings", "numbers; join the strings");
        }
        for (Value item : Sequences.list(input, budget)) {
            total = operators.arithmetic(Expression.Operator.ADD, total, getter.apply(item));
        }
        return total;
    }

    private Value reverse(Value input, Arguments arguments) {
        arguments.bind("reverse", 0);
        if (input instanceof Value.Str) {
            return access.slice(input, Value.NONE, Value.NONE, Value.of(-1));
        }
        return new Value.Generator(Sequences.list(input, budget).reversed().iterator());
    }

    private Value batch(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("batch", 1, "linecount", "fill_with");
        int size = bound.integer(0, 0);
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : Sequences.list(input, budget)) {
            if (batch.size() == size) {
                batches.add(new Value.Array(List.copyOf(batch)));
                batch.clear();
            }
            batch.add(item);
        }
        Value fill = bound.get(1, Value.NONE);
        while (!batch.isEmpty() && !(fill instanceof Value.None) && batch.size() < size) {
            budget.step();
            batch.add(fill);
        }
        if (!batch.isEmpty()) {
            batches.add(new Value.Array(List.copyOf(batch)));
        }
        return new Value.Generator(batches.iterator());
    }

    private Value slice(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("slice", 1, "slices", "fill_with");
        int slices = bound.integer(0, 0);
        if (slices == 0) {
            throw new Fault("0 slices", "1 at least");
        }
        Value fill = bound.get(1, Value.NONE);
        List<Value> items = Sequences.list(input, budget);
        int each = items.size() / slices;
        int larger = items.size() % slices;
        List<Value> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < slices; i++) {
            budget.step();
            int end = start + each + (i < larger ? 1 : 0);
            List<Value> part = new ArrayList<>(items.subList(start, end));
            if (!(fill instanceof Value.None) && i >= larger) {
                part.add(fill);
            }
            parts.add(new Value.Array(part));
            start = end;
        }
        return new Value.Generator(parts.iterator());
    }

    private Value groupBy(Value input, Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("groupby", 1, "attribute", "default", "case_sensitive");
        Value otherwise = bound.get(1, Value.NONE);
        UnaryOperator<Value> getter =
                getter(
                        bound.get(0),
                        otherwise instanceof Value.None
                                ? Optional.empty()
                                : Optional.of(otherwise));
        UnaryOperator<Value> fold = folded(bound.truth(2, false));
        List<Value> items = Sequences.list(input, budget);
        Sorting.sort(items, item -> fold.apply(getter.apply(item)), false, operators);
        List<Value> groups = new ArrayList<>();
        List<Value> group = new ArrayList<>();
        for (Value item : items) {
            boolean same =
                    !group.isEmpty()
                            && operators.equal(
                                    fold.apply(getter.apply(group.getFirst())),
                                    fold.apply(getter.apply(item)));
            if (!same && !group.isEmpty()) {
                groups.add(grouped(getter, group));
                group.clear();
            }
            group.add(item);
        }
        if (!group.isEmpty()) {
            groups.add(grouped(getter, group));
        }
        return new Value.Array(groups);
    }

    private static Value grouped(UnaryOperator<Value> getter, List<Value> group) {
        Value key = getter.apply(group.getFirst());
        return new Value.Tuple(List.of(key, new Value.Array(List.copyOf(group))), true);
    }

    private Value attribute(Value input, Arguments arguments) {
        Text name = arguments.bind("attr", 1, "name").text(0, "");
        return input instanceof Dict
                ? new Value.Undefined("found no attribute '" + name + "' in a dict")
                : access.attribute(input, name.chars());
    }

    /// What picks a part of each item: `name`, `name.other`, `name.0`; the item itself for `None`.
    private UnaryOperator<Value> getter(Value attribute, Optional<Value> otherwise) {
        return getter(access, attribute, otherwise);
    }

    static UnaryOperator<Value> getter(Access access, Value attribute, Optional<Value> otherwise) {
        List<Value> path =
                switch (attribute) {
                    case Value.None _ -> List.of();
                    case Value.Str str ->
                            Arrays.stream(str.chars().split("\\.", -1))
                                    .map(ItemFilters::pathPart)
                                    .toList();
                    default -> List.of(attribute);
                };
        return item -> {
            Value value = item;
            for (Value part : path) {
                value = access.item(value, part);
                if (value instanceof Value.Undefined && otherwise.isPresent()) {
                    value = otherwise.get();
                }
            }
            return value;
        };
    }

    private static Value pathPart(String part) {
        boolean number =
                !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Character::isDigit);
        return number ? Value.of(Integer.parseInt(part)) : Value.own(part);
    }
}
