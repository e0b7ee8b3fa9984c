package dev.tramontane.jinja;

import dev.tramontane.jinja.Statement.Target;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Statements to text.
final class Renderer {
    private final Budget budget;
    private final Evaluator evaluator;

    Renderer(Budget budget, Evaluator evaluator) {
        this.budget = budget;
        this.evaluator = evaluator;
    }

    /// How a list of statements was left.
    private enum Flow {
        END,
        BREAK,
        CONTINUE
    }

    /// What statements write.
    Text render(List<Statement> statements, Scope scope) {
        TextBuilder out = budget.builder();
        run(statements, scope, out);
        budget.chargeText(out.length());
        return out.toText();
    }

    private Flow run(List<Statement> statements, Scope scope, TextBuilder out) {
        budget.enter();
        for (Statement statement : statements) {
            Flow flow = run(statement, scope, out);
            if (flow != Flow.END) {
                budget.leave();
                return flow;
            }
        }
        budget.leave();
        return Flow.END;
    }

    private Flow run(Statement statement, Scope scope, TextBuilder out) {
        try {
            budget.step();
            return flow(statement, scope, out);
        } catch (Fault fault) {
            throw Evaluator.at(statement.line(), fault);
        }
    }

    private Flow flow(Statement statement, Scope scope, TextBuilder out) {
        switch (statement) {
            case Statement.Data data -> out.append(data.text());
            case Statement.Output output -> write(evaluator.evaluate(output.value(), scope), out);
            case Statement.If choice -> {
                return choose(choice, scope, out);
            }
            case Statement.For loop ->
                    loop(loop, evaluator.evaluate(loop.items(), scope), scope, out, 0);
            case Statement.Set set ->
                    assign(set.target(), evaluator.evaluate(set.value(), scope), scope);
            case Statement.SetBlock set -> {
                Value text = Value.of(render(set.body(), new Scope(scope)));
                Value value =
                        set.filter()
                                .map(filter -> evaluator.filter(filter, scope, Optional.of(text)))
                                .orElse(text);
                assign(set.target(), value, scope);
            }
            case Statement.With with -> {
                var inner = new Scope(scope);
                for (Statement.Binding binding : with.bindings()) {
                    assign(binding.target(), evaluator.evaluate(binding.value(), scope), inner);
                }
                return run(with.body(), inner, out);
            }
            case Statement.Macro macro ->
                    scope.set(
                            macro.name(),
                            macro(macro.name(), macro.signature(), macro.body(), scope));
            case Statement.CallBlock block -> {
                Value caller = macro("caller", block.signature(), block.body(), scope);
                write(evaluator.call(block.call(), scope, Optional.of(caller)), out);
            }
            case Statement.FilterBlock block -> {
                Value text = Value.of(render(block.body(), new Scope(scope)));
                write(evaluator.filter(block.filter(), scope, Optional.of(text)), out);
            }
            case Statement.Generation generation -> {
                return run(generation.body(), new Scope(scope), out);
            }
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.END;
    }

    private void write(Value value, TextBuilder out) {
        Text text = evaluator.spelling().str(value);
        budget.chargeText(text.length());
        out.append(text);
    }

    private Flow choose(Statement.If choice, Scope scope, TextBuilder out) {
        for (Statement.Branch branch : choice.branches()) {
            if (evaluator.truth(branch.test(), scope)) {
                return run(branch.body(), scope, out);
            }
        }
        return run(choice.otherwise(), scope, out);
    }

    private void loop(
            Statement.For statement, Value items, Scope scope, TextBuilder out, int depth) {
        Iterator<Value> all = Sequences.iterator(items, budget);
        Optional<Value> counted = Optional.of(items);
        if (statement.filter().isPresent()) {
            Expression test = statement.filter().get();
            all =
                    new SelectFilters.Selected(
                            all,
                            item -> {
                                var inner = new Scope(scope);
                                assign(statement.target(), item, inner);
                                return evaluator.truth(test, inner);
                            });
            counted = Optional.empty();
        }
        Optional<Loop.Recursion> recursion =
                statement.recursive()
                        ? Optional.of(inner -> recursed(statement, inner, scope, depth))
                        : Optional.empty();
        var loop = new Loop(all, counted, depth, recursion);
        Value handle = loop.handle();
        boolean any = false;
        while (loop.hasNext()) {
            any = true;
            var inner = new Scope(scope);
            assign(statement.target(), loop.next(), inner);
            inner.set("loop", handle);
            if (run(statement.body(), inner, out) == Flow.BREAK) {
                break;
            }
        }
        if (!any) {
            run(statement.otherwise(), new Scope(scope), out);
        }
    }

    private Value recursed(Statement.For statement, Value items, Scope scope, int depth) {
        budget.enterCall();
        TextBuilder out = budget.builder();
        loop(statement, items, scope, out, depth + 1);
        budget.leaveCall();
        budget.chargeText(out.length());
        return Value.of(out.toText());
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable(String name) -> scope.set(name, value);
            case Target.Member(String namespace, String name) -> {
                if (!(scope.get(namespace) instanceof Value.Namespace(Map<String, Value> held))) {
                    throw new Fault(
                            "an assignment to " + namespace + "." + name, "one to a namespace");
                }
                held.put(name, value);
            }
            case Target.Unpacked(List<Target> targets) -> {
                List<Value> values = Sequences.list(value, budget);
                if (values.size() != targets.size()) {
                    throw new Fault(
                            values.size() + " values to unpack", targets.size() + " of them");
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(targets.get(i), values.get(i), scope);
                }
            }
        }
    }

