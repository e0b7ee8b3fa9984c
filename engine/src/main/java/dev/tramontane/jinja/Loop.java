package dev.tramontane.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// A running loop, and the variable `loop` that tells of it.
final class Loop implements Iterator<Value> {
    /// Renders the loop's body for the items of an inner list.
    @FunctionalInterface
    interface Recursion {
        Value render(Value items);
    }

    private final Optional<Value> counted;
    private final int depth;
    private final Optional<Recursion> recursion;
    private Iterator<Value> items;
    private int index0 = -1;
    private OptionalInt length = OptionalInt.empty();
    private Optional<Value> before = Optional.empty();
    private Optional<Value> current = Optional.empty();
    private Optional<Value> after = Optional.empty();
    private Optional<List<Value>> lastSeen = Optional.empty();

    /// @param counted what is walked over, where its length is the loop's
    /// @param depth of a recursive loop, from 0
    Loop(Iterator<Value> items, Optional<Value> counted, int depth, Optional<Recursion> recursion) {
        this.items = items;
        this.counted = counted;
        this.depth = depth;
        this.recursion = recursion;
    }

    @Override
    public boolean hasNext() {
        return after.isPresent() || items.hasNext();
    }

    @Override
    public Value next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        before = current;
        current = peek();
        after = Optional.empty();
        index0++;
        return current.orElseThrow();
    }

    private Optional<Value> peek() {
        if (after.isEmpty() && items.hasNext()) {
            after = Optional.of(items.next());
        }
        return after;
    }

    private int length() {
        if (length.isEmpty() && counted.isPresent()) {
            length = Sequences.length(counted.get());
        }
        if (length.isEmpty()) {
            List<Value> rest = new ArrayList<>();
            items.forEachRemaining(rest::add);
            items = rest.iterator();
            length = OptionalInt.of(rest.size() + index0 + 1 + (after.isPresent() ? 1 : 0));
        }
        return length.getAsInt();
    }

    /// The value of `loop`.
    Value handle() {
        Map<String, Supplier<Value>> attributes = new HashMap<>();
        attributes.put("index", () -> Value.of(index0 + 1));
        attributes.put("index0", () -> Value.of(index0));
        attributes.put("revindex", () -> Value.of(length() - index0));
        attributes.put("revindex0", () -> Value.of(length() - index0 - 1));
        attributes.put("length", () -> Value.of(length()));
        attributes.put("first", () -> Value.of(index0 == 0));
        attributes.put("last", () -> Value.of(peek().isEmpty()));
        attributes.put("depth", () -> Value.of(depth + 1));
        attributes.put("depth0", () -> Value.of(depth));
        attributes.put("previtem", () -> before.orElseGet(() -> none("previous")));
        attributes.put("nextitem", () -> peek().orElseGet(() -> none("next")));
        attributes.put("cycle", () -> Value.Handle.function("cycle", this::cycle));
        attributes.put("changed", () -> Value.Handle.function("changed", this::changed));
        return new Value.Handle("LoopContext", "loop", attributes, this::recurse);
    }

    private static Value none(String which) {
        return new Value.Undefined("found no " + which + " item, expected one");
    }

    private Value cycle(Arguments arguments) {
        List<Value> values = arguments.positional();
        if (values.isEmpty()) {
            throw new Fault("nothing to cycle through", "values");
        }
        return values.get(index0 % values.size());
    }

    private Value changed(Arguments arguments) {
        List<Value> values = arguments.positional();
        boolean changed = lastSeen.isEmpty() || !same(lastSeen.get(), values);
        lastSeen = Optional.of(values);
        return Value.of(changed);
    }

    private static boolean same(List<Value> left, List<Value> right) {
        return left.stream().map(Loop::key).toList().equals(right.stream().map(Loop::key).toList());
    }

    /// What a value is compared by: its hash key, or its items' keys.
    private static Object key(Value value) {
        return switch (value) {
            case Value.Array(List<Value> items) -> items.stream().map(Loop::key).toList();
            case Dict dict ->
                    dict.entries().stream()
                            .map(entry -> List.of(key(entry.key()), key(entry.value())))
                            .toList();
            default -> Dict.hashable(value);
        };
    }

    private Value recurse(Arguments arguments) {
        if (recursion.isEmpty()) {
            throw new Fault("a call of a loop", "a loop that is marked as recursive");
        }
        return recursion.get().render(arguments.bind("loop", 1, "iterable").get(0));
    }
}
