package dev.tramontane.jinja;

import dev.tramontane.jinja.Expression.Operator;
import dev.tramontane.jinja.Expression.Relation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// What Python's operators do with values.
final class Operators {
    private static final int DEEPEST_VALUE = 512;

    private final Budget budget;
    private final Spelling spelling;

    Operators(Budget budget, Spelling spelling) {
        this.budget = budget;
        this.spelling = spelling;
    }

    static boolean truth(Value value) {
        return switch (value) {
            case Value.Undefined _, Value.None _ -> false;
            case Value.Bool(boolean truth) -> truth;
            case Value.Int(BigInteger number) -> number.signum() != 0;
            case Value.Real(double number) -> number != 0;
            case Value.Str str -> !str.text().isEmpty();
            case Value.Array(List<Value> items) -> !items.isEmpty();
            case Value.Tuple(List<Value> items, _) -> !items.isEmpty();
            case Dict dict -> dict.size() > 0;
            case Value.Range range -> range.count() > 0;
            case Value.View view -> !view.items().isEmpty();
            case Value.Generator _, Value.Namespace _, Value.Handle _ -> true;
        };
    }

    /// Python's `==`.
    boolean equal(Value left, Value right) {
        return equal(left, right, 0);
    }

    private boolean equal(Value left, Value right, int depth) {
        budget.step();
        if (depth > DEEPEST_VALUE) {
            throw new Fault("a value nested deeper than " + DEEPEST_VALUE, "a flatter one");
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return compareNumbers(left, right) == Order.EQUAL;
        }
        return switch (left) {
            case Value.Str a -> right instanceof Value.Str b && equal(a.text(), b.text());
            case Value.Undefined _ -> right instanceof Value.Undefined;
            case Value.None _ -> right instanceof Value.None;
            case Value.Array(List<Value> a) ->
                    right instanceof Value.Array(List<Value> b) && equal(a, b, depth);
            case Value.Tuple(List<Value> a, _) ->
                    right instanceof Value.Tuple(List<Value> b, _) && equal(a, b, depth);
            case Dict a -> right instanceof Dict b && equal(a, b, depth);
            case Value.Range a ->
                    right instanceof Value.Range b
                            && a.count() == b.count()
                            && (a.count() == 0
                                    || (a.start().equals(b.start())
                                            && (a.count() == 1 || a.step().equals(b.step()))));
            case Value.View a ->
                    right instanceof Value.View b
                            && (isOne(a, b) || (isSet(a) && isSet(b) && equalSets(a, b, depth)));
            case Value.Bool _, Value.Int _, Value.Real _ -> false;
            case Value.Generator _, Value.Namespace _, Value.Handle _ -> isOne(left, right);
        };
    }

    /// Python's `is`, as far as one object of ours is one object there.
    @SuppressWarnings("ReferenceEquality")
    static boolean isOne(Value left, Value right) {
        return left == right;
    }

    private boolean equal(Text left, Text right) {
        budget.chargeText(Math.min(left.length(), right.length()));
        return left.chars().equals(right.chars());
    }

