package dev.tramontane.jinja;

import java.util.List;
import java.util.Optional;

/// Something with a value.
sealed interface Expression {
    /// Where it stands in the template, from 1.
    int line();

    record Literal(int line, Value value) implements Expression {}

    record ListLiteral(int line, List<Expression> items) implements Expression {}

    record TupleLiteral(int line, List<Expression> items) implements Expression {}

    record DictLiteral(int line, List<Pair> pairs) implements Expression {}

    /// A key and its value in a dict literal.
    record Pair(Expression key, Expression value) {}

    record Name(int line, String name) implements Expression {}

    /// `target.name`
    record Attribute(int line, Expression target, String name) implements Expression {}

    /// `target[index]`
    record Item(int line, Expression target, Expression index) implements Expression {}

    /// `start:stop:step` between brackets.
    record Slice(
            int line,
            Optional<Expression> start,
            Optional<Expression> stop,
            Optional<Expression> step)
            implements Expression {}

    record Call(int line, Expression target, CallArguments arguments) implements Expression {}

    /// `input|name(arguments)`; without input in a filter block.
    record Filter(int line, Optional<Expression> input, String name, CallArguments arguments)
            implements Expression {}

    /// `input is name(arguments)`
    record Test(int line, Expression input, String name, CallArguments arguments)
            implements Expression {}

    record Not(int line, Expression operand) implements Expression {}

    /// `-operand` or `+operand`
    record Sign(int line, boolean negative, Expression operand) implements Expression {}

    /// Arithmetic.
    record Binary(int line, Operator operator, Expression left, Expression right)
            implements Expression {}

    /// A chain such as `a < b < c`.
    record Comparison(int line, Expression first, List<Link> links) implements Expression {}

    /// One step of a chain.
    record Link(Relation relation, Expression operand) {}

    /// `left and right` or `left or right`: one of the operands.
    record Either(int line, boolean and, Expression left, Expression right) implements Expression {}

    /// `a ~ b ~ …`
    record Concatenation(int line, List<Expression> parts) implements Expression {}

    /// `then if test else otherwise`
    record Conditional(int line, Expression test, Expression then, Optional<Expression> otherwise)
            implements Expression {}

    /// The arguments of a call as they are written.
    ///
    /// @param rest `*rest`
    /// @param namedRest `**namedRest`
    record CallArguments(
            List<Expression> positional,
            List<Named> named,
            Optional<Expression> rest,
            Optional<Expression> namedRest) {
        static final CallArguments NONE =
                new CallArguments(List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    /// `name=value`
    record Named(String name, Expression value) {}

    /// Arithmetic's operators.
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        FLOOR_DIVIDE,
        MODULO,
        POWER
    }

    /// How two values can be compared.
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        NOT_IN
    }
}
