package dev.tramontane.eval.graders.math;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Digits as the lexer leaves them, read.
final class Numbers {
    private static final Pattern REPEATING = Pattern.compile("(\\d*)\\.(\\d*)\\((\\d+)\\)");
    private static final int LONGEST = 4_000;

    private Numbers() {}

    /// @param digits `12`, `1.50`, `1.5e3`, or `0.1(6)` with a part that repeats for ever
    static Expression.Numeral of(String digits) {
        if (digits.length() > LONGEST) {
            throw new LimitException("a number of more than " + LONGEST + " digits");
        }
        Matcher repeating = REPEATING.matcher(digits);
        if (repeating.matches()) {
            return new Expression.Numeral(
                    repeating(repeating.group(1), repeating.group(2), repeating.group(3)));
        }
        String plain = digits.endsWith(".") ? digits.substring(0, digits.length() - 1) : digits;
        Rational value = Rational.ofDecimal(plain);
        int point = plain.indexOf('.');
        if (point < 0 || value.isWhole() || plain.contains("e") || plain.contains("E")) {
            return new Expression.Numeral(value);
        }
        String significant = plain.replace(".", "").replaceFirst("^0+", "");
        return new Expression.Numeral(value, significant.length(), plain.length() - point - 1);
    }

    /// `a.b(c)` is `(abc - ab) / (10^|b| · (10^|c| - 1))`.
    private static Rational repeating(String whole, String fixed, String period) {
        BigInteger with = new BigInteger("0" + whole + fixed + period);
        BigInteger without = new BigInteger("0" + whole + fixed);
        BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
        return new Rational(
                with.subtract(without), BigInteger.TEN.pow(fixed.length()).multiply(nines));
    }
}
