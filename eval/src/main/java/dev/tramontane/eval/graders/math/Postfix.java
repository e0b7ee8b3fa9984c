package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what is written behind a value: powers, degrees, factorials, primes.
final class Postfix {
    private final Terms terms;

    Postfix(Terms terms) {
        this.terms = terms;
    }

    /// A value with everything that is written behind it.
    Expression behind(Expression base) {
        Expression value = base;
        while (true) {
            Token token = terms.peek();
            if (token.is("^")) {
                terms.next();
                if (isDegree()) {
                    value = degrees(value);
                } else if (!isOrdinal()) {
                    value = raised(value);
                }
            } else if (token.is("°")) {
                terms.next();
                value = degrees(value);
            } else if (token.is("!")) {
                terms.next();
                boolean isDouble = terms.skipsIf("!");
                value = new Expression.Call(isDouble ? "factorial2" : "factorial", List.of(value));
            } else if (token.is("'") && value instanceof Expression.Symbol(String name)) {
                terms.next();
                value = new Expression.Symbol(name + "'");
            } else if (token.is("'")) {
                terms.next(); // minutes of arc, feet
            } else {
                return value;
            }
        }
    }

    private boolean isDegree() {
        int from = terms.mark();
        boolean isBraced = terms.skipsIf("{");
        if (terms.skipsIf("∘")
                || terms.skipsIf("°")
                || terms.peek().isName("degree") && terms.next() != null) {
            if (!isBraced || terms.skipsIf("}")) {
                return true;
            }
        }
        terms.reset(from);
        return false;
    }

    private Expression degrees(Expression value) {
        String name = "°";
        if ((terms.peek().kind() == Kind.LETTER || terms.peek().kind() == Kind.WORD)
                && terms.peek().text().matches("[CF]")) {
            name = "°" + terms.next().text();
        }
        Expression whole = name.equals("°") ? sexagesimal(value) : value;
        return new Expression.Product(List.of(whole, Nouns.measure(name, 1)));
    }

    /// The minutes and seconds of arc behind degrees, as parts of these.
    private Expression sexagesimal(Expression degrees) {
        List<Expression> parts = new ArrayList<>(List.of(degrees));
        for (int marks = 1, size = 60; marks <= 2; marks++, size *= 60) {
            int from = terms.mark();
            Expression part =
                    terms.peek().kind() == Kind.NUMBER
                            ? Numbers.of(terms.next().text())
                            : Expression.number(0);
            if (terms.mark() == from || !skipsPrimes(marks)) {
                terms.reset(from);
                break;
            }
            parts.add(
                    new Expression.Product(
                            List.of(part, new Expression.Numeral(Rational.of(1, size)))));
        }
        return Expression.sum(parts);
    }

    /// `'` or `''`, raised or not; for seconds also nothing at the end, as quotes are no signs.
    private boolean skipsPrimes(int marks) {
        boolean isBraced = terms.skipsIf("^") && terms.skipsIf("{");
        for (int mark = 0; mark < marks; mark++) {
            if (!terms.skipsIf("'")) {
                return mark == 0 && marks == 2 && !isBraced && terms.peek().kind() == Kind.END;
            }
        }
        return !isBraced || terms.skipsIf("}");
    }

    /// `5^{th}`.
    private boolean isOrdinal() {
        int from = terms.mark();
        boolean isBraced = terms.skipsIf("{");
        StringBuilder letters = new StringBuilder();
        while (terms.peek().kind() == Kind.WORD || terms.peek().kind() == Kind.LETTER) {
            letters.append(terms.next().text());
        }
        if (letters.toString().matches("th|st|nd|rd") && (!isBraced || terms.skipsIf("}"))) {
            return true;
        }
        terms.reset(from);
        return false;
    }

    /// `0^+` and `0^{-}`: a value come to from one side.
    private Optional<Expression> sided(Expression base) {
        int from = terms.mark();
        boolean isBraced = terms.skipsIf("{");
        String sign = terms.next().text();
        boolean isAlone =
                terms.peek().is("}") || terms.peek().is(")") || terms.peek().kind() == Kind.END;
        if (sign.matches("[+-]") && isAlone) {
            if (isBraced) {
                terms.next();
            }
            return Optional.of(new Expression.Call("^" + sign, List.of(base)));
        }
        terms.reset(from);
        return Optional.empty();
    }

    private Expression raised(Expression base) {
        Optional<Expression> sided = sided(base);
        if (sided.isPresent()) {
            return sided.get();
        }
        terms.descend();
        boolean isNegative = false;
        while (terms.peek().is("-") || terms.peek().is("+")) {
            isNegative ^= terms.next().is("-");
        }
        if (terms.peek().is("*") || terms.peek().is("'")) {
            boolean isConjugate = terms.next().is("*");
            return new Expression.Call(isConjugate ? "overline" : "^'", List.of(base));
        }
        Expression exponent = terms.primary();
        if (terms.peek().is("^")) {
            terms.next();
            exponent = raised(exponent);
        }
        terms.ascend();
        return new Expression.Power(base, isNegative ? Expression.negative(exponent) : exponent);
    }
}
