package dev.tramontane.grammar;

/// How a model sets its thinking apart from an answer under a grammar: the mask lets it think, and
/// the grammar holds for what follows.
///
/// @param openToken the token that opens the thinking, −1 where none does or it must not be opened
/// @param openText the text that opens it at the answer's start, empty where none does
/// @param closeText the text that closes it, empty where a token does
/// @param trims whether the reader of the answer takes away white space before it; then up to eight
///   characters may come
public record ThinkingMarks(int openToken, String openText, String closeText, boolean trims) {
    /// No thinking is opened, and the answer begins at once.
    public static final ThinkingMarks NONE = new ThinkingMarks(-1, "", "", false);
}
