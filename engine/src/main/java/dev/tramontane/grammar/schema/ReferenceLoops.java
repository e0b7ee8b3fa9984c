package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.InvalidGrammarException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Refuses schemas that lead back to themselves without going into the value: `{"$ref": "#"}` says
/// nothing, and a validator that believes it never ends. Recursion through `properties` or `items`
/// is fine, since a document ends.
final class ReferenceLoops {
    private static final int LONGEST_CHAIN = 100;

    private final Schemas schemas;
    private final Map<Schema, Integer> heights = new HashMap<>();
    private final Set<Schema> open = new HashSet<>();

    ReferenceLoops(Schemas schemas) {
        this.schemas = schemas;
    }

    void refuse() {
        schemas.all().forEach(schema -> height(schema, 0));
    }

    /// How many schemas a value may meet before it is gone into.
    private int height(Schema schema, int depth) {
        Integer known = heights.get(schema);
        if (known != null) {
            return known;
        }
        if (!open.add(schema)) {
            throw new InvalidGrammarException(
                    schema.pointer(),
                    "the schema leads back to itself without a property or item between; it says nothing");
        }
        if (depth > LONGEST_CHAIN) {
            throw tooLong(schema);
        }
        int height = 0;
        for (Schema next : inPlace(schema)) {
            height = Math.max(height, 1 + height(next, depth + 1));
        }
        if (height > LONGEST_CHAIN) {
            throw tooLong(schema);
        }
        open.remove(schema);
        heights.put(schema, height);
        return height;
    }

    private static InvalidGrammarException tooLong(Schema schema) {
        return new InvalidGrammarException(
                schema.pointer(),
                "more than %d schemas that refer to each other in a chain, expected fewer"
                        .formatted(LONGEST_CHAIN));
    }

    /// The schemas that speak of the same value.
    private List<Schema> inPlace(Schema schema) {
        List<Schema> next = new ArrayList<>();
        for (Constraint constraint : schema.constraints()) {
            next.addAll(
                    switch (constraint) {
                        case Constraint.AllOf(_, List<Schema> all) -> all;
                        case Constraint.AnyOf(_, List<Schema> any) -> any;
                        case Constraint.OneOf(_, List<Schema> one) -> one;
                        case Constraint.Not(_, Schema not) -> List.of(not);
                        case Constraint.Dependent(_, _, Schema dependent) -> List.of(dependent);
                        case Constraint.Conditional(
                                        _,
                                        Schema when,
                                        Schema then,
                                        Schema otherwise) ->
                                List.of(when, then, otherwise);
                        case Constraint.SchemaReference(_, String target) ->
                                List.of(schemas.at(target));
                        case Constraint.Types _,
                                Constraint.Values _,
                                Constraint.Limit _,
                                Constraint.MultipleOf _,
                                Constraint.Length _,
                                Constraint.Form _,
                                Constraint.Items _,
                                Constraint.ItemCount _,
                                Constraint.Contains _,
                                Constraint.UniqueItems _,
                                Constraint.Properties _,
                                Constraint.Required _,
                                Constraint.PropertyCount _,
                                Constraint.PropertyNames _ ->
                                List.of();
                    });
        }
        return next;
    }
}