    private boolean equal(List<Value> left, List<Value> right, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!isOne(left.get(i), right.get(i)) && !equal(left.get(i), right.get(i), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(Dict left, Dict right, int depth) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Dict.Entry entry : left.entries()) {
            Optional<Value> other = right.get(entry.key());
            if (other.isEmpty() || !equal(entry.value(), other.get(), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSet(Value.View view) {
        return !view.kind().equals("dict_values");
    }

    private boolean equalSets(Value.View left, Value.View right, int depth) {
        if (left.items().size() != right.items().size()) {
            return false;
        }
        for (Value item : left.items()) {
            if (right.items().stream().noneMatch(other -> equal(item, other, depth + 1))) {
                return false;
            }
        }
        return true;
    }

    private enum Order {
        LESS,
        EQUAL,
        GREATER,
        NONE
    }

    private static Order compareNumbers(Value left, Value right) {
        boolean realLeft = left instanceof Value.Real(double a) && !Double.isFinite(a);
        boolean realRight = right instanceof Value.Real(double b) && !Double.isFinite(b);
        if (realLeft || realRight) {
            double a = realLeft ? Numbers.real(left) : 0;
            double b = realRight ? Numbers.real(right) : 0;
            return Double.isNaN(a) || Double.isNaN(b) ? Order.NONE : order(Double.compare(a, b));
        }
        return order(exact(left).compareTo(exact(right)));
    }

    private static Order order(int sign) {
        return sign < 0 ? Order.LESS : sign > 0 ? Order.GREATER : Order.EQUAL;
    }

    private static BigDecimal exact(Value number) {
        return number instanceof Value.Real(double real)
                ? new BigDecimal(real)
                : new BigDecimal(Numbers.integer(number).orElse(BigInteger.ZERO));
    }

    /// Whether a relation holds.
    boolean holds(Relation relation, Value left, Value right) {
        return switch (relation) {
            case EQUAL -> equal(left, right);
            case NOT_EQUAL -> !equal(left, right);
            case IN -> contains(right, left);
            case NOT_IN -> !contains(right, left);
            case LESS -> compare(left, right, 0) == Order.LESS;
            case GREATER -> compare(left, right, 0) == Order.GREATER;
            case LESS_OR_EQUAL -> {
                Order order = compare(left, right, 0);
                yield order == Order.LESS || order == Order.EQUAL;
            }
            case GREATER_OR_EQUAL -> {
                Order order = compare(left, right, 0);
                yield order == Order.GREATER || order == Order.EQUAL;
            }
        };
    }

    /// For sorting: whether the first comes before the second.
    boolean less(Value left, Value right) {
        return compare(left, right, 0) == Order.LESS;
    }

    private Order compare(Value left, Value right, int depth) {
        budget.step();
        requireDefined(left);
        requireDefined(right);
        if (depth > DEEPEST_VALUE) {
            throw new Fault("a value nested deeper than " + DEEPEST_VALUE, "a flatter one");
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left instanceof Value.Str a && right instanceof Value.Str b) {
            budget.chargeText(Math.min(a.text().length(), b.text().length()));
            return order(Strings.compare(a.chars(), b.chars()));
        }
        if (left instanceof Value.Array(List<Value> a)
                && right instanceof Value.Array(List<Value> b)) {
            return compare(a, b, depth);
        }
        if (left instanceof Value.Tuple(List<Value> a, _)
                && right instanceof Value.Tuple(List<Value> b, _)) {
            return compare(a, b, depth);
        }
        throw new Fault(
                "a " + Types.name(left) + " compared with a " + Types.name(right),
                "two values with an order");
    }

    private Order compare(List<Value> left, List<Value> right, int depth) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i), depth + 1)) {
                return compare(left.get(i), right.get(i), depth + 1);
            }
        }
        return order(Integer.compare(left.size(), right.size()));
    }

    /// Python's `in`.
    boolean contains(Value whole, Value part) {
        return switch (whole) {
            case Value.Str str -> {
                if (!(part instanceof Value.Str sought)) {
                    throw new Fault("a " + Types.name(part) + " sought in a string", "a string");
                }
                budget.chargeSearch(str.text(), sought.text());
                yield str.chars().contains(sought.chars());
            }
            case Dict dict -> dict.get(part).isPresent();
            default -> {
                Iterator<Value> items = Sequences.iterator(whole, budget);
                while (items.hasNext()) {
                    Value item = items.next();
                    if (isOne(item, part) || equal(item, part)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    Value arithmetic(Operator operator, Value left, Value right) {
        requireDefined(left);
        if (operator == Operator.MODULO && left instanceof Value.Str format) {
            Text text = new PercentFormat(spelling, budget).format(format.text(), right);
            return format.with(text);
        }
        requireDefined(right);
        return switch (operator) {
            case ADD -> add(left, right);
            case SUBTRACT -> subtract(left, right);
            case MULTIPLY -> multiply(left, right);
            case DIVIDE -> Numbers.divide(number(left, right, "/"), right);
            case FLOOR_DIVIDE -> Numbers.floorDivide(number(left, right, "//"), right);
            case MODULO -> Numbers.modulo(number(left, right, "%"), right);
            case POWER -> Numbers.power(number(left, right, "**"), right);
        };
    }

    static void requireDefined(Value value) {
        if (value instanceof Value.Undefined(String why)) {
            throw new Fault(Fault.Kind.MISTAKE, why);
        }
    }

    private static Value number(Value left, Value right, String operator) {
        if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
            throw unsupported(left, operator, right);
        }
        return left;
    }

    private static Fault unsupported(Value left, String operator, Value right) {
        return new Fault(
                "a " + Types.name(left) + " " + operator + " a " + Types.name(right),
                "types that go together");
    }

    private Value add(Value left, Value right) {
        if (left instanceof Value.Str a && right instanceof Value.Str b) {
            boolean markup = a.markup() || b.markup();
            Text first = markup ? spelling.markup(a) : a.text();
            Text second = markup ? spelling.markup(b) : b.text();
            budget.chargeText(first.length() + second.length());
            return new Value.Str(budget.builder().append(first).append(second).toText(), markup);
        }
        if (left instanceof Value.Array(List<Value> a)
                && right instanceof Value.Array(List<Value> b)) {
            return new Value.Array(joined(a, b));
        }
        if (left instanceof Value.Tuple(List<Value> a, _)
                && right instanceof Value.Tuple(List<Value> b, _)) {
            return new Value.Tuple(joined(a, b), false);
        }
        number(left, right, "+");
        Optional<BigInteger> a = Numbers.integer(left);
        Optional<BigInteger> b = Numbers.integer(right);
        return a.isPresent() && b.isPresent()
                ? Numbers.bounded(a.get().add(b.get()))
                : Value.of(Numbers.real(left) + Numbers.real(right));
    }

    private List<Value> joined(List<Value> left, List<Value> right) {
        budget.charge(left.size() + right.size());
        List<Value> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    private static Value subtract(Value left, Value right) {
        number(left, right, "-");
        Optional<BigInteger> a = Numbers.integer(left);
        Optional<BigInteger> b = Numbers.integer(right);
        return a.isPresent() && b.isPresent()
                ? Numbers.bounded(a.get().subtract(b.get()))
                : Value.of(Numbers.real(left) - Numbers.real(right));
    }

    private Value multiply(Value left, Value right) {
        if (!Numbers.isNumber(left) && Numbers.integer(right).isPresent()) {
            return repeated(left, right);
        }
        if (!Numbers.isNumber(right) && Numbers.integer(left).isPresent()) {
            return repeated(right, left);
        }
        number(left, right, "*");
        Optional<BigInteger> a = Numbers.integer(left);
        Optional<BigInteger> b = Numbers.integer(right);
        return a.isPresent() && b.isPresent()
                ? Numbers.bounded(a.get().multiply(b.get()))
                : Value.of(Numbers.real(left) * Numbers.real(right));
    }

    private Value repeated(Value value, Value count) {
        int times = Math.max(0, Numbers.index(count));
        return switch (value) {
            case Value.Str str -> {
                TextBuilder out = budget.builder();
                if (!str.text().isEmpty()) {
                    out.append(str.text(), times);
                }
                budget.chargeText(out.length());
                yield str.with(out.toText());
            }
            case Value.Array(List<Value> items) -> new Value.Array(repeated(items, times));
            case Value.Tuple(List<Value> items, _) ->
                    new Value.Tuple(repeated(items, times), false);
            default -> throw unsupported(value, "*", count);
        };
    }

    private List<Value> repeated(List<Value> items, int times) {
        budget.charge((long) items.size() * times);
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < times && !items.isEmpty(); i++) {
            all.addAll(items);
        }
        return all;
    }

    Value signed(boolean negative, Value operand) {
        requireDefined(operand);
        if (operand instanceof Value.Real(double number)) {
            return Value.of(negative ? -number : number);
        }
        BigInteger number =
                Numbers.integer(operand)
                        .orElseThrow(
                                () ->
                                        new Fault(
                                                "a sign before a " + Types.name(operand),
                                                "a number"));
        return Value.of(negative ? number.negate() : number);
    }
}
