/// Text to token ids and back.
///
/// Start with {@link dev.tramontane.tokenizer.Tokenizer}. Three kinds of vocabulary implement it:
/// {@link dev.tramontane.tokenizer.Tekken} and {@link dev.tramontane.tokenizer.ByteLevelBpe} cut
/// text into pieces first (`PreTokenizer`, `PieceAutomaton`) and put those together from bytes,
/// {@link dev.tramontane.tokenizer.SentencePiece} begins with characters. All join pairs in one
/// way, `PairMerger`; a `Joining` says which. `HuggingFaceTokenizer` understands a
/// `tokenizer.json`. While a model speaks, {@link dev.tramontane.tokenizer.Detokenizer} gives its
/// text.
package dev.tramontane.tokenizer;
