package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.GrammarSource;
import dev.tramontane.grammar.InvalidGrammarException;

import tools.jackson.databind.JsonNode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Compiles schemas to a grammar: a rule for each set of schemas that a value must satisfy
/// together.
///
/// A rule's schemas are multiplied out to {@link Alternatives}; those of strings and numbers are
/// intersected as automata, those of arrays and objects merged into one {@link ArrayShape} or
/// {@link ObjectShape}, whose items and properties are sets of schemas again. There are finitely
/// many such sets, so recursion ends in a rule that is already there.
///
/// A text is written on one line: a space may follow a comma or a colon and nothing else, so that
/// no model writes white space for ever. Properties come in the order of the schema, those it does
/// not name last.
final class SchemaGrammar {
    private static final int MOST_RULES = 5_000;

    private final Schemas schemas;
    private final WorkLimit limit;
    private final Alternatives alternatives;
    private final ScalarLanguages languages;
    private final JsonLayout layout;
    private final Map<Set<Schema>, String> names = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Deque<Set<Schema>> waiting = new ArrayDeque<>();
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    private final IdentityHashMap<CharacterAutomaton, Expression> texts = new IdentityHashMap<>();

    private SchemaGrammar(Schemas schemas, WorkLimit limit) {
        this.schemas = schemas;
        this.limit = limit;
        this.alternatives =
                new Alternatives(schemas, limit, new SchemaOverlap(schemas, limit)::test, true);
        this.languages = new ScalarLanguages(schemas, limit);
        this.layout = new JsonLayout(this::rule, alternatives::not, this::aside, limit);
    }

    /// The texts that are valid against the schema at `#`.
    ///
    /// @param schemas of the document
    /// @param limit what it may take
    /// @throws InvalidGrammarException when a keyword cannot be told in a grammar, when there is
    ///   too much of it, or when nothing is valid
    static GrammarSource compile(Schemas schemas, WorkLimit limit) {
        var grammar = new SchemaGrammar(schemas, limit);
        String root = grammar.ruleName(List.of(schemas.root()));
        grammar.compileWaiting();
        if (!new ProductiveRules(grammar.rules, grammar.limit).contains(root)) {
            throw new InvalidGrammarException(
                    "#", "no document is valid against the schema, expected one at least");
        }
        return new GrammarSource(grammar.rules, root);
    }

    private void compileWaiting() {
        while (!waiting.isEmpty()) {
            Set<Schema> goal = waiting.remove();
            limit.at(goal.isEmpty() ? "#" : goal.iterator().next().pointer());
            limit.atMost(MOST_RULES, names.size(), "sets of schemas");
            limit.spend(goal.size());
            List<Expression> ways = new ArrayList<>();
            for (Alternative alternative : alternatives.of(goal)) {
                ways.addAll(ways(alternative));
            }
            rules.put(names.get(goal), choice(ways));
        }
    }

    private static Expression choice(List<Expression> ways) {
        return ways.size() == 1 ? ways.getFirst() : new Expression.Choice(ways);
    }

    /// A value that is valid against all of these.
    private Expression rule(Collection<Schema> all) {
        return Expression.rule(ruleName(all));
    }

    private String ruleName(Collection<Schema> all) {
        limit.spend(1 + all.size());
        Set<Schema> goal = new LinkedHashSet<>();
        for (Schema schema : all) {
            Schema meant = meant(schema);
            if (meant.isNothing()) {
                goal = new LinkedHashSet<>(List.of(Schema.NOTHING));
                break;
            }
            if (!meant.isAnything()) {
                goal.add(meant);
            }
        }
        String known = names.get(goal);
        if (known != null) {
            return known;
        }
        String name = goal.isEmpty() ? "any value" : goal.iterator().next().pointer();
        String unique = used.add(name) ? name : name + " (" + names.size() + ")";
        names.put(goal, unique);
        waiting.add(goal);
        return unique;
    }

    /// The schema behind references that say nothing else.
    private Schema meant(Schema schema) {
        Schema meant = schema;
        while (meant.constraints().size() == 1
                && meant.constraints().getFirst()
                        instanceof Constraint.SchemaReference(_, String target)) {
            meant = schemas.at(target);
        }
        return meant;
    }

    /// A rule that many others share.
    private Expression shared(String name, Supplier<Expression> body) {
        if (!rules.containsKey(name)) {
            rules.put(name, body.get());
        }
        return Expression.rule(name);
    }

    /// An expression as a rule of its own.
    private Expression aside(Expression expression) {
        return shared("part " + rules.size(), () -> expression);
    }

