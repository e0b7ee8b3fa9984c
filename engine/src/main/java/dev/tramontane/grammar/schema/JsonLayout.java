package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.InvalidGrammarException;

import tools.jackson.databind.JsonNode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// How arrays, objects and listed values are written: on one line, a space after a comma or a colon
/// or none.
final class JsonLayout {
    /// Values that items may have if each may come once: a state for each set of those used.
    static final int MOST_UNIQUE = 8;

    private static final int MOST_STATES = 10_000;
    private static final int MOST_CONTAINS = 4;
    private static final int STEPS_AN_EDGE = 8;

    private static final Expression SPACE = Expression.optional(Expression.literal(" "));
    private static final Expression COMMA = Expression.sequence(Expression.literal(","), SPACE);
    private static final Expression COLON = Expression.sequence(Expression.literal(":"), SPACE);

    private final Function<Collection<Schema>, Expression> rule;
    private final UnaryOperator<Schema> complement;
    private final UnaryOperator<Expression> aside;
    private final WorkLimit limit;

    /// @param rule the expression of a value that is valid against schemas
    /// @param complement of a schema, one for each
    /// @param aside the same as a rule of its own, for what many states share
    JsonLayout(
            Function<Collection<Schema>, Expression> rule,
            UnaryOperator<Schema> complement,
            UnaryOperator<Expression> aside,
            WorkLimit limit) {
        this.rule = rule;
        this.complement = complement;
        this.aside = aside;
        this.limit = limit;
    }

    /// States of a network, numbered as they are met.
    private final class States<S> {
        private final Map<S, Integer> numbers = new HashMap<>();
        private final Deque<S> waiting = new ArrayDeque<>();
        private final List<List<Expression.Edge>> edges = new ArrayList<>();
        private final BitSet accepting = new BitSet();

        States(S start) {
            number(start);
        }

        private int number(S state) {
            Integer known = numbers.putIfAbsent(state, edges.size());
            if (known != null) {
                return known;
            }
            limit.atMost(MOST_STATES, edges.size() + 1, "states of an array or object");
            limit.spend(1);
            edges.add(new ArrayList<>());
            waiting.add(state);
            return edges.size() - 1;
        }

        void edge(S from, Expression label, S to) {
            limit.spend(STEPS_AN_EDGE);
            edges.get(number(from)).add(new Expression.Edge(label, number(to)));
        }

        void accept(S state) {
            accepting.set(number(state));
        }

        Expression network() {
            return new Expression.Network(edges, accepting);
        }
    }

    /// A value as it is written.
    Expression value(JsonNode value) {
        limit.spend(1);
        return switch (JsonKind.of(value)) {
            case NULL, BOOLEAN -> Expression.literal(value.toString());
            case INTEGER, FRACTION ->
                    Expression.literal(JsonDecimals.written(JsonNumbers.value(value)));
            case STRING -> {
                limit.spendOn(value.stringValue());
                yield JsonStrings.literal(JsonStrings.written(value.stringValue()), limit);
            }
            case ARRAY -> bracketed("[", value.values().stream().map(this::value).toList(), "]");
            case OBJECT ->
                    bracketed(
                            "{",
                            value.properties().stream()
                                    .map(one -> property(one.getKey(), value(one.getValue())))
                                    .toList(),
                            "}");
        };
    }

