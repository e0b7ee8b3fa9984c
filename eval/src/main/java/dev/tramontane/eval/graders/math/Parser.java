package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Reads a whole answer: answers beside each other, relations, unions of intervals, ratios, words.
/// What stands between these is {@link Terms}' business.
final class Parser {
    private static final Set<String> RELATIONS =
            Set.of("=", "<", ">", "<=", ">=", "!=", "~", "==", "in", "→");
    private static final Set<String> DOMAINS = Set.of("R", "Z", "N", "Q", "C");

    private static final Set<String> CONDITIONS =
            Set.of("if", "for", "when", "where", "si", "wenn", "für", "pour", "se", "если", "при");

    private final Terms terms;

    private Parser(List<Token> tokens) {
        this.terms = new Terms(tokens, this);
    }

    /// @throws SyntaxException where the text is no mathematics
    /// @throws LimitException where it is too long or too deep
    static Expression parse(String text, Lexer.Commas commas) {
        List<Token> tokens = Lexer.tokens(text, commas);
        if (tokens.size() == 1) {
            throw new SyntaxException("nothing");
        }
        var parser = new Parser(tokens);
        Expression whole = parser.answers(Set.of());
        if (parser.terms.peek().kind() != Kind.END) {
            throw new SyntaxException(parser.terms.peek().text());
        }
        return whole;
    }

    /// One or more answers, to the end or one of these closing signs.
    Expression answers(Set<String> closing) {
        List<Expression> items = new ArrayList<>();
        while (true) {
            while (isSeparator(terms.peek())) {
                terms.next();
            }
            if (isEnd(closing)) {
                break;
            }
            items.add(answer(closing));
            if (!isSeparator(terms.peek())) {
                break;
            }
        }
        List<Expression> told = items.size() > 1 ? withoutDomains(items) : items;
        if (told.isEmpty()) {
            throw new SyntaxException("nothing between separators");
        }
        return told.size() == 1 ? told.getFirst() : new Expression.Many(List.copyOf(told));
    }

    private boolean isEnd(Set<String> closing) {
        Token token = terms.peek();
        return token.kind() == Kind.END
                || token.kind() == Kind.SIGN && closing.contains(token.text());
    }

    static boolean isSeparator(Token token) {
        return switch (token.kind()) {
            case SIGN -> Set.of(",", ";", "or", "、").contains(token.text());
            case WORD -> Vocabulary.SEPARATORS.containsKey(token.text().toLowerCase(Locale.ROOT));
            case NUMBER, LETTER, NAME, END -> false;
        };
    }

    /// Leaves `k ∈ ℤ` out beside another answer: it says what a letter may be.
    private static List<Expression> withoutDomains(List<Expression> items) {
        List<Expression> told =
                items.stream()
                        .filter(
                                item ->
                                        !(item instanceof Expression.Relation(var sides, var signs)
                                                && signs.equals(List.of("in"))
                                                && sides.getFirst() instanceof Expression.Symbol
                                                && sides.getLast()
                                                        instanceof Expression.NamedSet(String name)
                                                && DOMAINS.contains(name.substring(0, 1))))
                        .toList();
        return told.isEmpty() ? items : told;
    }

    /// `side`, or sides with relations between.
    private Expression answer(Set<String> closing) {
        if (terms.peek().kind() == Kind.WORD && terms.skipsFillers() && isEnd(closing)) {
            throw new SyntaxException("words alone");
        }
        if (terms.peek().is("~") || terms.peek().is("=")) {
            terms.next();
        }
        List<Expression> sides = new ArrayList<>();
        List<String> signs = new ArrayList<>();
        sides.add(union());
        while (terms.peek().kind() == Kind.SIGN) {
            String sign = terms.peek().text();
            if (sign.equals("not")) {
                terms.next();
                sign = terms.peek().is("=") ? "!=" : terms.peek().is("in") ? "notin" : "";
                if (sign.isEmpty()) {
                    throw new SyntaxException("\\not");
                }
            } else if (!RELATIONS.contains(sign)) {
                break;
            }
            terms.next();
            signs.add(sign);
            sides.add(union());
        }
        Expression whole =
                signs.isEmpty()
                        ? sides.getFirst()
                        : new Expression.Relation(List.copyOf(sides), List.copyOf(signs));
        return modulus(whole);
    }