    private List<Expression> ways(Alternative alternative) {
        Optional<List<JsonNode>> listed = languages.listed(alternative);
        if (listed.isPresent()) {
            return listed.get().stream().map(layout::value).toList();
        }
        List<Expression> ways = new ArrayList<>();
        Set<JsonKind> kinds = EnumSet.copyOf(alternative.kinds());
        if (kinds.removeAll(JsonKind.numbers())) {
            ways.add(numbers(alternative));
        }
        for (JsonKind kind : kinds) {
            switch (kind) {
                case NULL, BOOLEAN -> ways.addAll(words(alternative, kind));
                case STRING -> ways.add(strings(alternative));
                case ARRAY -> {
                    refuseExcluded(alternative, kind);
                    ways.add(array(alternative));
                }
                case OBJECT -> {
                    refuseExcluded(alternative, kind);
                    ways.add(
                            layout.object(
                                    ObjectShape.of(alternative, schemas, limit),
                                    place(alternative)));
                }
                case INTEGER, FRACTION ->
                        throw new IllegalArgumentException("numbers are written together");
            }
        }
        return ways;
    }

    /// The pointer of what limits the number of properties, or else names them.
    private static String place(Alternative alternative) {
        return Stream.of(Constraint.PropertyCount.class, Constraint.Properties.class)
                .flatMap(sort -> alternative.holding(sort).stream())
                .map(Constraint::pointer)
                .findFirst()
                .orElse("#");
    }

    private List<Expression> words(Alternative alternative, JsonKind kind) {
        List<String> excluded =
                languages.excluded(alternative, Set.of(kind)).stream()
                        .map(JsonNode::toString)
                        .toList();
        List<String> words = kind == JsonKind.NULL ? List.of("null") : List.of("true", "false");
        return words.stream()
                .filter(word -> !excluded.contains(word))
                .map(Expression::literal)
                .toList();
    }

    private Expression numbers(Alternative alternative) {
        Set<JsonKind> kinds = ScalarLanguages.numberKinds(alternative);
        Optional<CharacterAutomaton> numbers = languages.numbers(alternative);
        if (numbers.isPresent()) {
            return numbers.get().network(set -> set, limit);
        }
        if (kinds.equals(JsonKind.numbers())) {
            return shared("any number", () -> JsonDecimals.ANY);
        }
        String name = kinds.contains(JsonKind.INTEGER) ? "any integer" : "any fraction";
        return shared(
                name,
                () ->
                        new JsonDecimals(limit)
                                .of(kinds, List.of(), List.of(), List.of(), List.of())
                                .network(set -> set, limit));
    }

    private Expression strings(Alternative alternative) {
        Optional<ScalarLanguages.Lengths> lengths = languages.onlyLengths(alternative);
        if (lengths.isEmpty()) {
            return languages
                    .strings(alternative)
                    .map(language -> texts.computeIfAbsent(language, this::text))
                    .orElse(JsonStrings.STRING);
        }
        ScalarLanguages.Lengths range = lengths.get();
        if (range.isAny()) {
            return shared("any string", () -> JsonStrings.STRING);
        }
        return range.least() > range.most()
                ? new Expression.Choice(List.of())
                : JsonStrings.ofLength(range.least(), range.most());
    }

    /// Strings of a language as a rule: a format or pattern is one, however many schemas ask for
    /// it.
    private Expression text(CharacterAutomaton language) {
        return aside(JsonStrings.of(language, limit));
    }

    private Expression array(Alternative alternative) {
        ArrayShape shape = ArrayShape.of(alternative);
        List<Constraint.UniqueItems> unique = alternative.holding(Constraint.UniqueItems.class);
        if (unique.isEmpty() || shape.most() <= 1) {
            return layout.array(shape);
        }
        limit.at(unique.getFirst().pointer());
        return layout.uniqueArray(shape, finite(shape));
    }

    /// The values that the items of an array may have, where they are listed.
    private List<JsonNode> finite(ArrayShape shape) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        boolean finite = shape.prefix().isEmpty() && shape.contains().isEmpty();
        for (Alternative item : finite ? alternatives.of(shape.rest()) : List.<Alternative>of()) {
            Optional<List<JsonNode>> listed = languages.listed(item);
            finite &= listed.isPresent();
            for (JsonNode value : listed.orElse(List.of())) {
                values.putIfAbsent(JsonValues.canonical(value), value);
            }
        }
        if (!finite || values.size() > JsonLayout.MOST_UNIQUE) {
            throw new InvalidGrammarException(
                    limit.where(),
                    "a grammar can keep items apart only where they are at most %d values of enum; list them, or leave uniqueItems out"
                            .formatted(JsonLayout.MOST_UNIQUE));
        }
        return List.copyOf(values.values());
    }

    private void refuseExcluded(Alternative alternative, JsonKind kind) {
        List<JsonNode> excluded = languages.excluded(alternative, Set.of(kind));
        if (!excluded.isEmpty()) {
            throw new InvalidGrammarException(
                    limit.where(),
                    "all but %s cannot be told in a grammar; exclude strings, numbers, true, false and null only"
                            .formatted(JsonValues.shown(excluded.getFirst())));
        }
    }
}
