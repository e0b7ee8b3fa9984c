package dev.tramontane.jinja;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The functions that every template has.
final class Globals {
    /// As in Jinja's sandbox.
    private static final int LONGEST_RANGE = 100_000;

    private final Budget budget;
    private final Supplier<java.time.LocalDateTime> now;

    Globals(Budget budget, Supplier<java.time.LocalDateTime> now) {
        this.budget = budget;
        this.now = now;
    }

    Scope scope() {
        var scope = new Scope();
        Map<String, Value.Handle.Body> functions =
                Map.of(
                        "range", Globals::range,
                        "dict", this::dict,
                        "namespace", this::namespace,
                        "cycler", Globals::cycler,
                        "joiner", Globals::joiner,
                        "raise_exception", Globals::raise,
                        "strftime_now", this::strftime);
        functions.forEach((name, body) -> scope.set(name, Value.Handle.function(name, body)));
        return scope;
    }

    private static Value range(Arguments arguments) {
        List<Value> given = arguments.positional();
        if (given.isEmpty() || given.size() > 3 || !arguments.named().isEmpty()) {
            throw new Fault(given.size() + " arguments of range", "one to three");
        }
        BigInteger[] numbers = new BigInteger[3];
        for (int i = 0; i < given.size(); i++) {
            Value number = given.get(i);
            Operators.requireDefined(number);
            numbers[i] =
                    Numbers.integer(number)
                            .orElseThrow(() -> new Fault("a " + Types.name(number), "an integer"));
        }
        BigInteger start = given.size() == 1 ? BigInteger.ZERO : numbers[0];
        BigInteger stop = given.size() == 1 ? numbers[0] : numbers[1];
        BigInteger step = given.size() == 3 ? numbers[2] : BigInteger.ONE;
        if (step.signum() == 0) {
            throw new Fault("a range with step 0", "another step");
        }
        BigInteger distance = stop.subtract(start);
        BigInteger count =
                distance.signum() != step.signum()
                        ? BigInteger.ZERO
                        : distance.abs()
                                .add(step.abs())
                                .subtract(BigInteger.ONE)
                                .divide(step.abs());
        if (count.compareTo(BigInteger.valueOf(LONGEST_RANGE)) > 0) {
            throw new Fault("a range of " + count, LONGEST_RANGE + " at most");
        }
        return new Value.Range(start, stop, step, count.intValueExact());
    }

    private Value dict(Arguments arguments) {
        var dict = new Dict();
        if (arguments.positional().size() > 1) {
            throw new Fault(arguments.positional().size() + " arguments of dict", "one at most");
        }
        for (Value given : arguments.positional()) {
            Operators.requireDefined(given);
            if (given instanceof Dict other) {
                other.entries().forEach(entry -> dict.put(entry.key(), entry.value()));
                continue;
            }
            for (Value pair : Sequences.list(given, budget)) {
                List<Value> parts = Sequences.list(pair, budget);
                if (parts.size() != 2) {
                    throw new Fault("an item of " + parts.size() + " parts", "a key and a value");
                }
                dict.put(parts.get(0), parts.get(1));
            }
        }
        arguments.named().forEach((name, value) -> dict.put(Value.given(name), value));
        return dict;
    }

    private Value namespace(Arguments arguments) {
        Map<String, Value> attributes = new LinkedHashMap<>();
        if (dict(arguments) instanceof Dict dict) {
            for (Dict.Entry entry : dict.entries()) {
                attributes.put(Numbers.requireText(entry.key()).chars(), entry.value());
            }
        }
        return new Value.Namespace(attributes);
    }

    private static Value cycler(Arguments arguments) {
        List<Value> items = arguments.positional();
        if (items.isEmpty()) {
            throw new Fault("a cycler without items", "one at least");
        }
        int[] at = {0};
        Map<String, Supplier<Value>> attributes = new HashMap<>();
        attributes.put("current", () -> items.get(at[0]));
        attributes.put(
                "next",
                () ->
                        Value.Handle.function(
                                "next",
                                _ -> {
                                    Value item = items.get(at[0]);
                                    at[0] = (at[0] + 1) % items.size();
                                    return item;
                                }));
        attributes.put(
                "reset",
                () ->
                        Value.Handle.function(
                                "reset",
                                _ -> {
                                    at[0] = 0;
                                    return Value.NONE;
                                }));
        return new Value.Handle("Cycler", "cycler", attributes, Globals::notCallable);
    }

    private static Value notCallable(Arguments arguments) {
        throw new Fault("a call of a cycler", "its method next");
    }

    private static Value joiner(Arguments arguments) {
        Value separator = arguments.bind("joiner", 0, "sep").get(0, Value.own(", "));
        boolean[] used = {false};
        return new Value.Handle(
                "Joiner",
                "joiner",
                Map.of(),
                _ -> {
                    Value now = used[0] ? separator : Value.own("");
                    used[0] = true;
                    return now;
                });
    }

    private static Value raise(Arguments arguments) {
        Value message = arguments.bind("raise_exception", 1, "message").get(0);
        String text = message instanceof Value.Str str ? str.chars() : Types.name(message);
        throw new Fault(Fault.Kind.RAISED, "the template refuses: " + text);
    }

    private Value strftime(Arguments arguments) {
        Text format = arguments.bind("strftime_now", 1, "format").text(0, "");
        budget.chargeText(format.length());
        return Value.of(Text.own(Strftime.format(now.get(), format.chars())));
    }
}
