package dev.tramontane.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;

/// Python's arithmetic: integers of any size (up to a bound of ours), floats, and the signs of `//`
/// and `%`.
final class Numbers {
    /// Digits of an integer that are allowed; Python refuses to print longer ones too.
    static final int LONGEST_INTEGER = 4300;

    private static final int LONGEST_INTEGER_BITS = 14_285;
    private static final MathContext QUOTIENT = new MathContext(60);

    private Numbers() {}

    static boolean isNumber(Value value) {
        return value instanceof Value.Int
                || value instanceof Value.Real
                || value instanceof Value.Bool;
    }

    /// An integer or a truth value as an integer.
    static Optional<BigInteger> integer(Value value) {
        return switch (value) {
            case Value.Int(BigInteger number) -> Optional.of(number);
            case Value.Bool(boolean truth) -> Optional.of(truth ? BigInteger.ONE : BigInteger.ZERO);
            default -> Optional.empty();
        };
    }

    /// An integer that fits an `int`; larger ones are cut to its ends.
    static int index(Value value) {
        BigInteger number =
                integer(value).orElseThrow(() -> new Fault("a " + Types.name(value), "an integer"));
        return number.bitLength() < Integer.SIZE
                ? number.intValue()
                : number.signum() < 0 ? -Integer.MAX_VALUE : Integer.MAX_VALUE;
    }

    static Text requireText(Value value) {
        if (value instanceof Value.Str str) {
            return str.text();
        }
        if (value instanceof Value.Undefined(String why)) {
            throw new Fault(Fault.Kind.MISTAKE, why);
        }
        throw new Fault("a " + Types.name(value), "a string");
    }

    static double real(Value value) {
        return switch (value) {
            case Value.Real(double number) -> number;
            default -> {
                BigInteger whole =
                        integer(value)
                                .orElseThrow(() -> new Fault("a " + Types.name(value), "a number"));
                double number = whole.doubleValue();
                if (Double.isInfinite(number)) {
                    throw new Fault("an integer too large for a float", "a smaller one");
                }
                yield number;
            }
        };
    }

    /// An integer within our bound.
    static Value bounded(BigInteger number) {
        if (number.bitLength() > LONGEST_INTEGER_BITS) {
            throw tooLarge();
        }
        return new Value.Int(number);
    }

    private static Fault tooLarge() {
        return new Fault("an integer of more than " + LONGEST_INTEGER + " digits", "a smaller one");
    }

    static Value divide(Value left, Value right) {
        Optional<BigInteger> a = integer(left);
        Optional<BigInteger> b = integer(right);
        requireNonZero(right);
        if (a.isPresent() && b.isPresent()) {
            double quotient =
                    new BigDecimal(a.get()).divide(new BigDecimal(b.get()), QUOTIENT).doubleValue();
            if (Double.isInfinite(quotient)) {
                throw new Fault("a quotient too large for a float", "a smaller one");
            }
            return Value.of(quotient);
        }
        return Value.of(real(left) / real(right));
    }

