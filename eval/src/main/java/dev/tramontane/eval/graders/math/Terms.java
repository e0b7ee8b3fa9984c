package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads sums, products, powers and what they are made of, by recursive descent that goes no deeper
/// than {@link #DEEPEST}.
///
/// Quotients bind as products do, from the left: `1/2x` is half of x. A whole number before a
/// proper fraction is a mixed number. Words behind a number are units where they are known, else
/// nouns that say nothing.
final class Terms {
    static final int DEEPEST = 200;

    private static final Set<String> CURRENCIES = Set.of("$", "€", "£", "¥", "₹");
    private static final Set<String> LETTER_SIGNS = Set.of("(", "{", "⌊", "⌈", "∞", "⟨");
    private static final Map<String, Long> NUMBER_WORDS = NumberWords.VALUES;

    private final List<Token> tokens;
    private final Parser parser;
    private final Functions functions;
    private final Postfix postfix;
    private final Nouns nouns;
    private int at;
    private int depth;
    private int bars;
    private int sets;

    Terms(List<Token> tokens, Parser parser) {
        this.tokens = new ArrayList<>(tokens);
        this.parser = parser;
        this.functions = new Functions(this, parser);
        this.postfix = new Postfix(this);
        this.nouns = new Nouns(this, postfix);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    void expect(String sign) {
        if (!next().is(sign)) {
            throw new SyntaxException("no " + sign);
        }
    }

    boolean skipsIf(String sign) {
        boolean isThere = peek().is(sign);
        if (isThere) {
            at++;
        }
        return isThere;
    }

    /// Passes words that add nothing; says whether there were any.
    boolean skipsFillers() {
        int from = at;
        while (peek().kind() == Kind.WORD
                && !peek().text().equals("A")
                && Vocabulary.FILLERS.contains(peek().text().toLowerCase(Locale.ROOT))) {
            at++;
        }
        return at > from;
    }

    /// Terms with signs between.
    Expression sum() {
        descend();
        List<Expression> terms = new ArrayList<>();
        terms.add(signed(terms.isEmpty()));
        while (isSign(peek())) {
            terms.add(signed(false));
        }
        depth--;
        return Expression.sum(terms);
    }

    /// A place to come back to.
    int mark() {
        return at;
    }

    void reset(int mark) {
        at = mark;
    }

    void ascend() {
        depth--;
    }

    void descend() {
        if (++depth > DEEPEST) {
            throw new LimitException("nested more than " + DEEPEST + " deep");
        }
    }

    private static boolean isSign(Token token) {
        return token.is("+") || token.is("-") || token.is("±") || token.is("∓");
    }

    private Expression signed(boolean isFirst) {
        boolean isNegative = false;
        List<Expression> signs = new ArrayList<>();
        while (isSign(peek())) {
            switch (next().text()) {
                case "-" -> isNegative = !isNegative;
                case "±" -> signs.add(new Expression.Sign(true));
                case "∓" -> signs.add(new Expression.Sign(false));
                default -> {}
            }
        }
        if (isFirst) {
            skipsFillers();
            isNegative ^= skipsIf("-") || skipsMinus();
        }
        if (peek().is("…")) {
            next();
            return new Expression.Symbol("…");
        }
        Expression term = product();
        if (!signs.isEmpty()) {
            signs.add(term);
            term = Expression.product(signs);
        }
        return isNegative ? Expression.negative(term) : term;
    }

    /// A minus sign as a word.
    private boolean skipsMinus() {
        boolean isThere =
                peek().kind() == Kind.WORD
                        && peek().text()
                                .toLowerCase(Locale.ROOT)
                                .matches("negative|minus|moins|menos|meno");
        if (isThere) {
            at++;
        }
        return isThere;
    }

    /// Factors with `*`, `/` or nothing between.
    Expression product() {
        List<Expression> factors = new ArrayList<>();
        factors.add(factor());
        while (true) {
            Token token = peek();
            if (token.is("*") || token.is("/")) {
                next();
                Expression factor = signedFactor();
                factors.add(token.is("/") ? quotient(factors, factor) : factor);
            } else if (nouns.isCompound(factors)) { // 1 hour and 30 minutes
                next();
                factors.set(0, new Expression.Sum(List.of(Expression.product(factors), product())));
                factors.subList(1, factors.size()).clear();
            } else if (token.kind() == Kind.WORD) {
                if (!nouns.word(factors)) {
                    break;
                }
            } else if (token.is("%")) {
                next();
                Expression of = Expression.product(factors);
                factors.clear();
                factors.add(new Expression.Percent(of));
            } else if (token.kind() == Kind.NUMBER
                    && factors.getLast() instanceof Expression.Measure) {
                descend();
                Expression rest = product();
                depth--;
                return new Expression.Sum(List.of(Expression.product(factors), rest));
            } else if (startsFactor(token)) {
                Expression factor = factor();
                if (!isDomain(factor)) {
                    factors.add(factor);
                }
            } else {
                break;
            }
        }
        return Expression.product(factors);
    }

    /// `(k ∈ ℤ)` behind a term says what a letter may be.
    private static boolean isDomain(Expression factor) {
        return factor instanceof Expression.Relation(_, List<String> signs)
                && signs.equals(List.of("in"));
    }

    /// The factor that a division is; `5/6` of two numbers as written becomes one exact number.
    private static Expression quotient(List<Expression> factors, Expression divisor) {
        if (factors.size() == 1
                && factors.getFirst() instanceof Expression.Numeral(Rational top, int topDigits, _)
                && divisor instanceof Expression.Numeral(Rational low, int lowDigits, _)
                && topDigits == 0
                && lowDigits == 0
                && low.signum() != 0) {
            factors.clear();
            return new Expression.Numeral(top.dividedBy(low));
        }
        return Expression.inverse(divisor);
    }

    private Expression signedFactor() {
        boolean isNegative = false;
        while (peek().is("-") || peek().is("+")) {
            isNegative ^= next().is("-");
        }
        Expression factor =
                peek().kind() == Kind.WORD && Units.isUnit(peek().text())
                        ? postfix.behind(Nouns.measure(next().text(), 1))
                        : factor();
        return isNegative ? Expression.negative(factor) : factor;
    }

    private boolean startsFactor(Token token) {
        return switch (token.kind()) {
            case NUMBER, LETTER -> true;
            case NAME -> !token.text().startsWith("end:") && !token.text().equals("pmod");
            case WORD, END -> false;
            case SIGN ->
                    LETTER_SIGNS.contains(token.text()) && !isModulus()
                            || CURRENCIES.contains(token.text())
                            || token.is("|") && bars == 0 && sets == 0
                            || token.is("‖") && bars == 0;
        };
    }

    private boolean isModulus() {
        return peek().is("(") && (peek(1).is("mod") || peek(1).text().equals("mod"));
    }

    /// A primary with what is written behind it.
    Expression factor() {
        return postfix.behind(primary());
    }

    /// A number, a letter, a function, or what brackets hold.
    Expression primary() {
        descend();
        Expression primary = primary(next());
        depth--;
        return primary;
    }

    private Expression primary(Token token) {
        return switch (token.kind()) {
            case NUMBER -> number(token);
            case LETTER -> letter(token);
            case NAME -> functions.named(token.text());
            case WORD -> firstWord(token.text());
            case SIGN -> sign(token.text());
            case END -> throw new SyntaxException("an end");
        };
    }

    private Expression sign(String sign) {
        if (CURRENCIES.contains(sign)) {
            Expression amount = factor();
            return new Expression.Product(List.of(amount, Nouns.measure(sign, 1)));
        }
        return switch (sign) {
            case "∞" -> Expression.Constant.INFINITY;
            case "∅" -> new Expression.NamedSet("∅");
            case "|" -> isKet() ? ket() : bar("|", "abs");
            case "‖" -> bar("‖", "norm");
            case "\\{" -> {
                sets++;
                Expression set = parser.bracketed(sign);
                sets--;
                yield set;
            }
            default -> {
                int outerBars = bars;
                int outerSets = sets;
                bars = 0;
                sets = 0;
                Expression inside = parser.bracketed(sign);
                bars = outerBars;
                sets = outerSets;
                yield inside;
            }
        };
    }

    /// Whether a bar begins `|0⟩`, a state.
    private boolean isKet() {
        for (int ahead = 0; peek(ahead).kind() != Kind.END; ahead++) {
            if (peek(ahead).is("⟩")) {
                return ahead > 0;
            }
            if (peek(ahead).is("|") || peek(ahead).is("+") && ahead > 0) {
                return false;
            }
        }
        return false;
    }

    private Expression ket() {
        StringBuilder name = new StringBuilder("|");
        while (!peek().is("⟩")) {
            name.append(next().text());
        }
        return new Expression.Symbol(name + next().text());
    }

    private Expression bar(String sign, String function) {
        bars++;
        Expression inside = sum();
        bars--;
        expect(sign);
        return new Expression.Call(function, List.of(inside));
    }

    /// The condition of a set may hold bars again.
    void leaveSetHead() {
        sets--;
    }

    void enterSetHead() {
        sets++;
    }

    private Expression number(Token token) {
        String digits = token.text();
        if (peek().is("_")) {
            next();
            return new Expression.InBase(digits, base(functions.raw()));
        }
        Expression.Numeral number = Numbers.of(digits);
        boolean isWhole = number.significantDigits() == 0;
        if (isWhole && peek().isName("frac")) {
            int from = at;
            Expression fraction = factor();
            if (fraction instanceof Expression.Numeral(Rational part, int decimals, _)
                    && decimals == 0
                    && part.signum() > 0
                    && part.compareTo(Rational.ONE) < 0) {
                return new Expression.Numeral(number.value().plus(part));
            }
            at = from;
        }
        if (isWhole
                && peek().kind() == Kind.NUMBER
                && peek(1).is("/")
                && peek(2).kind() == Kind.NUMBER) {
            Expression.Numeral top = Numbers.of(next().text());
            next();
            Expression.Numeral low = Numbers.of(next().text());
            return new Expression.Numeral(number.value().plus(top.value().dividedBy(low.value())));
        }
        if (peek().kind() == Kind.NUMBER && peek().spaced()) {
            throw new SyntaxException("two numbers beside each other");
        }
        return number;
    }

    private static int base(String text) {
        if (text.matches("\\d{1,2}")) {
            return Integer.parseInt(text);
        }
        Long value = NUMBER_WORDS.get(text.toLowerCase(Locale.ROOT));
        if (value == null) {
            throw new SyntaxException("_" + text);
        }
        return value.intValue();
    }

    private Expression letter(Token token) {
        String name = token.text();
        if (peek().is("_")) {
            next();
            return new Expression.Symbol(name + "_" + functions.raw());
        }
        return switch (name) {
            case "pi", "π" -> Expression.Constant.PI;
            case "e" -> Expression.Constant.E;
            case "i" -> Expression.Constant.I;
            case "f", "g", "h", "F", "G" -> functions.application(name);
            case "zeta", "Gamma" ->
                    peek().is("(") ? functions.application(name) : new Expression.Symbol(name);
            case "C" -> functions.combinations();
            default -> new Expression.Symbol(name);
        };
    }

    private Expression firstWord(String word) {
        Optional<Expression> spelled = new SpelledNumber(this).from(word);
        if (spelled.isPresent()) {
            return spelled.get();
        }
        if (word.length() == 1 && Character.isLetter(word.charAt(0)) && word.charAt(0) < 0x80) {
            return letter(new Token(Kind.LETTER, word, false));
        }
        throw new SyntaxException(word);
    }

    /// Puts the digits that a function did not take back in front of what follows.
    void splitNumber(int taken) {
        Token token = peek();
        tokens.set(at, new Token(Kind.NUMBER, token.text().substring(0, taken), token.spaced()));
        tokens.add(at + 1, new Token(Kind.NUMBER, token.text().substring(taken), false));
    }
}
