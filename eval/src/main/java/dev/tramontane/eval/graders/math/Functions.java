package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads what begins with a name: fractions, roots, functions with or without brackets, sums,
/// matrices.
final class Functions {
    private static final Set<String> TAKES_BRACKETS =
            Set.of("gcd", "lcm", "max", "min", "abs", "floor", "ceil", "factorial");

    private final Terms terms;
    private final Parser parser;
    private final Bindings bindings;

    Functions(Terms terms, Parser parser) {
        this.terms = terms;
        this.parser = parser;
        this.bindings = new Bindings(terms);
    }

    /// What a name that was just passed begins.
    Expression named(String name) {
        if (name.startsWith("set:")) {
            return numberSet(name.substring(4));
        }
        if (name.startsWith("begin:")) {
            return parser.environment(name.substring(6));
        }
        return switch (name) {
            case "frac" -> fraction();
            case "binom" -> binomial();
            case "sqrt" -> root();
            case "cbrt" -> root(argument(), Expression.number(3));
            case "boxed" -> argument();
            case "overline" -> overlined(argument());
            case "log" -> logarithm();
            case "sum", "prod", "int", "lim" -> bindings.of(name);
            case "degree", "deg" -> throw new SyntaxException(name);
            default ->
                    TAKES_BRACKETS.contains(name)
                            ? new Expression.Call(name, bracketed())
                            : function(name);
        };
    }

    /// A segment between two points goes by the points alone.
    private static Expression overlined(Expression of) {
        boolean isSegment =
                of instanceof Expression.Product(List<Expression> ends)
                        && ends.size() == 2
                        && ends.stream()
                                .allMatch(
                                        end ->
                                                end instanceof Expression.Symbol(String name)
                                                        && name.matches("[A-Z]"));
        return isSegment ? of : new Expression.Call("overline", List.of(of));
    }

    /// `\frac{a}{b}`, and `\frac12` by TeX's rule of one digit.
    private Expression fraction() {
        Expression top = argument();
        Expression low = argument();
        if (top.equals(Differential.D)
                && low instanceof Expression.Product(List<Expression> factors)
                && factors.size() == 2
                && factors.getFirst().equals(Differential.D)
                && startsArgument(terms.peek())) {
            return new Expression.Call("diff", List.of(factors.getLast(), terms.product()));
        }
        if (top instanceof Expression.Numeral(Rational above, int aboveDigits, _)
                && low instanceof Expression.Numeral(Rational below, int belowDigits, _)
                && aboveDigits == 0
                && belowDigits == 0
                && below.signum() != 0) {
            return new Expression.Numeral(above.dividedBy(below));
        }
        return new Expression.Product(List.of(top, Expression.inverse(low)));
    }

    private Expression binomial() {
        if (terms.peek().is("(")) {
            return new Expression.Call("binom", bracketed());
        }
        Expression top = argument();
        return new Expression.Call("binom", List.of(top, argument()));
    }

    private Expression root() {
        Expression degree = Expression.number(2);
        if (terms.skipsIf("[")) {
            degree = terms.sum();
            terms.expect("]");
        }
        return root(argument(), degree);
    }

    private static Expression root(Expression radicand, Expression degree) {
        return new Expression.Call("root", List.of(radicand, degree));
    }

    /// What braces or brackets hold, or a single token: of a number its first digit, as TeX has it,
    /// unless it stands apart.
    private Expression argument() {
        Token token = terms.peek();
        if (token.kind() == Kind.NUMBER && token.text().matches("\\d{2,}") && !token.spaced()) {
            terms.splitNumber(1);
        }
        return terms.skipsIf("-") ? Expression.negative(alone()) : alone();
    }

    /// A primary; of numbers beside each other the first.
    private Expression alone() {
        return terms.peek().kind() == Kind.NUMBER
                ? Numbers.of(terms.next().text())
                : terms.primary();
    }

    /// `ln x`, `\log_2 8`; without a base it is told at evaluation which one is meant.
    private Expression logarithm() {
        Expression base = null;
        if (terms.skipsIf("_")) {
            Token token = terms.peek();
            if (token.kind() == Kind.NUMBER
                    && token.text().matches("\\d{2,}")
                    && !startsArgument(terms.peek(1))) {
                terms.splitNumber(1);
            }
            base = alone();
        }
        Expression exponent = exponent();
        Expression argument = applied();
        List<Expression> arguments = base == null ? List.of(argument) : List.of(argument, base);
        return raised(new Expression.Call("log", arguments), exponent);
    }

