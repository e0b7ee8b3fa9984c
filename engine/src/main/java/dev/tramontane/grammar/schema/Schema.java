package dev.tramontane.grammar.schema;

import java.util.List;

/// One schema of a document: the constraints of its keywords, all of which a value must satisfy;
/// none is `true`. Two schemas are the same when they are the same object: a pointer may be shared
/// by a schema and its complement.
final class Schema {
    /// Everything is valid.
    static final Schema ANYTHING = new Schema("#", List.of());

    /// Nothing is valid.
    static final Schema NOTHING = not(ANYTHING);

    private final String pointer;
    private final List<Constraint> constraints;

    /// @param pointer where it stands, as a URI fragment: `#/properties/name`
    Schema(String pointer, List<Constraint> constraints) {
        this.pointer = pointer;
        this.constraints = List.copyOf(constraints);
    }

    static Schema of(Constraint constraint) {
        return new Schema(constraint.pointer(), List.of(constraint));
    }

    /// Valid is what is not valid against a schema.
    static Schema not(Schema schema) {
        return new Schema(schema.pointer, List.of(new Constraint.Not(schema.pointer, schema)));
    }

    String pointer() {
        return pointer;
    }

    List<Constraint> constraints() {
        return constraints;
    }

    /// Whether it was written as `true` or `{}`.
    boolean isAnything() {
        return constraints.isEmpty();
    }

    /// Whether it was written as `false`.
    boolean isNothing() {
        return constraints.size() == 1
                && constraints.getFirst() instanceof Constraint.Not(_, Schema schema)
                && schema.isAnything();
    }

    @Override
    public String toString() {
        return pointer;
    }
}
