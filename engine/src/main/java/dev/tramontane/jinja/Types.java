package dev.tramontane.jinja;

/// Python's names for the types of values, for messages.
final class Types {
    private Types() {}

    static String name(Value value) {
        return switch (value) {
            case Value.Undefined _ -> "Undefined";
            case Value.None _ -> "NoneType";
            case Value.Bool _ -> "bool";
            case Value.Int _ -> "int";
            case Value.Real _ -> "float";
            case Value.Str str -> str.markup() ? "Markup" : "str";
            case Value.Array _ -> "list";
            case Value.Tuple _ -> "tuple";
            case Dict _ -> "dict";
            case Value.Range _ -> "range";
            case Value.View view -> view.kind();
            case Value.Generator _ -> "generator";
            case Value.Namespace _ -> "Namespace";
            case Value.Handle handle -> handle.kind();
        };
    }
}
