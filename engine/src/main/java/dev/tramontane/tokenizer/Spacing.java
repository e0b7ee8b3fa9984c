package dev.tramontane.tokenizer;

import java.util.Arrays;

/// Which spaces a text gets, and where they cut it.
///
/// @param cutsAtWhiteSpace whether white space only parts words, and is left out
///   (`WhitespaceSplit`)
/// @param prefix which pieces get a space in front
/// @param cutsBeforeSpaces whether each space begins a piece (`Metaspace` with `split`)
record Spacing(boolean cutsAtWhiteSpace, Prefix prefix, boolean cutsBeforeSpaces) {
    /// Which texts get a space in front: a text is what stands between two special tokens.
    enum Prefix {
        NONE,
        EVERY_TEXT,
        TEXTS_WITHOUT_ONE,
        FIRST_TEXT_WITHOUT_ONE;

        boolean fits(boolean hasOne, boolean first) {
            return switch (this) {
                case NONE -> false;
                case EVERY_TEXT -> true;
                case TEXTS_WITHOUT_ONE -> !hasOne;
                case FIRST_TEXT_WITHOUT_ONE -> first && !hasOne;
            };
        }
    }

    /// Nothing is added and nothing cut.
    static final Spacing PLAIN = new Spacing(false, Prefix.NONE, false);

    static Spacing of(Prefix prefix) {
        return new Spacing(false, prefix, false);
    }

    /// @param first whether nothing is in front of the text
    Pieces apply(String text, boolean first) {
        // A ▁ parts no words: where spaces do, they are told apart from it.
        String parted = cutsAtWhiteSpace ? text.replace(' ', '\n') : text;
        return apply(Utf8.of(parted.replace(SentencePiece.SPACE, ' ')), first);
    }

    private Pieces apply(Utf8 text, boolean first) {
        if (text.length() == 0 || equals(PLAIN)) {
            return Pieces.whole(text);
        }
        var cut = new Cut(text);
        if (cutsAtWhiteSpace) {
            for (int from = cut.skip(0, true), to; from < text.length(); from = to) {
                int end = cut.skip(from, false);
                addPiece(cut, from, end, first && from == 0);
                to = cut.skip(end, true);
            }
        } else {
            addPiece(cut, 0, text.length(), first);
        }
        return cut.pieces();
    }

    private void addPiece(Cut cut, int from, int to, boolean first) {
        if (prefix.fits(cut.text.bytes()[from] == ' ', first)) {
            cut.out.append((byte) ' ');
        }
        if (!cutsBeforeSpaces) {
            cut.out.append(cut.text.bytes(), from, to);
            cut.end();
            return;
        }
        int begin = from;
        for (int at = from + 1; at < to; at++) {
            if (cut.text.bytes()[at] == ' ') {
                cut.out.append(cut.text.bytes(), begin, at);
                cut.end();
                begin = at;
            }
        }
        cut.out.append(cut.text.bytes(), begin, to);
        cut.end();
    }

    /// The pieces in the making.
    private static final class Cut {
        private final Utf8 text;
        private final Utf8Builder out;
        private int[] ends = new int[16];
        private int count;

        Cut(Utf8 text) {
            this.text = text;
            this.out = new Utf8Builder(text.length() + (text.length() >> 3));
        }

        void end() {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
            }
            ends[count++] = out.length();
        }

        /// The first place from `at` on that is not white space; or the first one that is. A space
        /// is none: it stands for ▁.
        int skip(int at, boolean whiteSpace) {
            int to = at;
            while (to < text.length() && isWhiteSpace(to) == whiteSpace) {
                to += Utf8.length(text.bytes()[to]);
            }
            return to;
        }

        private boolean isWhiteSpace(int at) {
            byte lead = text.bytes()[at];
            if (lead >= 0) {
                return lead >= '\t' && lead <= '\r';
            }
            return CharacterSet.isWhiteSpace(Utf8.character(text.bytes(), at));
        }

        Pieces pieces() {
            return new Pieces(out.build(), Arrays.copyOf(ends, count));
        }
    }
}
