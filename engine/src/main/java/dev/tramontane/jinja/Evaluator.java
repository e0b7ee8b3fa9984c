package dev.tramontane.jinja;

import dev.tramontane.jinja.Expression.CallArguments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Expressions to values.
final class Evaluator {
    private final Budget budget;
    private final Operators operators;
    private final Spelling spelling;
    private final Access access;
    private final Filters filters;

    Evaluator(Budget budget) {
        this.budget = budget;
        this.spelling = new Spelling(budget);
        this.operators = new Operators(budget, spelling);
        this.access = new Access(budget, operators, spelling);
        this.filters = new Filters(budget, operators, spelling, access);
    }

    Spelling spelling() {
        return spelling;
    }

    /// @throws TemplateException with the line of the innermost expression that went wrong
    Value evaluate(Expression expression, Scope scope) {
        budget.step();
        budget.enter();
        try {
            return value(expression, scope);
        } catch (Fault fault) {
            throw at(expression.line(), fault);
        } finally {
            budget.leave();
        }
    }

    static TemplateException at(int line, Fault fault) {
        boolean raised = fault.kind() == Fault.Kind.RAISED;
        return new TemplateException(line, String.valueOf(fault.getMessage()), raised);
    }

    boolean truth(Expression expression, Scope scope) {
        return Operators.truth(evaluate(expression, scope));
    }

    private Value value(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListLiteral list -> new Value.Array(all(list.items(), scope));
            case Expression.TupleLiteral tuple -> new Value.Tuple(all(tuple.items(), scope), false);
            case Expression.DictLiteral dict -> dict(dict, scope);
            case Expression.Attribute attribute ->
                    access.attribute(evaluate(attribute.target(), scope), attribute.name());
            case Expression.Item item -> item(item, scope);
            case Expression.Slice _ ->
                    throw new Fault("a slice among several indexes", "one slice alone");
            case Expression.Call call -> call(call, scope, Optional.empty());
            case Expression.Filter filter -> filter(filter, scope, Optional.empty());
            case Expression.Test test ->
                    Value.of(
                            filters.tests()
                                    .holds(
                                            test.name(),
                                            evaluate(test.input(), scope),
                                            arguments(test.arguments(), scope)));
            case Expression.Not not -> Value.of(!truth(not.operand(), scope));
            case Expression.Sign sign ->
                    operators.signed(sign.negative(), evaluate(sign.operand(), scope));
            case Expression.Binary binary ->
                    operators.arithmetic(
                            binary.operator(),
                            evaluate(binary.left(), scope),
                            evaluate(binary.right(), scope));
            case Expression.Comparison comparison -> Value.of(holds(comparison, scope));
            case Expression.Either either -> {
                Value left = evaluate(either.left(), scope);
                yield Operators.truth(left) == either.and()
                        ? evaluate(either.right(), scope)
                        : left;
            }
            case Expression.Concatenation concatenation -> concatenation(concatenation, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Value dict(Expression.DictLiteral literal, Scope scope) {
        var dict = new Dict();
        for (Expression.Pair pair : literal.pairs()) {
            dict.put(evaluate(pair.key(), scope), evaluate(pair.value(), scope));
        }
        return dict;
    }

    private Value item(Expression.Item item, Scope scope) {
        Value target = evaluate(item.target(), scope);
        if (item.index() instanceof Expression.Slice slice) {
            return access.slice(
                    target,
                    end(slice.start(), scope),
                    end(slice.stop(), scope),
                    end(slice.step(), scope));
        }
        return access.item(target, evaluate(item.index(), scope));
    }

    private Value end(Optional<Expression> expression, Scope scope) {
        return expression.map(end -> evaluate(end, scope)).orElse(Value.NONE);
    }

    private boolean holds(Expression.Comparison comparison, Scope scope) {
        Value left = evaluate(comparison.first(), scope);
        for (Expression.Link link : comparison.links()) {
            Value right = evaluate(link.operand(), scope);
            if (!operators.holds(link.relation(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Value concatenation(Expression.Concatenation concatenation, Scope scope) {
        TextBuilder out = budget.builder();
        for (Value part : all(concatenation.parts(), scope)) {
            out.append(spelling.str(part));
        }
        budget.chargeText(out.length());
        return Value.of(out.toText());
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (truth(conditional.test(), scope)) {
            return evaluate(conditional.then(), scope);
        }
        if (conditional.otherwise().isPresent()) {
            return evaluate(conditional.otherwise().get(), scope);
        }
        return new Value.Undefined(
                "found an if without an else whose test is false, expected an else");
    }

    /// A call.
    ///
    /// @param caller what a call block hands over
    Value call(Expression.Call call, Scope scope, Optional<Value> caller) {
        Value target = evaluate(call.target(), scope);
        Arguments arguments = arguments(call.arguments(), scope);
        if (caller.isPresent()) {
            Map<String, Value> named = new LinkedHashMap<>(arguments.named());
            named.put("caller", caller.get());
            arguments = new Arguments(arguments.positional(), named);
        }
        Operators.requireDefined(target);
        if (!(target instanceof Value.Handle handle)) {
            throw new Fault("a call of a " + Types.name(target), "something that can be called");
        }
        return handle.body().call(arguments);
    }

    /// A filter and those before it.
    ///
    /// @param given what goes into the first of them, in a filter block
    Value filter(Expression.Filter filter, Scope scope, Optional<Value> given) {
        Value input =
                switch (filter.input().orElse(null)) {
                    case null ->
                            given.orElseThrow(
                                    () -> new IllegalStateException("a filter without input"));
                    case Expression.Filter inner when given.isPresent() ->
                            filter(inner, scope, given);
                    case Expression expression -> evaluate(expression, scope);
                };
        return filters.apply(filter.name(), input, arguments(filter.arguments(), scope));
    }

    private Arguments arguments(CallArguments written, Scope scope) {
        List<Value> positional = all(written.positional(), scope);
        written.rest()
                .ifPresent(
                        rest -> positional.addAll(Sequences.list(evaluate(rest, scope), budget)));
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expression.Named argument : written.named()) {
            named.put(argument.name(), evaluate(argument.value(), scope));
        }
        if (written.namedRest().isPresent()) {
            Value rest = evaluate(written.namedRest().get(), scope);
            if (!(rest instanceof Dict dict)) {
                throw new Fault("a " + Types.name(rest) + " behind **", "a dict");
            }
            for (Dict.Entry entry : dict.entries()) {
                String name = Numbers.requireText(entry.key()).chars();
                if (named.put(name, entry.value()) != null) {
                    throw new Fault("the argument " + name + " twice", "once");
                }
            }
        }
        return new Arguments(positional, named);
    }
}
