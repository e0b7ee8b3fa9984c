/// Text to token ids and back. Start with {@link dev.tramontane.tokenizer.Tokenizer}.
package dev.tramontane.tokenizer;
