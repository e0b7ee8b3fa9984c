package dev.tramontane.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Filters that go through a list item by item, as it is asked for.
final class SelectFilters {
    private final Budget budget;
    private final Access access;
    private final Filters filters;
    private final Tests tests;

    SelectFilters(Budget budget, Access access, Filters filters, Tests tests) {
        this.budget = budget;
        this.access = access;
        this.filters = filters;
        this.tests = tests;
    }

    void addTo(Map<String, Filters.Filter> all) {
        all.put("map", this::map);
        all.put("select", (input, arguments) -> select(input, arguments, false, true));
        all.put("reject", (input, arguments) -> select(input, arguments, false, false));
        all.put("selectattr", (input, arguments) -> select(input, arguments, true, true));
        all.put("rejectattr", (input, arguments) -> select(input, arguments, true, false));
    }

    private Value map(Value input, Arguments arguments) {
        if (!Operators.truth(input)) {
            return new Value.Generator(List.<Value>of().iterator());
        }
        UnaryOperator<Value> change = change(arguments);
        Iterator<Value> items = Sequences.iterator(input, budget);
        return new Value.Generator(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return items.hasNext();
                    }

                    @Override
                    public Value next() {
                        return change.apply(items.next());
                    }
                });
    }

    private UnaryOperator<Value> change(Arguments arguments) {
        Value attribute = arguments.named().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            Value otherwise = arguments.bind("map", 0, "attribute", "default").get(1, Value.NONE);
            return ItemFilters.getter(
                    access,
                    attribute,
                    otherwise instanceof Value.None ? Optional.empty() : Optional.of(otherwise));
        }
        if (arguments.positional().isEmpty()) {
            throw new Fault("map without an argument", "a filter's name or an attribute");
        }
        String name = Numbers.requireText(arguments.positional().getFirst()).chars();
        Arguments rest = arguments.without(1);
        return item -> filters.apply(name, item, rest);
    }

    private Value select(Value input, Arguments arguments, boolean attribute, boolean keep) {
        if (!Operators.truth(input)) {
            return new Value.Generator(List.<Value>of().iterator());
        }
        List<Value> given = arguments.positional();
        if (attribute && given.isEmpty()) {
            throw new Fault("a selection without its attribute", "the attribute's name");
        }
        UnaryOperator<Value> getter =
                attribute
                        ? ItemFilters.getter(access, given.getFirst(), Optional.empty())
                        : item -> item;
        int test = attribute ? 1 : 0;
        Predicate<Value> holds = Operators::truth;
        if (given.size() > test) {
            String name = Numbers.requireText(given.get(test)).chars();
            Arguments rest = arguments.without(test + 1);
            holds = item -> tests.holds(name, item, rest);
        }
        Predicate<Value> wanted = keep ? holds : holds.negate();
        return new Value.Generator(
                new Selected(
                        Sequences.iterator(input, budget),
                        item -> wanted.test(getter.apply(item))));
    }

    /// The items that are wanted.
    static final class Selected implements Iterator<Value> {
        private final Iterator<Value> items;
        private final Predicate<Value> wanted;
        private Optional<Value> next = Optional.empty();

        Selected(Iterator<Value> items, Predicate<Value> wanted) {
            this.items = items;
            this.wanted = wanted;
        }

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && items.hasNext()) {
                Value item = items.next();
                if (wanted.test(item)) {
                    next = Optional.of(item);
                }
            }
            return next.isPresent();
        }

        @Override
        public Value next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Value item = next.orElseThrow();
            next = Optional.empty();
            return item;
        }
    }
}
