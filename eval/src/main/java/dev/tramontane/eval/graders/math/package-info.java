/// Mathematical answers: LaTeX or plain text read into expressions, and whether two of them mean
/// the same.
///
/// `MathComparison` is the door. Text goes through `Lexer` and `Parser` to an `Expression`;
/// `Equivalence` compares two of them by kind (values, sets, tuples, intervals, matrices,
/// equations, words), values by `ValueComparison`: exactly where both are rational, else by
/// `Evaluation` in balls (a centre and a radius that holds the true value) at points drawn from a
/// fixed seed. Every step is counted against a `Budget`, so the time is bounded whatever the text.
package dev.tramontane.eval.graders.math;
