package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a keyword of JSON Schema asks of a value, or some keywords that speak of each other.
///
/// JSON Schema Core and Validation, draft 2020-12. Like the keywords, a constraint on strings holds
/// for every value that is no string, and so on: only {@link Types} and {@link Values} speak of
/// all.
sealed interface Constraint {
    /// {@link ItemCount#most} and its kin where there is no limit.
    int UNLIMITED = Integer.MAX_VALUE;

    /// Where the keyword stands, as a URI fragment: `#/properties/age/minimum`.
    String pointer();

    /// `type`.
    record Types(String pointer, Set<JsonKind> kinds) implements Constraint {}

    /// `enum` and `const`.
    ///
    /// @param texts of the values, by which they are compared
    record Values(String pointer, List<JsonNode> values, Set<String> texts) implements Constraint {
        static Values of(String pointer, List<JsonNode> values) {
            Set<String> texts = new HashSet<>();
            values.forEach(value -> texts.add(JsonValues.canonical(value)));
            return new Values(pointer, List.copyOf(values), Collections.unmodifiableSet(texts));
        }

        /// Whether a value is equal to one of them.
        boolean contains(JsonNode value) {
            return texts.contains(JsonValues.canonical(value));
        }
    }

    /// `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`.
    ///
    /// @param lower whether the limit is the least number, not the greatest
    /// @param inclusive whether the limit itself is valid
    record Limit(String pointer, BigDecimal limit, boolean lower, boolean inclusive)
            implements Constraint {}

    /// `multipleOf`.
    record MultipleOf(String pointer, BigDecimal divisor) implements Constraint {}

    /// `minLength`, `maxLength`: code points.
    record Length(String pointer, int least, int most) implements Constraint {}

    /// `pattern` and `format`: a string is one of a regular language.
    ///
    /// @param name what a message calls it
    record Form(String pointer, String name, CharacterAutomaton language) implements Constraint {}

    /// `prefixItems`, `items`.
    ///
    /// @param rest of the items behind the prefix
    record Items(String pointer, List<Schema> prefix, Schema rest) implements Constraint {}

    /// `minItems`, `maxItems`.
    record ItemCount(String pointer, int least, int most) implements Constraint {}

    /// `contains`, `minContains`, `maxContains`.
    ///
    /// @param from index of the first item that counts
    record Contains(String pointer, Schema schema, int from, int least, int most)
            implements Constraint {}

    /// `uniqueItems`.
    record UniqueItems(String pointer) implements Constraint {}

    /// `properties`, `patternProperties`, `additionalProperties`.
    ///
    /// @param named by name, in the order of the document
    /// @param additional of all other names
    record Properties(
            String pointer, Map<String, Schema> named, List<Patterned> patterned, Schema additional)
            implements Constraint {
        /// The schema of the names that a pattern finds.
        record Patterned(String pattern, CharacterAutomaton names, Schema schema) {}

        /// The schemas of a property's value.
        List<Schema> schemasOf(String name) {
            List<Schema> schemas = new ArrayList<>();
            if (named.containsKey(name)) {
                schemas.add(named.get(name));
            }
            for (Patterned pattern : patterned) {
                if (pattern.names().matches(name)) {
                    schemas.add(pattern.schema());
                }
            }
            return schemas.isEmpty() ? List.of(additional) : schemas;
        }
    }

    /// `required`.
    record Required(String pointer, List<String> names) implements Constraint {}

    /// `minProperties`, `maxProperties`.
    record PropertyCount(String pointer, int least, int most) implements Constraint {}

    /// `propertyNames`.
    record PropertyNames(String pointer, Schema schema) implements Constraint {}

    /// `dependentRequired`, `dependentSchemas`: what an object with this name must satisfy as well.
    record Dependent(String pointer, String name, Schema schema) implements Constraint {}

    /// `allOf`.
    record AllOf(String pointer, List<Schema> schemas) implements Constraint {}

    /// `anyOf`.
    record AnyOf(String pointer, List<Schema> schemas) implements Constraint {}

    /// `oneOf`.
    record OneOf(String pointer, List<Schema> schemas) implements Constraint {}

    /// `not`.
    record Not(String pointer, Schema schema) implements Constraint {}

    /// `if`, `then`, `else`.
    record Conditional(String pointer, Schema condition, Schema then, Schema otherwise)
            implements Constraint {}

    /// `$ref`.
    ///
    /// @param target the pointer of the schema that it names
    record SchemaReference(String pointer, String target) implements Constraint {}
}
