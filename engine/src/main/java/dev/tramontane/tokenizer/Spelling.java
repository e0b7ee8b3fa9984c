package dev.tramontane.tokenizer;

/// How templates write a special token.
///
/// @param stripsBefore whether it takes the white space in front of it with it (`lstrip` in
///   `tokenizer.json`)
/// @param stripsAfter whether it takes the white space behind it (`rstrip`)
record Spelling(String text, int id, boolean stripsBefore, boolean stripsAfter) {}
