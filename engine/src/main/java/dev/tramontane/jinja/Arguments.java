package dev.tramontane.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a call is given.
///
/// @param positional in order
/// @param named in order; behind `**` a name may be a given text, so that names count as given
record Arguments(List<Value> positional, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /// The arguments with another in front.
    Arguments after(Value first) {
        List<Value> all = new ArrayList<>(positional.size() + 1);
        all.add(first);
        all.addAll(positional);
        return new Arguments(all, named);
    }

    /// The arguments without the first positional ones.
    Arguments without(int first) {
        return new Arguments(positional.subList(first, positional.size()), named);
    }

    /// The arguments without a named one.
    Arguments without(String name) {
        Map<String, Value> others = new LinkedHashMap<>(named);
        others.remove(name);
        return new Arguments(positional, others);
    }

    /// Puts the arguments in the places of parameters.
    ///
    /// @param required how many of the first parameters must be there
    /// @throws Fault when one is missing, unknown, or given twice
    Bound bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Fault(
                    positional.size() + " arguments for " + function,
                    parameters.length + " at most");
        }
        @Nullable Value[] values = new Value[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        int used = 0;
        for (int i = 0; i < parameters.length; i++) {
            Value value = named.get(parameters[i]);
            if (value != null) {
                if (values[i] != null) {
                    throw new Fault(
                            "the argument " + parameters[i] + " of " + function + " twice", "once");
                }
                values[i] = value;
                used++;
            }
            if (values[i] == null && i < required) {
                throw new Fault(
                        function + " without its argument " + parameters[i], "a value for it");
            }
        }
        if (used < named.size()) {
            throw new Fault(
                    "the arguments " + named.keySet() + " of " + function,
                    "only " + String.join(", ", parameters));
        }
        return new Bound(values);
    }

    /// Arguments in the places of parameters.
    static final class Bound {
        private final @Nullable Value[] values;

        private Bound(@Nullable Value[] values) {
            this.values = values;
        }

        boolean has(int at) {
            return values[at] != null;
        }

        /// A value that is there.
        Value get(int at) {
            Value value = values[at];
            if (value == null) {
                throw new IllegalStateException("argument " + at + " is optional");
            }
            return value;
        }

        Value get(int at, Value otherwise) {
            Value value = values[at];
            return value == null ? otherwise : value;
        }

        boolean truth(int at, boolean otherwise) {
            Value value = values[at];
            return value == null ? otherwise : Operators.truth(value);
        }

        int integer(int at, int otherwise) {
            Value value = values[at];
            return value == null ? otherwise : Numbers.index(value);
        }

        Text text(int at, String otherwise) {
            Value value = values[at];
            return value == null ? Text.own(otherwise) : Numbers.requireText(value);
        }
    }
}
