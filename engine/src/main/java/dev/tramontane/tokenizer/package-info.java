/// Text to token ids and back.
///
/// Start with {@link dev.tramontane.tokenizer.Tokenizer}. Three kinds of vocabulary implement it:
/// {@link dev.tramontane.tokenizer.Tekken} and {@link dev.tramontane.tokenizer.ByteLevelBpe} cut
/// text into pieces first (`PreTokenizer`, `PieceAutomaton`) and put those together from bytes,
/// {@link dev.tramontane.tokenizer.SentencePiece} prepares it (`TextStep`, `Spacing`) and begins
/// with characters. Pairs are joined in one way, `PairMerger`, and a `Joining` says which;
/// `Unigram` looks for the best sum of scores instead. `GgufVocabulary` and `HuggingFaceTokenizer`
/// understand the files. While a model speaks, {@link dev.tramontane.tokenizer.Detokenizer} gives
/// its text.
package dev.tramontane.tokenizer;
