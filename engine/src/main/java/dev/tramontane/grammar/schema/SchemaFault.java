package dev.tramontane.grammar.schema;

/// Why a document is not valid against a schema.
///
/// @param at pointer of the value within the document, as a URI fragment
/// @param keyword pointer of the keyword that refuses it, within the schema
/// @param found the value's beginning
public record SchemaFault(String at, String keyword, String found) {
    /// One line: where, what was found, which keyword it breaks.
    public String message() {
        return "%s: found %s, which the schema's %s refuses".formatted(at, found, keyword);
    }
}
