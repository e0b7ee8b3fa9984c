package dev.tramontane.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;

/// Walking over values.
final class Sequences {
    private Sequences() {}

    /// The items, each for a step.
    ///
    /// @throws Fault when there are none to walk over
    static Iterator<Value> iterator(Value value, Budget budget) {
        Iterator<Value> items =
                switch (value) {
                    case Value.Undefined _ -> Collections.emptyIterator();
                    case Value.Str str -> characters(str.text());
                    case Value.Array(List<Value> list) -> list.iterator();
                    case Value.Tuple(List<Value> list, _) -> list.iterator();
                    case Dict dict -> dict.keys().iterator();
                    case Value.Range range -> numbers(range);
                    case Value.View view -> view.items().iterator();
                    case Value.Generator generator -> generator.items();
                    case Value.None _,
                            Value.Bool _,
                            Value.Int _,
                            Value.Real _,
                            Value.Namespace _,
                            Value.Handle _ ->
                            throw new Fault(
                                    "a " + Types.name(value) + " to walk over",
                                    "a list or another iterable");
                };
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Value next() {
                budget.step();
                return items.next();
            }
        };
    }

    static boolean isIterable(Value value) {
        return switch (value) {
            case Value.Undefined _,
                    Value.Str _,
                    Value.Array _,
                    Value.Tuple _,
                    Dict _,
                    Value.Range _,
                    Value.View _,
                    Value.Generator _ ->
                    true;
            case Value.None _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Real _,
                    Value.Namespace _,
                    Value.Handle _ ->
                    false;
        };
    }

    /// The items as a list of our own.
    static List<Value> list(Value value, Budget budget) {
        List<Value> list = new ArrayList<>();
        iterator(value, budget).forEachRemaining(list::add);
        return list;
    }

    /// Python's `len`; empty for what has none.
    static OptionalInt length(Value value) {
        return switch (value) {
            case Value.Undefined _ -> OptionalInt.of(0);
            case Value.Str str -> OptionalInt.of(str.text().codePoints());
            case Value.Array(List<Value> items) -> OptionalInt.of(items.size());
            case Value.Tuple(List<Value> items, _) -> OptionalInt.of(items.size());
            case Dict dict -> OptionalInt.of(dict.size());
            case Value.Range range -> OptionalInt.of(range.count());
            case Value.View view -> OptionalInt.of(view.items().size());
            case Value.None _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Real _,
                    Value.Generator _,
                    Value.Namespace _,
                    Value.Handle _ ->
                    OptionalInt.empty();
        };
    }

    private static Iterator<Value> characters(Text text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int end = text.chars().offsetByCodePoints(at, 1);
                Value character = Value.of(text.part(at, end));
                at = end;
                return character;
            }
        };
    }

    private static Iterator<Value> numbers(Value.Range range) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < range.count();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return range.at(at++);
            }
        };
    }

    /// The positions of a Python slice, in order; `None` is an open end.
    record Positions(int first, int step, int count) {
        static Positions of(int length, Value start, Value stop, Value step) {
            int by = step instanceof Value.None ? 1 : Numbers.index(step);
            if (by == 0) {
                throw new Fault("a slice with step 0", "another step");
            }
            int lowest = by > 0 ? 0 : -1;
            int highest = by > 0 ? length : length - 1;
            int from = by > 0 ? lowest : highest;
            int to = by > 0 ? highest : lowest;
            if (!(start instanceof Value.None)) {
                from = clamped(Numbers.index(start), length, lowest, highest);
            }
            if (!(stop instanceof Value.None)) {
                to = clamped(Numbers.index(stop), length, lowest, highest);
            }
            long distance = by > 0 ? (long) to - from : (long) from - to;
            long stride = Math.abs((long) by);
            return new Positions(
                    from, by, distance <= 0 ? 0 : (int) ((distance + stride - 1) / stride));
        }

        private static int clamped(int index, int length, int lowest, int highest) {
            int from = index < 0 ? index + length : index;
            return Math.clamp(from, lowest, highest);
        }

        int at(int index) {
            return (int) (first + (long) index * step);
        }
    }
}
