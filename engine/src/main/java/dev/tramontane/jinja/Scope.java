package dev.tramontane.jinja;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// Names and their values; what is not here is looked for around.
final class Scope {
    private final Map<String, Value> variables = new HashMap<>();
    private final @Nullable Scope around;

    Scope() {
        this.around = null;
    }

    Scope(Scope around) {
        this.around = around;
    }

    void set(String name, Value value) {
        variables.put(name, value);
    }

    Value get(String name) {
        for (Scope scope = this; scope != null; scope = scope.around) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Value.Undefined("found the name '" + name + "', expected one that is defined");
    }
}
