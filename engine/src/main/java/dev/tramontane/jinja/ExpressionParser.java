package dev.tramontane.jinja;

import dev.tramontane.jinja.Expression.CallArguments;
import dev.tramontane.jinja.Expression.Operator;
import dev.tramontane.jinja.Expression.Relation;
import dev.tramontane.jinja.Token.Kind;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Expressions, with Jinja's precedence: `if`–`else`, `or`, `and`, `not`, comparisons, `+ -`, `~`,
/// `* / // %`, `**`, signs, then what is written behind a value.
final class ExpressionParser {
    /// Brackets within brackets.
    private static final int DEEPEST_NESTING = 64;

    private static final Map<String, Relation> RELATIONS =
            Map.of(
                    "==", Relation.EQUAL,
                    "!=", Relation.NOT_EQUAL,
                    "<", Relation.LESS,
                    "<=", Relation.LESS_OR_EQUAL,
                    ">", Relation.GREATER,
                    ">=", Relation.GREATER_OR_EQUAL);

    private final TokenStream tokens;
    private final Set<String> names = new HashSet<>();
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /// Every name that was read so far, wherever it comes from.
    Set<String> names() {
        return names;
    }

    private int line() {
        return tokens.current().line();
    }

    private void enter() {
        if (++depth > DEEPEST_NESTING) {
            throw TemplateException.syntax(
                    line(), "expressions more than " + DEEPEST_NESTING + " deep", "simpler ones");
        }
    }

