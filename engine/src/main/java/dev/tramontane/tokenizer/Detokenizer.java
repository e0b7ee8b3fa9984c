package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

/// Ids to text as they are generated: what is returned never has to be taken back.
///
/// An incomplete character is held back until its last byte, a byte that cannot belong to it, or a
/// special token arrives. One detokenizer serves one answer on one thread.
public final class Detokenizer {
    private final Tokenizer tokenizer;
    private final SpecialTokens specials;
    private final Utf8Decoder decoder = new Utf8Decoder();

    public Detokenizer(Tokenizer tokenizer, SpecialTokens specials) {
        this.tokenizer = tokenizer;
        this.specials = specials;
    }

    /// Takes the next id.
    ///
    /// @return the text that is now certain; often empty in the middle of a character
    /// @throws IllegalArgumentException when there is no such id
    public String append(int id) {
        var text = new StringBuilder();
        if (tokenizer.isSpecial(id)) {
            decoder.flush(text);
            if (specials == SpecialTokens.KEEP) {
                text.append(tokenizer.pieceOf(id));
            }
        } else {
            byte[] bytes = tokenizer.bytesOf(id);
            decoder.append(bytes, 0, bytes.length, text);
        }
        return text.toString();
    }

    /// Ends the text.
    ///
    /// @return U+FFFD when an incomplete character is held back, else nothing
    public String flush() {
        var text = new StringBuilder();
        decoder.flush(text);
        return text.toString();
    }
}
