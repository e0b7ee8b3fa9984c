/// JSON schemas: read from a document, checked against values, and told as a grammar of the texts
/// that are valid. Start with {@link dev.tramontane.grammar.schema.JsonSchema}.
///
/// The way of a schema: `SchemaReader` makes constraints of keywords; `Alternatives` multiplies
/// them out; strings and numbers become `CharacterAutomaton`s, which can be intersected; arrays and
/// objects become networks (`JsonLayout`); `SchemaGrammar` puts it together. What a keyword means
/// `SchemaValidator` says.
package dev.tramontane.grammar.schema;