    /// An expression.
    Expression expression() {
        enter();
        int line = line();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Optional<Expression> otherwise =
                    tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expression.Conditional(line, test, value, otherwise);
        }
        depth--;
        return value;
    }

    /// An expression, or several with commas between them: a tuple.
    ///
    /// @param conditional whether `if` belongs to the expression
    /// @param end a word that ends the list
    Expression tuple(boolean conditional, String end) {
        return tuple(conditional, end, false);
    }

    private Expression tuple(boolean conditional, String end, boolean mayBeEmpty) {
        int line = line();
        List<Expression> items = new ArrayList<>();
        boolean isTuple = false;
        while (!isTupleEnd(end)) {
            items.add(conditional ? expression() : or());
            if (!tokens.isOperator(",")) {
                break;
            }
            tokens.next();
            isTuple = true;
        }
        if (isTuple || (items.isEmpty() && mayBeEmpty)) {
            return new Expression.TupleLiteral(line, List.copyOf(items));
        }
        if (items.isEmpty()) {
            throw tokens.unexpected("an expression");
        }
        return items.getFirst();
    }

    boolean isTupleEnd(String end) {
        Kind kind = tokens.current().kind();
        return kind == Kind.VARIABLE_END
                || kind == Kind.BLOCK_END
                || tokens.isOperator(")")
                || (!end.isEmpty() && tokens.isName(end));
    }

    private Expression or() {
        int line = line();
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Either(line, false, left, and());
        }
        return left;
    }

    private Expression and() {
        int line = line();
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Expression.Either(line, true, left, not());
        }
        return left;
    }

    private Expression not() {
        int line = line();
        if (!tokens.skipName("not")) {
            return comparison();
        }
        enter();
        Expression operand = not();
        depth--;
        return new Expression.Not(line, operand);
    }

    private Expression comparison() {
        int line = line();
        Expression first = sum();
        List<Expression.Link> links = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            Relation relation = token.kind() == Kind.OPERATOR ? RELATIONS.get(token.text()) : null;
            if (relation != null) {
                tokens.next();
            } else if (tokens.skipName("in")) {
                relation = Relation.IN;
            } else if (token.isName("not") && tokens.ahead().isName("in")) {
                tokens.next();
                tokens.next();
                relation = Relation.NOT_IN;
            } else {
                break;
            }
            links.add(new Expression.Link(relation, sum()));
        }
        return links.isEmpty() ? first : new Expression.Comparison(line, first, List.copyOf(links));
    }

    private Expression sum() {
        int line = line();
        Expression left = concatenation();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            boolean add = tokens.next().isOperator("+");
            Operator operator = add ? Operator.ADD : Operator.SUBTRACT;
            left = new Expression.Binary(line, operator, left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        int line = line();
        List<Expression> parts = new ArrayList<>();
        parts.add(product());
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1
                ? parts.getFirst()
                : new Expression.Concatenation(line, List.copyOf(parts));
    }

    private Expression product() {
        int line = line();
        Expression left = power();
        while (true) {
            Operator operator;
            if (tokens.skipOperator("*")) {
                operator = Operator.MULTIPLY;
            } else if (tokens.skipOperator("/")) {
                operator = Operator.DIVIDE;
            } else if (tokens.skipOperator("//")) {
                operator = Operator.FLOOR_DIVIDE;
            } else if (tokens.skipOperator("%")) {
                operator = Operator.MODULO;
            } else {
                return left;
            }
            left = new Expression.Binary(line, operator, left, power());
        }
    }

    /// Binds to the left, as in Jinja and not as in Python.
    private Expression power() {
        int line = line();
        Expression left = unary(true);
        while (tokens.skipOperator("**")) {
            left = new Expression.Binary(line, Operator.POWER, left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilter) {
        int line = line();
        Expression value;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            enter();
            boolean negative = tokens.next().isOperator("-");
            value = new Expression.Sign(line, negative, unary(false));
            depth--;
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilter ? filters(value) : value;
    }

    /// A name, a literal, or something in brackets.
    Expression primary() {
        Token token = tokens.current();
        int line = token.line();
        return switch (token.kind()) {
            case NAME -> {
                tokens.next();
                yield named(token);
            }
            case STRING -> {
                var text = new StringBuilder();
                while (tokens.current().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Literal(line, Value.own(text.toString()));
            }
            case INTEGER -> {
                tokens.next();
                yield new Expression.Literal(line, Value.of(integer(token)));
            }
            case FLOAT -> {
                tokens.next();
                yield new Expression.Literal(line, Value.of(Double.parseDouble(token.text())));
            }
            case OPERATOR -> bracketed(token);
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END ->
                    throw tokens.unexpected("an expression");
        };
    }

    private Expression named(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Literal(token.line(), Value.TRUE);
            case "false", "False" -> new Expression.Literal(token.line(), Value.FALSE);
            case "none", "None" -> new Expression.Literal(token.line(), Value.NONE);
            default -> {
                names.add(token.text());
                yield new Expression.Name(token.line(), token.text());
            }
        };
    }

    private static BigInteger integer(Token token) {
        String text = token.text();
        if (text.length() > Numbers.LONGEST_INTEGER) {
            throw TemplateException.syntax(
                    token.line(),
                    "an integer of " + text.length() + " digits",
                    Numbers.LONGEST_INTEGER + " at most");
        }
        int radix =
                text.length() < 2
                        ? 10
                        : switch (text.charAt(1)) {
                            case 'x', 'X' -> 16;
                            case 'o', 'O' -> 8;
                            case 'b', 'B' -> 2;
                            default -> 10;
                        };
        return new BigInteger(radix == 10 ? text : text.substring(2), radix);
    }

    private Expression bracketed(Token token) {
        int line = token.line();
        return switch (token.text()) {
            case "(" -> {
                tokens.next();
                Expression inside = tuple(true, "", true);
                tokens.expectOperator(")");
                yield inside;
            }
            case "[" -> {
                tokens.next();
                List<Expression> items = new ArrayList<>();
                while (!tokens.skipOperator("]")) {
                    items.add(expression());
                    endItem("]");
                }
                yield new Expression.ListLiteral(line, List.copyOf(items));
            }
            case "{" -> {
                tokens.next();
                List<Expression.Pair> pairs = new ArrayList<>();
                while (!tokens.skipOperator("}")) {
                    Expression key = expression();
                    tokens.expectOperator(":");
                    pairs.add(new Expression.Pair(key, expression()));
                    endItem("}");
                }
                yield new Expression.DictLiteral(line, List.copyOf(pairs));
            }
            default -> throw tokens.unexpected("an expression");
        };
    }

    /// A comma, or the end that follows.
    private void endItem(String end) {
        if (!tokens.isOperator(end)) {
            tokens.expectOperator(",");
        }
    }

    private Expression postfix(Expression target) {
        Expression value = target;
        while (true) {
            int line = line();
            if (tokens.skipOperator(".")) {
                value = member(line, value);
            } else if (tokens.skipOperator("[")) {
                value = new Expression.Item(line, value, subscript());
            } else if (tokens.isOperator("(")) {
                value = new Expression.Call(line, value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression member(int line, Expression target) {
        Token name = tokens.next();
        return switch (name.kind()) {
            case NAME -> new Expression.Attribute(line, target, name.text());
            case INTEGER ->
                    new Expression.Item(
                            line,
                            target,
                            new Expression.Literal(name.line(), Value.of(integer(name))));
            case DATA,
                    VARIABLE_BEGIN,
                    VARIABLE_END,
                    BLOCK_BEGIN,
                    BLOCK_END,
                    STRING,
                    FLOAT,
                    OPERATOR,
                    END ->
                    throw TemplateException.syntax(name.line(), name.shown(), "a name or a number");
        };
    }

    private Expression subscript() {
        int line = line();
        List<Expression> parts = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            parts.add(slice());
            endItem("]");
        }
        if (parts.isEmpty()) {
            throw TemplateException.syntax(line, "'[]'", "an index between the brackets");
        }
        return parts.size() == 1
                ? parts.getFirst()
                : new Expression.TupleLiteral(line, List.copyOf(parts));
    }

    private Expression slice() {
        int line = line();
        Optional<Expression> start = sliceEnd();
        if (!tokens.skipOperator(":")) {
            return start.orElseThrow(() -> tokens.unexpected("an index"));
        }
        Optional<Expression> stop = sliceEnd();
        Optional<Expression> step = tokens.skipOperator(":") ? sliceEnd() : Optional.empty();
        return new Expression.Slice(line, start, stop, step);
    }

    private Optional<Expression> sliceEnd() {
        boolean absent = tokens.isOperator(":") || tokens.isOperator("]") || tokens.isOperator(",");
        return absent ? Optional.empty() : Optional.of(expression());
    }

    /// Filters, tests and calls behind a value.
    private Expression filters(Expression input) {
        Expression value = input;
        while (true) {
            if (tokens.isOperator("|")) {
                tokens.next();
                value = filter(Optional.of(value));
            } else if (tokens.isName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                value = new Expression.Call(line(), value, arguments());
            } else {
                return value;
            }
        }
    }

    /// The filter whose name stands here, and those behind it.
    Expression.Filter filterChain() {
        Expression.Filter filter = filter(Optional.empty());
        while (tokens.skipOperator("|")) {
            filter = filter(Optional.of(filter));
        }
        return filter;
    }

    private Expression.Filter filter(Optional<Expression> input) {
        int line = line();
        String name = dottedName();
        CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
        return new Expression.Filter(line, input, name, arguments);
    }

    private String dottedName() {
        var name = new StringBuilder(tokens.expect(Kind.NAME, "a name").text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, "a name").text());
        }
        return name.toString();
    }

    private Expression test(Expression input) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        CallArguments arguments = CallArguments.NONE;
        if (tokens.isOperator("(")) {
            arguments = arguments();
        } else if (beginsOperand()) {
            if (tokens.isName("is")) {
                throw tokens.unexpected("an operator; two tests cannot stand in a row");
            }
            arguments =
                    new CallArguments(
                            List.of(postfix(primary())),
                            List.of(),
                            Optional.empty(),
                            Optional.empty());
        }
        Expression test = new Expression.Test(line, input, name, arguments);
        return negated ? new Expression.Not(line, test) : test;
    }

    private boolean beginsOperand() {
        return switch (tokens.current().kind()) {
            case NAME -> !tokens.isName("else") && !tokens.isName("or") && !tokens.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }

    /// `(a, b, name=c, *rest, **named)`
    CallArguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Expression.Named> named = new ArrayList<>();
        Optional<Expression> rest = Optional.empty();
        Optional<Expression> namedRest = Optional.empty();
        while (!tokens.skipOperator(")")) {
            if (rest.isEmpty() && namedRest.isEmpty() && tokens.skipOperator("*")) {
                rest = Optional.of(expression());
            } else if (namedRest.isEmpty() && tokens.skipOperator("**")) {
                namedRest = Optional.of(expression());
            } else if (namedRest.isEmpty()
                    && tokens.current().kind() == Kind.NAME
                    && tokens.ahead().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Named(name, expression()));
            } else if (named.isEmpty() && rest.isEmpty() && namedRest.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.unexpected("no positional argument behind a named one");
            }
            endItem(")");
        }
        return new CallArguments(List.copyOf(positional), List.copyOf(named), rest, namedRest);
    }
}