    private Value macro(
            String name, Statement.Signature signature, List<Statement> body, Scope around) {
        return new Value.Handle(
                "Macro",
                name,
                Map.of("name", () -> Value.own(name)),
                arguments -> {
                    budget.enterCall();
                    var scope = new Scope(around);
                    bind(name, signature, arguments, scope);
                    Value text = Value.of(render(body, scope));
                    budget.leaveCall();
                    return text;
                });
    }

    /// Puts a macro's arguments into its scope; defaults are computed there, in order.
    private void bind(
            String name, Statement.Signature signature, Arguments arguments, Scope scope) {
        List<Statement.Parameter> parameters = signature.parameters();
        List<Value> positional = arguments.positional();
        Arguments rest = arguments;
        for (int i = 0; i < parameters.size(); i++) {
            Statement.Parameter parameter = parameters.get(i);
            Value value;
            if (i < positional.size()) {
                value = positional.get(i);
            } else if (rest.named().containsKey(parameter.name())) {
                value = rest.named().getOrDefault(parameter.name(), Value.NONE);
                rest = rest.without(parameter.name());
            } else {
                value =
                        parameter
                                .otherwise()
                                .map(otherwise -> evaluator.evaluate(otherwise, scope))
                                .orElseGet(() -> missing(name, parameter.name()));
            }
            scope.set(parameter.name(), value);
        }
        if (signature.uses().contains("caller")) {
            Value caller = rest.named().get("caller");
            rest = rest.without("caller");
            scope.set("caller", caller == null ? missing(name, "caller") : caller);
        }
        if (signature.uses().contains("kwargs")) {
            var named = new Dict();
            rest.named().forEach((key, value) -> named.put(Value.given(key), value));
            scope.set("kwargs", named);
        } else if (!rest.named().isEmpty()) {
            throw new Fault(
                    "the arguments " + rest.named().keySet() + " of the macro " + name,
                    "those it names");
        }
        boolean more = positional.size() > parameters.size();
        if (signature.uses().contains("varargs")) {
            scope.set(
                    "varargs",
                    new Value.Tuple(
                            more
                                    ? positional.subList(parameters.size(), positional.size())
                                    : List.of(),
                            false));
        } else if (more) {
            throw new Fault(
                    positional.size() + " arguments of the macro " + name,
                    parameters.size() + " at most");
        }
    }

    private static Value missing(String macro, String parameter) {
        return new Value.Undefined(
                "found no argument '" + parameter + "' in a call of " + macro + ", expected one");
    }
}