    private static Expression bracketed(String open, List<Expression> parts, String close) {
        List<Expression> all = new ArrayList<>();
        all.add(Expression.literal(open));
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                all.add(COMMA);
            }
            all.add(parts.get(i));
        }
        all.add(Expression.literal(close));
        return new Expression.Sequence(all);
    }

    private Expression property(String name, Expression value) {
        limit.spendOn(name);
        return Expression.sequence(
                JsonStrings.literal(JsonStrings.written(name), limit), COLON, value);
    }

    private static Expression listed(boolean first, Expression part) {
        return first ? part : Expression.sequence(COMMA, part);
    }

    Expression array(ArrayShape shape) {
        Expression items = shape.contains().isEmpty() ? plainItems(shape) : countedItems(shape);
        return Expression.sequence(Expression.literal("["), items, Expression.literal("]"));
    }

    /// A state for each item of the prefix, then one repetition.
    private Expression plainItems(ArrayShape shape) {
        if (shape.least() > shape.most()) {
            return new Expression.Choice(List.of());
        }
        int prefix = Math.min(shape.prefix().size(), shape.most());
        var states = new States<>(0);
        for (int i = 0; i < prefix; i++) {
            states.edge(i, listed(i == 0, rule.apply(shape.item(i))), i + 1);
            if (i >= shape.least()) {
                states.accept(i);
            }
        }
        if (prefix >= shape.least()) {
            states.accept(prefix);
        }
        if (shape.most() > prefix) {
            states.edge(prefix, repeated(shape, prefix), prefix + 1);
            states.accept(prefix + 1);
        }
        return states.network();
    }

    /// Items behind the prefix, one at least.
    private Expression repeated(ArrayShape shape, int prefix) {
        Expression item = rule.apply(shape.rest());
        int first = prefix == 0 ? 1 : 0;
        int least = Math.max(1, shape.least() - prefix) - first;
        int most =
                shape.most() == Constraint.UNLIMITED
                        ? Expression.UNBOUNDED
                        : shape.most() - prefix - first;
        Expression more = new Expression.Repeat(listed(false, item), least, most);
        return first == 1 ? Expression.sequence(item, more) : more;
    }

    /// How far an array with `contains` is written.
    ///
    /// @param items so far, no more than tell states apart
    /// @param found items that satisfy each `contains` so far, no more than tell states apart
    private record Counted(int items, List<Integer> found) {}

    private Expression countedItems(ArrayShape shape) {
        limit.at(shape.contains().getFirst().pointer());
        limit.atMost(MOST_CONTAINS, shape.contains().size(), "contains of one array");
        var start = new Counted(0, shape.contains().stream().map(_ -> 0).toList());
        var states = new States<>(start);
        int enough =
                shape.most() < Constraint.UNLIMITED
                        ? shape.most()
                        : Math.max(1, Math.max(shape.prefix().size(), shape.least()));
        while (!states.waiting.isEmpty()) {
            Counted at = states.waiting.remove();
            boolean satisfied = at.items >= shape.least();
            for (int i = 0; i < shape.contains().size(); i++) {
                satisfied &= at.found.get(i) >= shape.contains().get(i).least();
            }
            if (satisfied) {
                states.accept(at);
            }
            if (at.items < shape.most()) {
                int next = Math.min(at.items + 1, enough);
                addItem(shape, states, at, next, 0, shape.item(at.items), List.of());
            }
        }
        return states.network();
    }

    /// The ways to go on by an item: for each `contains`, the item satisfies it and is counted, or
    /// not.
    private void addItem(
            ArrayShape shape,
            States<Counted> states,
            Counted at,
            int next,
            int index,
            List<Schema> item,
            List<Integer> found) {
        if (index == shape.contains().size()) {
            states.edge(at, listed(at.items == 0, rule.apply(item)), new Counted(next, found));
            return;
        }
        Constraint.Contains contains = shape.contains().get(index);
        int count = at.found.get(index);
        boolean limited = contains.most() < Constraint.UNLIMITED;
        boolean open = at.items >= contains.from();
        if (open && (limited ? count < contains.most() : count < contains.least())) {
            addItem(
                    shape,
                    states,
                    at,
                    next,
                    index + 1,
                    with(item, contains.schema()),
                    with(found, count + 1));
        }
        boolean counts = open && limited;
        addItem(
                shape,
                states,
                at,
                next,
                index + 1,
                counts ? with(item, complement.apply(contains.schema())) : item,
                with(found, count));
    }

    private static <T> List<T> with(List<T> some, T one) {
        List<T> result = new ArrayList<>(some);
        result.add(one);
        return result;
    }

    /// An array of values each of which comes once at most.
    Expression uniqueArray(ArrayShape shape, List<JsonNode> values) {
        var states = new States<>(0);
        while (!states.waiting.isEmpty()) {
            int used = states.waiting.remove();
            int items = Integer.bitCount(used);
            if (items >= shape.least() && items <= shape.most()) {
                states.accept(used);
            }
            for (int i = 0; i < values.size() && items < shape.most(); i++) {
                if ((used & 1 << i) == 0) {
                    states.edge(used, listed(used == 0, value(values.get(i))), used | 1 << i);
                }
            }
        }
        return Expression.sequence(
                Expression.literal("["), states.network(), Expression.literal("]"));
    }

    /// How far an object is written.
    ///
    /// @param next index of the next named property that may come
    /// @param written properties so far, no more than tell states apart
    /// @param distinct those of them that surely have names of their own; others may repeat a name
    private record Written(int next, int written, int distinct, boolean others) {}

    /// @param count pointer of what limits the number of properties, or else names them
    Expression object(ObjectShape shape, String count) {
        refuseUncountable(shape, count);
        limit.at(count);
        Expression others =
                shape.others().isEmpty() ? new Expression.Choice(List.of()) : others(shape);
        var states = new States<>(new Written(0, 0, 0, false));
        while (!states.waiting.isEmpty()) {
            Written at = states.waiting.remove();
            if (at.next < shape.named().size()) {
                addNamed(shape, states, at);
                continue;
            }
            if (at.distinct >= shape.least()) {
                states.accept(at);
            }
            if (at.written < shape.most() && !shape.others().isEmpty()) {
                Written to = after(at, shape, at.next, !at.others);
                states.edge(
                        at,
                        listed(at.written == 0, others),
                        new Written(to.next, to.written, to.distinct, true));
            }
        }
        return Expression.sequence(
                Expression.literal("{"), states.network(), Expression.literal("}"));
    }

    /// The next property by name, or none where it may be absent.
    private void addNamed(ObjectShape shape, States<Written> states, Written at) {
        ObjectShape.Named property = shape.named().get(at.next);
        int next = at.next + 1;
        if (!property.required()) {
            states.edge(
                    at, Expression.EMPTY, new Written(next, at.written, at.distinct, at.others));
        }
        if (at.written < shape.most() && !isNothing(property.schemas())) {
            Expression text = property(property.name(), rule.apply(property.schemas()));
            states.edge(at, listed(at.written == 0, text), after(at, shape, next, true));
        }
    }

    /// A property by another name.
    private Expression others(ObjectShape shape) {
        List<Expression> classes = new ArrayList<>();
        for (ObjectShape.Others others : shape.others()) {
            classes.add(
                    Expression.sequence(
                            JsonStrings.of(others.names(), limit),
                            COLON,
                            rule.apply(others.schemas())));
        }
        return aside.apply(new Expression.Choice(classes));
    }

    private static Written after(Written at, ObjectShape shape, int next, boolean distinct) {
        int most = shape.most() < Constraint.UNLIMITED ? shape.most() : 1;
        return new Written(
                next,
                Math.min(at.written + 1, most),
                Math.min(at.distinct + (distinct ? 1 : 0), shape.least()),
                at.others);
    }

    private static boolean isNothing(List<Schema> schemas) {
        return schemas.stream().anyMatch(Schema::isNothing);
    }

    /// More properties than have names that the schema tells would need names that differ.
    private static void refuseUncountable(ObjectShape shape, String count) {
        long named = shape.named().stream().filter(one -> !isNothing(one.schemas())).count();
        if (!shape.others().isEmpty() && shape.least() > named + 1) {
            throw new InvalidGrammarException(
                    count,
                    "at least %d properties, %d of them by name: a grammar cannot see to it that the others differ; name them in properties"
                            .formatted(shape.least(), named));
        }
    }
}
