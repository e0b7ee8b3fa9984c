package dev.tramontane.jinja;

import dev.tramontane.jinja.Token.Kind;

import java.util.List;

/// Tokens, read from the front.
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    /// The token after the current one.
    Token ahead() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /// The current token, which is passed over.
    Token next() {
        Token token = current();
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean isOperator(String spelling) {
        return current().isOperator(spelling);
    }

    boolean isName(String spelling) {
        return current().isName(spelling);
    }

    /// Passes over an operator if it stands here.
    boolean skipOperator(String spelling) {
        boolean here = isOperator(spelling);
        if (here) {
            at++;
        }
        return here;
    }

    /// Passes over a word if it stands here.
    boolean skipName(String spelling) {
        boolean here = isName(spelling);
        if (here) {
            at++;
        }
        return here;
    }

    void expectOperator(String spelling) {
        if (!skipOperator(spelling)) {
            throw unexpected("'" + spelling + "'");
        }
    }

    void expectName(String spelling) {
        if (!skipName(spelling)) {
            throw unexpected("'" + spelling + "'");
        }
    }

    Token expect(Kind kind, String expected) {
        if (current().kind() != kind) {
            throw unexpected(expected);
        }
        return next();
    }

    TemplateException unexpected(String expected) {
        return TemplateException.syntax(current().line(), current().shown(), expected);
    }
}