    /// `… (mod 7)` or `… \pmod 7` behind what was read.
    private Expression modulus(Expression whole) {
        boolean isBracketed =
                terms.peek().is("(")
                        && (terms.peek(1).isName("mod")
                                || terms.peek(1).is("mod")
                                || isWord(1, "mod"));
        if (!isBracketed
                && !terms.peek().isName("pmod")
                && !terms.peek().is("mod")
                && !isWord(0, "mod")) {
            return whole;
        }
        if (isBracketed) {
            terms.next();
        }
        terms.next();
        Expression modulus = terms.sum();
        if (isBracketed) {
            terms.expect(")");
        }
        Expression value =
                whole instanceof Expression.Relation(var sides, _) ? sides.getLast() : whole;
        return new Expression.Congruence(value, modulus);
    }

    private boolean isWord(int ahead, String word) {
        Token token = terms.peek(ahead);
        return token.kind() == Kind.WORD && token.text().equals(word);
    }

    /// Sums with `∪`, `∩`, `\` or `:` between, from the left.
    private Expression union() {
        Expression whole = difference(terms.sum());
        while (terms.peek().is("∪") || terms.peek().is("∩") || terms.peek().is("\\")) {
            String sign = terms.next().text();
            Expression part = terms.sum();
            whole =
                    switch (sign) {
                        case "∪" -> joined(whole, part);
                        case "∩" -> new Expression.Intersection(List.of(whole, part));
                        default -> new Expression.Without(whole, part);
                    };
        }
        return isRatio() ? ratio(whole) : whole;
    }

    private static Expression joined(Expression whole, Expression part) {
        List<Expression> parts =
                new ArrayList<>(
                        whole instanceof Expression.Union(List<Expression> before)
                                ? before
                                : List.of(whole));
        parts.add(part);
        return new Expression.Union(List.copyOf(parts));
    }

    /// `2 : 3` and `2 to 3`.
    private boolean isRatio() {
        return terms.peek().is(":") || isWord(0, "to") && terms.peek(1).kind() == Kind.NUMBER;
    }

    /// `ℝ - {0}` is a difference of sets.
    private static Expression difference(Expression sum) {
        return sum instanceof Expression.Sum(List<Expression> terms)
                        && terms.size() == 2
                        && terms.getFirst() instanceof Expression.NamedSet
                        && terms.getLast() instanceof Expression.Product(List<Expression> factors)
                        && factors.getFirst().equals(Expression.number(-1))
                ? new Expression.Without(terms.getFirst(), factors.getLast())
                : sum;
    }

    private Expression ratio(Expression first) {
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (isRatio()) {
            terms.next();
            parts.add(terms.sum());
        }
        return new Expression.Ratio(List.copyOf(parts));
    }

    /// What stands between brackets: one expression, or several as a tuple or a set.
    Expression bracketed(String open) {
        Map<String, Set<String>> ends =
                Map.of(
                        "(", Set.of(")", "]"),
                        "[", Set.of("]", ")", "["),
                        "]", Set.of("[", "]"),
                        "⟨", Set.of("⟩"),
                        "\\{", Set.of("\\}"),
                        "{", Set.of("}"),
                        "⌊", Set.of("⌋"),
                        "⌈", Set.of("⌉"));
        Set<String> closing = ends.get(open);
        if (closing == null) {
            throw new SyntaxException(open);
        }
        if (closesAtOnce(closing)) {
            terms.next();
            return new Expression.NamedSet("∅");
        }
        List<Expression> items = new ArrayList<>();
        items.add(answer(closing));
        if (terms.skipsIf("OVER")) {
            items.set(
                    0,
                    new Expression.Product(
                            List.of(items.getFirst(), Expression.inverse(terms.sum()))));
        } else if (terms.skipsIf("CHOOSE")) {
            items.set(0, new Expression.Call("binom", List.of(items.getFirst(), terms.sum())));
        }
        if (open.equals("\\{") && terms.peek().is("|")) {
            return builder(items.getFirst());
        }
        while (isSeparator(terms.peek())) {
            terms.next();
            if (!closesAtOnce(closing)) {
                items.add(answer(closing));
            }
        }
        if (!isEnd(closing) || terms.peek().kind() == Kind.END) {
            throw new SyntaxException("a bracket that nothing closes");
        }
        String close = terms.next().text();
        return closed(open, items, close);
    }

