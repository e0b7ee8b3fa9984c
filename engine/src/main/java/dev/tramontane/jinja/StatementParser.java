package dev.tramontane.jinja;

import dev.tramontane.jinja.Statement.Signature;
import dev.tramontane.jinja.Statement.Target;
import dev.tramontane.jinja.Token.Kind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Statements: what stands between `{%` and `%}`, and the text around.
final class StatementParser {
    /// Blocks within blocks.
    private static final int DEEPEST_NESTING = 64;

    /// Names that a macro's body may use without declaring them.
    private static final Set<String> IMPLICIT = Set.of("varargs", "kwargs", "caller");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /// A parsed template.
    ///
    /// @param names every name it reads, its own variables included
    record Parsed(List<Statement> body, Set<String> names) {}

    static Parsed parse(String template) {
        var parser = new StatementParser(new TokenStream(Lexer.tokens(template)));
        List<Statement> body = parser.statements(Set.of());
        return new Parsed(body, Set.copyOf(parser.expressions.names()));
    }

    /// Statements up to a tag of one of these names, which is left standing behind its `{%`.
    private List<Statement> statements(Set<String> ends) {
        if (++depth > DEEPEST_NESTING) {
            throw TemplateException.syntax(
                    tokens.current().line(),
                    "blocks more than " + DEEPEST_NESTING + " deep",
                    "fewer");
        }
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Data(token.line(), Text.own(token.text())));
                case VARIABLE_BEGIN -> {
                    body.add(new Statement.Output(token.line(), expressions.tuple(true, "")));
                    tokens.expect(Kind.VARIABLE_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    Token name = tokens.current();
                    if (name.kind() == Kind.NAME && ends.contains(name.text())) {
                        depth--;
                        return List.copyOf(body);
                    }
                    statement(tokens.expect(Kind.NAME, "the name of a statement"), body);
                    tokens.expect(Kind.BLOCK_END, "'%}'");
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw TemplateException.syntax(
                                token.line(), token.shown(), "one of " + sorted(ends));
                    }
                    depth--;
                    return List.copyOf(body);
                }
                case VARIABLE_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
                        throw new IllegalStateException("the lexer let out " + token);
            }
        }
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    /// The rest of a block's first tag, and its body up to one of these.
    private List<Statement> body(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END, "'%}'");
        return statements(Set.of(ends));
    }

    /// A body whose end tag is read too.
    private List<Statement> bodyTo(String end) {
        List<Statement> body = body(end);
        tokens.next();
        return body;
    }

    private void statement(Token tag, List<Statement> out) {
        int line = tag.line();
        switch (tag.text()) {
            case "if" -> out.add(conditional(line));
            case "for" -> out.add(loop(line));
            case "set" -> out.add(set(line));
            case "macro" -> out.add(macro(line));
            case "call" -> out.add(callBlock(line));
            case "with" -> out.add(with(line));
            case "filter" -> {
                Expression.Filter filter = expressions.filterChain();
                out.add(new Statement.FilterBlock(line, filter, bodyTo("endfilter")));
            }
            case "generation" -> out.add(new Statement.Generation(line, bodyTo("endgeneration")));
            case "print" -> print(line, out);
            case "break" -> out.add(new Statement.Break(inLoop(tag)));
            case "continue" -> out.add(new Statement.Continue(inLoop(tag)));
            case "include", "import", "from", "extends", "block", "autoescape" ->
                    throw TemplateException.syntax(
                            line, tag.shown(), "a template that stands alone, without it");
            default -> throw TemplateException.syntax(line, tag.shown(), "a statement's name");
        }
    }

    private int inLoop(Token tag) {
        if (loops == 0) {
            throw TemplateException.syntax(tag.line(), tag.shown(), "a loop around it");
        }
        return tag.line();
    }

    private void print(int line, List<Statement> out) {
        while (tokens.current().kind() != Kind.BLOCK_END) {
            out.add(new Statement.Output(line, expressions.expression()));
            if (tokens.current().kind() != Kind.BLOCK_END) {
                tokens.expectOperator(",");
            }
        }
    }

    private Statement conditional(int line) {
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        while (true) {
            Expression test = expressions.tuple(false, "");
            branches.add(new Statement.Branch(test, body("elif", "else", "endif")));
            Token end = tokens.next();
            if (end.isName("else")) {
                otherwise = bodyTo("endif");
            }
            if (!end.isName("elif")) {
                return new Statement.If(line, List.copyOf(branches), otherwise);
            }
        }
    }

    private Statement loop(int line) {
        Target target = target("in", false);
        tokens.expectName("in");
        Expression items = expressions.tuple(false, "recursive");
        Optional<Expression> filter =
                tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = body("endfor", "else");
        loops--;
        boolean hasElse = tokens.next().isName("else");
        List<Statement> otherwise = hasElse ? bodyTo("endfor") : List.of();
        return new Statement.For(line, target, items, filter, recursive, body, otherwise);
    }

    private Statement set(int line) {
        Target target = target("", true);
        if (tokens.skipOperator("=")) {
            return new Statement.Set(line, target, expressions.tuple(true, ""));
        }
        Optional<Expression.Filter> filter =
                tokens.skipOperator("|")
                        ? Optional.of(expressions.filterChain())
                        : Optional.empty();
        return new Statement.SetBlock(line, target, filter, bodyTo("endset"));
    }

    /// What can be assigned to.
    ///
    /// @param end a word that ends the list
    private Target target(String end, boolean withNamespaces) {
        List<Target> targets = new ArrayList<>();
        boolean isTuple = false;
        while (!expressions.isTupleEnd(end)) {
            targets.add(singleTarget(withNamespaces));
            if (!tokens.skipOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected("a name");
        }
        return isTuple ? new Target.Unpacked(List.copyOf(targets)) : targets.getFirst();
    }

    private Target singleTarget(boolean withNamespaces) {
        if (tokens.skipOperator("(")) {
            Target inner = target("", withNamespaces);
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Kind.NAME, "a name");
        if (withNamespaces && tokens.skipOperator(".")) {
            expressions.names().add(name.text());
            String member = tokens.expect(Kind.NAME, "a name").text();
            return new Target.Member(name.text(), member);
        }
        return new Target.Variable(assignable(name));
    }

    private static String assignable(Token name) {
        return switch (name.text()) {
            case "true", "True", "false", "False", "none", "None" ->
                    throw TemplateException.syntax(name.line(), name.shown(), "a name");
            default -> name.text();
        };
    }

    private Statement with(int line) {
        List<Statement.Binding> bindings = new ArrayList<>();
        while (tokens.current().kind() != Kind.BLOCK_END) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = singleTarget(false);
            tokens.expectOperator("=");
            bindings.add(new Statement.Binding(target, expressions.expression()));
        }
        return new Statement.With(line, List.copyOf(bindings), bodyTo("endwith"));
    }

    private Statement macro(int line) {
        String name = assignable(tokens.expect(Kind.NAME, "the macro's name"));
        List<Statement.Parameter> parameters = parameters();
        Set<String> before = takeImplicit();
        List<Statement> body = outsideLoops("endmacro");
        return new Statement.Macro(line, name, signature(parameters, before), body);
    }

    private Statement callBlock(int line) {
        List<Statement.Parameter> parameters = tokens.isOperator("(") ? parameters() : List.of();
        Expression called = expressions.expression();
        if (!(called instanceof Expression.Call call)) {
            throw TemplateException.syntax(line, "a call block without a call", "a macro's call");
        }
        Set<String> before = takeImplicit();
        List<Statement> body = outsideLoops("endcall");
        return new Statement.CallBlock(line, signature(parameters, before), call, body);
    }

    /// A body of its own function: a loop around it cannot be left from inside.
    private List<Statement> outsideLoops(String end) {
        int around = loops;
        loops = 0;
        List<Statement> body = bodyTo(end);
        loops = around;
        return body;
    }

    /// The implicit names that were read so far, taken out so that a body's own can be told.
    private Set<String> takeImplicit() {
        Set<String> read = new HashSet<>(IMPLICIT);
        read.retainAll(expressions.names());
        expressions.names().removeAll(IMPLICIT);
        return read;
    }

    private Signature signature(List<Statement.Parameter> parameters, Set<String> before) {
        Set<String> uses = new HashSet<>(IMPLICIT);
        uses.retainAll(expressions.names());
        parameters.forEach(parameter -> uses.remove(parameter.name()));
        expressions.names().addAll(before);
        return new Signature(parameters, Set.copyOf(uses));
    }

    private List<Statement.Parameter> parameters() {
        List<Statement.Parameter> parameters = new ArrayList<>();
        tokens.expectOperator("(");
        boolean defaults = false;
        while (!tokens.isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token name = tokens.expect(Kind.NAME, "a parameter");
            Optional<Expression> otherwise = Optional.empty();
            if (tokens.skipOperator("=")) {
                otherwise = Optional.of(expressions.expression());
                defaults = true;
            } else if (defaults) {
                throw TemplateException.syntax(
                        name.line(), name.shown() + " without a default", "one, as before it");
            }
            parameters.add(new Statement.Parameter(assignable(name), otherwise));
        }
        tokens.next();
        return List.copyOf(parameters);
    }
}
