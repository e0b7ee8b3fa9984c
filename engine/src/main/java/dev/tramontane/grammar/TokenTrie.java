package dev.tramontane.grammar;

import dev.tramontane.tokenizer.Tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// A vocabulary by the bytes of its tokens, for masks. Immutable; made once for a model.
///
/// Marks of the format, and tokens whose spelling templates use as one, are not in it: a text under
/// a grammar is made of ordinary tokens.
public final class TokenTrie {
    private final ByteTrie trie;
    private final byte[][] tokens;
    private final BitSet ends;
    private final BitSet singleBytes;

    private TokenTrie(byte[][] tokens, BitSet ends) {
        this.tokens = tokens;
        this.ends = ends;
        this.singleBytes = new BitSet(256);
        List<ByteTrie.Entry> entries = new ArrayList<>(tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id].length > 0) {
                entries.add(new ByteTrie.Entry(tokens[id], id));
            }
            if (tokens[id].length == 1) {
                singleBytes.set(tokens[id][0] & 0xFF);
            }
        }
        this.trie = new ByteTrie(entries);
    }

    /// The tokens of a vocabulary.
    public static TokenTrie of(Tokenizer tokenizer) {
        byte[][] tokens = new byte[tokenizer.vocab()][];
        for (int id = 0; id < tokens.length; id++) {
            tokens[id] = isText(tokenizer, id) ? tokenizer.bytesOf(id) : new byte[0];
        }
        var ends = new BitSet();
        tokenizer.stopTokens().forEach(ends::set);
        return new TokenTrie(tokens, ends);
    }

    private static boolean isText(Tokenizer tokenizer, int id) {
        return !tokenizer.isSpecial(id)
                && tokenizer.special(tokenizer.pieceOf(id)).orElse(-1) != id;
    }

    /// A vocabulary of these tokens.
    ///
    /// @param tokens byte[vocab][]; empty for those that are no text
    /// @param ends ids that end an answer
    public static TokenTrie of(byte[][] tokens, int... ends) {
        var set = new BitSet();
        IntStream.of(ends).forEach(set::set);
        return new TokenTrie(tokens, set);
    }

    /// Number of token ids.
    public int vocab() {
        return tokens.length;
    }

    ByteTrie trie() {
        return trie;
    }

    /// The bytes of a token, none for marks; only read.
    byte[] bytes(int token) {
        return token < tokens.length ? tokens[token] : new byte[0];
    }

    /// What ends an answer; only read.
    BitSet ends() {
        return ends;
    }

    /// The bytes for which there is a token of that byte alone; only read.
    BitSet singleBytes() {
        return singleBytes;
    }
}