    /// Whether nothing stands before the closing bracket; an opening one that may close (`[1, 2[`)
    /// does not here.
    private boolean closesAtOnce(Set<String> closing) {
        return isEnd(closing) && terms.peek().kind() != Kind.END && !terms.peek().is("[");
    }

    private static Expression closed(String open, List<Expression> items, String close) {
        List<Expression> all = List.copyOf(items);
        return switch (open) {
            case "\\{" -> setOrBuilder(all);
            case "{" -> all.size() == 1 ? all.getFirst() : new Expression.SetOf(all);
            case "⌊" -> new Expression.Call("floor", all);
            case "⌈" -> new Expression.Call("ceil", all);
            default ->
                    all.size() == 1 && !open.equals("⟨")
                            ? all.getFirst()
                            : new Expression.Tuple(open.charAt(0), all, close.charAt(0));
        };
    }

    /// `{x : x > 3}` parses as a relation one side of which is a ratio; what it means stands behind
    /// the colon.
    private static Expression setOrBuilder(List<Expression> items) {
        if (items.getFirst()
                instanceof Expression.Relation(List<Expression> sides, List<String> signs)) {
            for (int i = 0; i < sides.size(); i++) {
                if (sides.get(i) instanceof Expression.Ratio(List<Expression> parts)
                        && parts.size() == 2) {
                    List<Expression> rest = new ArrayList<>(sides.subList(i, sides.size()));
                    rest.set(0, parts.getLast());
                    return rest.size() == 1
                            ? new Expression.SetOf(items)
                            : new Expression.Relation(
                                    List.copyOf(rest), List.copyOf(signs.subList(i, signs.size())));
                }
            }
        }
        return new Expression.SetOf(items);
    }

    /// Behind the bar of `{x | x > 3}`.
    private Expression builder(Expression variable) {
        terms.next();
        terms.leaveSetHead();
        Expression condition = answers(Set.of("\\}"));
        terms.enterSetHead();
        terms.expect("\\}");
        return condition instanceof Expression.Relation || condition instanceof Expression.Many
                ? condition
                : new Expression.Call("set", List.of(variable, condition));
    }

    /// The rows of a matrix or of cases, up to their end.
    Expression environment(String kind) {
        List<List<Expression>> rows = new ArrayList<>();
        List<Expression> row = new ArrayList<>();
        while (!terms.peek().isName("end:" + kind)) {
            if (terms.peek().kind() == Kind.END) {
                throw new SyntaxException("an environment that nothing ends");
            }
            if (terms.peek().is("&")) {
                terms.next();
            } else if (terms.peek().is("\\\\")) {
                terms.next();
                if (!row.isEmpty()) {
                    rows.add(List.copyOf(row));
                    row.clear();
                }
            } else if (!(kind.equals("cases") && isConditionWord())) {
                row.add(answers(Set.of("&", "\\\\")));
            }
        }
        terms.next();
        if (!row.isEmpty()) {
            rows.add(List.copyOf(row));
        }
        if (rows.isEmpty()) {
            throw new SyntaxException("an empty matrix");
        }
        return switch (kind) {
            case "pmatrix", "bmatrix", "matrix", "Bmatrix", "array", "smallmatrix" ->
                    new Expression.Matrix(List.copyOf(rows));
            case "vmatrix" ->
                    new Expression.Call("det", List.of(new Expression.Matrix(List.copyOf(rows))));
            case "cases" ->
                    new Expression.SetOf(
                            rows.stream()
                                    .<Expression>map(cells -> new Expression.Tuple('(', cells, ')'))
                                    .toList());
            default ->
                    new Expression.Many(
                            rows.stream()
                                    .map(
                                            cells ->
                                                    cells.size() == 1
                                                            ? cells.getFirst()
                                                            : joined(cells))
                                    .toList());
        };
    }

    /// Passes a word in front of a piece's condition.
    private boolean isConditionWord() {
        boolean isThere =
                terms.peek().kind() == Kind.WORD
                        && CONDITIONS.contains(terms.peek().text().toLowerCase(Locale.ROOT));
        if (isThere || terms.peek().is(",")) {
            terms.next();
            return true;
        }
        return false;
    }

    /// A line of `aligned`: its cells hold the two sides of a relation, or a whole one.
    private static Expression joined(List<Expression> cells) {
        return new Expression.Tuple('(', List.copyOf(cells), ')');
    }
}