    /// Rounded towards minus infinity.
    static Value floorDivide(Value left, Value right) {
        Optional<BigInteger> a = integer(left);
        Optional<BigInteger> b = integer(right);
        requireNonZero(right);
        if (a.isPresent() && b.isPresent()) {
            BigInteger[] parts = a.get().divideAndRemainder(b.get());
            boolean down = parts[1].signum() != 0 && parts[1].signum() != b.get().signum();
            return Value.of(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
        }
        double x = real(left);
        double y = real(right);
        double quotient = (x - modulo(x, y)) / y;
        if (quotient == 0) {
            return Value.of(Math.copySign(0.0, x / y));
        }
        double floor = Math.floor(quotient);
        return Value.of(quotient - floor > 0.5 ? floor + 1 : floor);
    }

    /// With the sign of the right side.
    static Value modulo(Value left, Value right) {
        Optional<BigInteger> a = integer(left);
        Optional<BigInteger> b = integer(right);
        requireNonZero(right);
        if (a.isPresent() && b.isPresent()) {
            BigInteger rest = a.get().mod(b.get().abs());
            return Value.of(rest.signum() != 0 && b.get().signum() < 0 ? rest.add(b.get()) : rest);
        }
        return Value.of(modulo(real(left), real(right)));
    }

    private static double modulo(double x, double y) {
        double rest = x % y;
        if (rest == 0) {
            return Math.copySign(0.0, y);
        }
        return rest < 0 == y < 0 ? rest : rest + y;
    }

    private static void requireNonZero(Value right) {
        if (real(right) == 0) {
            throw new Fault("a division by zero", "another divisor");
        }
    }

    static Value power(Value base, Value exponent) {
        Optional<BigInteger> a = integer(base);
        Optional<BigInteger> b = integer(exponent);
        if (a.isPresent() && b.isPresent() && b.get().signum() >= 0) {
            if (a.get().abs().compareTo(BigInteger.ONE) <= 0) {
                boolean even = !b.get().testBit(0);
                boolean one = b.get().signum() == 0 || (a.get().signum() < 0 && even);
                return Value.of(one ? BigInteger.ONE : a.get());
            }
            long bits = (long) (a.get().abs().bitLength() - 1) * index(exponent);
            if (bits > LONGEST_INTEGER_BITS) {
                throw tooLarge();
            }
            return bounded(a.get().pow(index(exponent)));
        }
        double x = real(base);
        double y = real(exponent);
        if (x == 0 && y < 0) {
            throw new Fault("zero to a negative power", "another exponent");
        }
        double result = Math.pow(x, y);
        if (Double.isNaN(result) && !Double.isNaN(x) && !Double.isNaN(y)) {
            throw new Fault("a negative number to a broken power", "a whole exponent");
        }
        if (Double.isInfinite(result) && Double.isFinite(x) && Double.isFinite(y)) {
            throw new Fault("a power too large for a float", "a smaller one");
        }
        return Value.of(result);
    }

    /// `round(number, digits)`: half to even, of the exact value.
    static Value round(Value number, int digits) {
        if (number instanceof Value.Real(double real)) {
            if (!Double.isFinite(real) || digits > 400) {
                return number;
            }
            BigDecimal rounded =
                    new BigDecimal(real).setScale(Math.max(digits, -400), RoundingMode.HALF_EVEN);
            return Value.of(Math.copySign(rounded.doubleValue(), real));
        }
        BigInteger whole =
                integer(number).orElseThrow(() -> new Fault("a " + Types.name(number), "a number"));
        return digits >= 0
                ? Value.of(whole)
                : Value.of(
                        new BigDecimal(whole)
                                .setScale(
                                        Math.max(digits, -LONGEST_INTEGER), RoundingMode.HALF_EVEN)
                                .toBigInteger());
    }

    /// `int(text, radix)`; empty where Python raises a `ValueError`.
    static Optional<BigInteger> parseInteger(String text, int radix) {
        String digits = Strings.strip(text).toLowerCase(java.util.Locale.ROOT);
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int base = radix;
        String prefix = digits.length() > 2 ? digits.substring(0, 2) : "";
        int named =
                switch (prefix) {
                    case "0x" -> 16;
                    case "0o" -> 8;
                    case "0b" -> 2;
                    default -> 0;
                };
        if (named != 0 && (base == named || base == 0)) {
            base = named;
            digits = digits.substring(digits.charAt(2) == '_' ? 3 : 2);
        } else if (base == 0) {
            base = 10;
            boolean zeros = digits.chars().allMatch(c -> c == '0' || c == '_');
            if (digits.startsWith("0") && !zeros) {
                return Optional.empty();
            }
        }
        if (!digits.matches("[0-9a-z\\p{Nd}]+(_[0-9a-z\\p{Nd}]+)*")
                || digits.length() > LONGEST_INTEGER
                || base < 2
                || base > 36) {
            return Optional.empty();
        }
        try {
            BigInteger number = new BigInteger(digits.replace("_", ""), base);
            return Optional.of(negative ? number.negate() : number);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// `float(text)`; empty where Python raises a `ValueError`.
    static Optional<Double> parseReal(String text) {
        String number = Strings.strip(text).toLowerCase(java.util.Locale.ROOT);
        String unsigned =
                number.startsWith("-") || number.startsWith("+") ? number.substring(1) : number;
        double sign = number.startsWith("-") ? -1 : 1;
        switch (unsigned) {
            case "inf", "infinity" -> {
                return Optional.of(sign * Double.POSITIVE_INFINITY);
            }
            case "nan" -> {
                return Optional.of(Double.NaN);
            }
            default -> {}
        }
        String digits = "[0-9]+(_[0-9]+)*";
        String form = "(%s\\.?(%s)?|\\.%s)(e[+-]?%s)?".formatted(digits, digits, digits, digits);
        return unsigned.length() <= LONGEST_INTEGER && unsigned.matches(form)
                ? Optional.of(sign * Double.parseDouble(unsigned.replace("_", "")))
                : Optional.empty();
    }
}