    private static boolean startsArgument(Token token) {
        return switch (token.kind()) {
            case NUMBER, LETTER, NAME -> true;
            case SIGN -> token.is("(") || token.is("{") || token.is("|");
            case WORD, END -> false;
        };
    }

    private Expression function(String name) {
        Expression exponent = exponent();
        boolean isInverse =
                exponent instanceof Expression.Numeral(Rational value, _, _)
                        && value.equals(Rational.of(-1))
                        && Set.of("sin", "cos", "tan", "sinh", "cosh", "tanh").contains(name);
        if (isInverse) {
            return new Expression.Call("a" + name, List.of(applied()));
        }
        return raised(new Expression.Call(name, List.of(applied())), exponent);
    }

    private static Expression raised(Expression call, Expression exponent) {
        boolean isPlain =
                exponent instanceof Expression.Numeral(Rational one, _, _)
                        && one.equals(Rational.ONE);
        return isPlain ? call : new Expression.Power(call, exponent);
    }

    /// The exponent between a function's name and its argument; 1 where there is none.
    private Expression exponent() {
        if (!terms.skipsIf("^")) {
            return Expression.number(1);
        }
        boolean isNegative = terms.skipsIf("-");
        Expression exponent = alone();
        return isNegative ? Expression.negative(exponent) : exponent;
    }

    /// The argument of a function: what brackets hold, else the factors up to the next function or
    /// sign.
    private Expression applied() {
        if (terms.peek().is("(") || terms.peek().is("{") || terms.peek().is("[")) {
            return terms.primary();
        }
        boolean isNegative = terms.skipsIf("-");
        List<Expression> factors = new ArrayList<>();
        factors.add(terms.factor());
        while (isMore(terms.peek()) && !bindings.endsHere()) {
            factors.add(terms.factor());
        }
        Expression argument = Expression.product(factors);
        return isNegative ? Expression.negative(argument) : argument;
    }

    private static boolean isMore(Token token) {
        return switch (token.kind()) {
            case NUMBER, LETTER -> true;
            case NAME -> Set.of("frac", "sqrt", "binom").contains(token.text());
            case WORD, SIGN, END -> false;
        };
    }

    private List<Expression> bracketed() {
        if (!terms.peek().is("(") && !terms.peek().is("{") && !terms.peek().is("\\{")) {
            return List.of(terms.factor());
        }
        Expression inside = terms.primary();
        return inside instanceof Expression.Tuple || inside instanceof Expression.SetOf
                ? inside.parts()
                : List.of(inside);
    }

    /// A function of an argument in brackets, where a letter usually names one.
    Expression application(String name) {
        String primed = name;
        while (terms.peek().is("'")) {
            terms.next();
            primed += "'";
        }
        primed += inverse();
        if (!terms.peek().is("(")) {
            return new Expression.Symbol(primed);
        }
        return new Expression.Call(primed, bracketed());
    }

    /// Passes the `^{-1}` of an inverse function, where an argument follows it.
    private String inverse() {
        int from = terms.mark();
        if (terms.skipsIf("^")) {
            boolean isBraced = terms.skipsIf("{");
            boolean isInverse = terms.skipsIf("-") && terms.next().text().equals("1");
            if (isInverse && (!isBraced || terms.skipsIf("}")) && terms.peek().is("(")) {
                return "⁻¹";
            }
        }
        terms.reset(from);
        return "";
    }

    /// `C(n, k)`; any other C is a letter.
    Expression combinations() {
        var letter = new Expression.Symbol("C");
        if (!terms.peek().is("(")) {
            return letter;
        }
        Expression inside = terms.primary();
        return inside instanceof Expression.Tuple(_, List<Expression> items, _) && items.size() == 2
                ? new Expression.Call("binom", items)
                : new Expression.Product(List.of(letter, inside));
    }

    private Expression numberSet(String name) {
        StringBuilder whole = new StringBuilder(name);
        while (terms.peek().is("^") || terms.peek().is("_")) {
            whole.append(terms.next().text()).append(raw());
        }
        return new Expression.NamedSet(whole.toString());
    }

    /// The text of a subscript: one token, or what braces hold.
    String raw() {
        if (!terms.skipsIf("{")) {
            return terms.next().text();
        }
        StringBuilder text = new StringBuilder();
        int depth = 0;
        while (!(terms.peek().is("}") && depth == 0)) {
            Token token = terms.next();
            if (token.kind() == Kind.END) {
                throw new SyntaxException("a subscript that nothing closes");
            }
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
            text.append(token.text());
        }
        terms.next();
        return text.toString();
    }
}
