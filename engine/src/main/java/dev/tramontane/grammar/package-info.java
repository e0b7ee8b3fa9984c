/// Texts held to a form while they are generated, and checked against it afterwards: regular
/// expressions, lists of choices, grammars, and in {@link dev.tramontane.grammar.schema} JSON
/// schemas.
///
/// Each front end writes an {@link dev.tramontane.grammar.Expression} tree, which says what a text
/// may be.
package dev.tramontane.grammar;
