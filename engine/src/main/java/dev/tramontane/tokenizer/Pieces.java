package dev.tramontane.tokenizer;

/// A text that is ready to be encoded, and the pieces that are encoded on their own.
///
/// @param text with a space for each ▁
/// @param ends int[pieces], where each piece ends and the next one begins; owned
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pieces(Utf8 text, int[] ends) {
    /// The text as one piece; nothing is none.
    static Pieces whole(Utf8 text) {
        return new Pieces(text, text.length() == 0 ? new int[0] : new int[] {text.length()});
    }

    int count() {
        return ends.length;
    }

    int begin(int piece) {
        return piece == 0 ? 0 : ends[piece - 1];
    }

    int end(int piece) {
        return ends[piece];
    }
}
