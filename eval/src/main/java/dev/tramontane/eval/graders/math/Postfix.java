package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.List;

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
        return new Expression.Product(List.of(value, Nouns.measure(name, 1)));
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

    private Expression raised(Expression base) {
        terms.descend();
        boolean isNegative = false;
        while (terms.peek().is("-") || terms.peek().is("+")) {
            isNegative ^= terms.next().is("-");
        }
        if (terms.peek().is("*") || terms.peek().is("'")) {
            return new Expression.Call("^" + terms.next().text(), List.of(base));
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
