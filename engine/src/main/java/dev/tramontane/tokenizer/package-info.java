/// Text to token ids and back.
///
/// Start with {@link dev.tramontane.tokenizer.Tokenizer}. Two kinds of vocabulary implement it:
/// {@link dev.tramontane.tokenizer.Tekken}, byte-level and cut into pieces first, and {@link
/// dev.tramontane.tokenizer.SentencePiece}. Both join pairs in one way, `PairMerger`, over one hash
/// table, `TokenTable`. While a model speaks, {@link dev.tramontane.tokenizer.Detokenizer} gives
/// its text.
package dev.tramontane.tokenizer;
