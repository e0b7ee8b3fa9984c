package dev.tramontane.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Filters that make or change numbers.
final class NumberFilters {
    void addTo(Map<String, Filters.Filter> filters) {
        filters.put("abs", NumberFilters::abs);
        filters.put("int", NumberFilters::integer);
        filters.put("float", NumberFilters::real);
        filters.put("round", NumberFilters::round);
        filters.put("filesizeformat", NumberFilters::fileSize);
    }

    private static Value abs(Value input, Arguments arguments) {
        arguments.bind("abs", 0);
        Operators.requireDefined(input);
        return input instanceof Value.Real(double number)
                ? Value.of(Math.abs(number))
                : Value.of(
                        Numbers.integer(input)
                                .orElseThrow(() -> new Fault("a " + Types.name(input), "a number"))
                                .abs());
    }

    private static Value integer(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("int", 0, "default", "base");
        Value otherwise = bound.get(0, Value.of(0));
        return switch (input) {
            case Value.Undefined(String why) -> throw new Fault(Fault.Kind.MISTAKE, why);
            case Value.Str str -> {
                var whole = Numbers.parseInteger(str.chars(), bound.integer(1, 10));
                yield whole.isPresent()
                        ? Value.of(whole.get())
                        : Numbers.parseReal(str.chars())
                                .map(number -> truncated(number, otherwise))
                                .orElse(otherwise);
            }
            case Value.Real(double number) -> truncated(number, otherwise);
            default -> Numbers.integer(input).map(Value::of).orElse(otherwise);
        };
    }

    private static Value truncated(double number, Value otherwise) {
        return Double.isFinite(number)
                ? Value.of(new BigDecimal(number).toBigInteger())
                : otherwise;
    }

    private static Value real(Value input, Arguments arguments) {
        Value otherwise = arguments.bind("float", 0, "default").get(0, Value.of(0.0));
        return switch (input) {
            case Value.Undefined(String why) -> throw new Fault(Fault.Kind.MISTAKE, why);
            case Value.Str str -> Numbers.parseReal(str.chars()).map(Value::of).orElse(otherwise);
            default -> Numbers.isNumber(input) ? Value.of(Numbers.real(input)) : otherwise;
        };
    }

    private static Value round(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("round", 0, "precision", "method");
        int digits = bound.integer(0, 0);
        Operators.requireDefined(input);
        String method = bound.text(1, "common").chars();
        return switch (method) {
            case "common" -> Numbers.round(input, digits);
            case "ceil", "floor" -> {
                Value scale = Numbers.power(Value.of(BigInteger.TEN), Value.of((long) digits));
                Value scaled =
                        input instanceof Value.Real || scale instanceof Value.Real
                                ? Value.of(Numbers.real(input) * Numbers.real(scale))
                                : Value.of(
                                        Numbers.integer(input)
                                                .orElseThrow(
                                                        () ->
                                                                new Fault(
                                                                        "a " + Types.name(input),
                                                                        "a number"))
                                                .multiply(Numbers.integer(scale).orElseThrow()));
                yield Numbers.divide(whole(scaled, method.equals("ceil")), scale);
            }
            default -> throw new Fault("the rounding " + method, "common, ceil or floor");
        };
    }

    private static Value whole(Value number, boolean up) {
        if (!(number instanceof Value.Real(double real))) {
            return number;
        }
        if (!Double.isFinite(real)) {
            throw new Fault("a number without an end", "a finite one");
        }
        return Value.of(
                new BigDecimal(real)
                        .setScale(0, up ? RoundingMode.CEILING : RoundingMode.FLOOR)
                        .toBigInteger());
    }

    private static Value fileSize(Value input, Arguments arguments) {
        boolean binary = arguments.bind("filesizeformat", 0, "binary").truth(0, false);
        double bytes =
                input instanceof Value.Str str
                        ? Numbers.parseReal(str.chars())
                                .orElseThrow(() -> new Fault("a text", "a number of bytes"))
                        : Numbers.real(input);
        double base = binary ? 1024 : 1000;
        if (!Double.isFinite(base * bytes)) {
            throw new Fault("a number without an end", "a finite one");
        }
        if (bytes == 1) {
            return Value.own("1 Byte");
        }
        if (bytes < base) {
            return Value.own((long) bytes + " Bytes");
        }
        List<String> prefixes = List.of("k", "M", "G", "T", "P", "E", "Z", "Y");
        double unit = base;
        int at = 0;
        do {
            unit *= base;
        } while (bytes >= unit && ++at < prefixes.size());
        at = Math.min(at, prefixes.size() - 1);
        unit = Math.pow(base, at + 2);
        String prefix = prefixes.get(at);
        String name = binary ? prefix.toUpperCase(Locale.ROOT) + "iB" : prefix + "B";
        FormatSpec oneDigit = FormatSpec.parse(".1f");
        return Value.own(
                String.format(
                        Locale.ROOT,
                        "%s %s",
                        new BigDecimal(base * bytes / unit)
                                .setScale(oneDigit.precision(), RoundingMode.HALF_EVEN)
                                .toPlainString(),
                        name));
    }
}
