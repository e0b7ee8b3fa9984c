package dev.tramontane.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A dict, in order of insertion. It is filled by whoever makes it and not changed afterwards.
///
/// Keys are equal as in Python: 1, 1.0 and `True` are one key.
final class Dict implements Value {
    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    /// A key and its value.
    record Entry(Value key, Value value) {}

    /// Of equal keys the first stays and the last value counts.
    void put(Value key, Value value) {
        entries.merge(
                hashable(key), new Entry(key, value), (old, _) -> new Entry(old.key(), value));
    }

    /// @throws Fault when the key cannot be one
    Optional<Value> get(Value key) {
        return Optional.ofNullable(entries.get(hashable(key))).map(Entry::value);
    }

    int size() {
        return entries.size();
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    List<Value> keys() {
        List<Value> keys = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    List<Value> values() {
        List<Value> values = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return values;
    }

    List<Value> items() {
        List<Value> items = new ArrayList<>(entries.size());
        entries.values()
                .forEach(entry -> items.add(new Tuple(List.of(entry.key(), entry.value()), false)));
        return items;
    }

    /// What stands for a value where equality counts: equal for values that Python calls equal.
    ///
    /// @throws Fault when the value has no hash in Python
    static Object hashable(Value value) {
        return switch (value) {
            case Str str -> str.chars();
            case Bool(boolean truth) -> truth ? BigDecimal.ONE : BigDecimal.ZERO;
            case Int(var number) -> new BigDecimal(number).stripTrailingZeros();
            case Real(double number) ->
                    Double.isFinite(number)
                            ? new BigDecimal(number).stripTrailingZeros()
                            : (Object) number;
            case Tuple(List<Value> items, _) -> items.stream().map(Dict::hashable).toList();
            case None none -> none;
            case Undefined _ -> Undefined.class;
            case Array _, Dict _ ->
                    throw new Fault("a " + Types.name(value) + " as a key", "a string or a number");
            case Range _, View _, Generator _, Namespace _, Handle _ -> new Same(value);
        };
    }

    /// A value that is equal to itself alone.
    private record Same(Value value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Same(Value same) && Operators.isOne(same, value);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(value);
        }
    }
}
