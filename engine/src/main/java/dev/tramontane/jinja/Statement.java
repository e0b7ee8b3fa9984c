package dev.tramontane.jinja;

import java.util.List;
import java.util.Optional;

/// Something a template does.
sealed interface Statement {
    /// Where it stands in the template, from 1.
    int line();

    /// Text outside of tags.
    record Data(int line, Text text) implements Statement {}

    /// `{{ value }}`
    record Output(int line, Expression value) implements Statement {}

    /// `{% if %}` with its `elif`s; the first branch whose test is true.
    record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {}

    /// A test and what follows from it.
    record Branch(Expression test, List<Statement> body) {}

    /// `{% for target in items if filter %}`
    record For(
            int line,
            Target target,
            Expression items,
            Optional<Expression> filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    /// `{% set target = value %}`
    record Set(int line, Target target, Expression value) implements Statement {}

    /// `{% set target | filter %} … {% endset %}`
    record SetBlock(
            int line, Target target, Optional<Expression.Filter> filter, List<Statement> body)
            implements Statement {}

    /// `{% with a = 1 %} … {% endwith %}`
    record With(int line, List<Binding> bindings, List<Statement> body) implements Statement {}

    /// `target = value` of a `with`.
    record Binding(Target target, Expression value) {}

    record Macro(int line, String name, Signature signature, List<Statement> body)
            implements Statement {}

    /// `{% call(parameters) macro() %} … {% endcall %}`
    record CallBlock(int line, Signature signature, Expression.Call call, List<Statement> body)
            implements Statement {}

    record FilterBlock(int line, Expression.Filter filter, List<Statement> body)
            implements Statement {}

    /// `{% generation %} … {% endgeneration %}`: what the model wrote. It only has its own scope.
    record Generation(int line, List<Statement> body) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /// What a macro takes.
    ///
    /// @param uses which of `varargs`, `kwargs` and `caller` its body mentions
    record Signature(List<Parameter> parameters, java.util.Set<String> uses) {}

    /// A parameter, perhaps with a default.
    record Parameter(String name, Optional<Expression> otherwise) {}

    /// Where a value goes.
    sealed interface Target {
        record Variable(String name) implements Target {}

        /// `namespace.name`
        record Member(String namespace, String name) implements Target {}

        /// `a, b`
        record Unpacked(List<Target> targets) implements Target {}
    }
}
