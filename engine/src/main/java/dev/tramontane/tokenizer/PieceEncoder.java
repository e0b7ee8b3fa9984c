package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.RenderedTemplate.Part.Mark;
import dev.tramontane.tokenizer.RenderedTemplate.Part.Text;
import dev.tramontane.tokenizer.Tokenizer.Span;
import dev.tramontane.weights.ModelFormatException;

import java.util.List;
import java.util.stream.IntStream;

/// Byte-level encoding: a text is cut into pieces ({@link PieceScanner}), and each piece is put
/// together from its bytes ({@link PairMerger}).
///
/// A piece that is a token as a whole need not be put together, provided that this token is what
/// would come out.
final class PieceEncoder {
    /// Bytes that UTF-8 never has: a vocabulary may do without them.
    private static final String NEVER_IN_UTF8 =
            "\u00C0\u00C1\u00F5\u00F6\u00F7\u00F8\u00F9\u00FA\u00FB\u00FC\u00FD\u00FE\u00FF";

    private static final byte UNKNOWN = 0;
    private static final byte WHOLE = 1;
    private static final byte IN_PARTS = 2;

    private final Vocabulary vocabulary;
    private final Joining joining;
    private final List<PieceAutomaton> stages;
    private final boolean composes;

    /// Whether each token's own bytes give it; found out when first asked. Several threads may find
    /// the same at a time, and then write the same.
    private final byte[] whole;

    /// @param joining how pairs are joined
    /// @param cut how a text is cut
    /// @param location the file, for messages
    PieceEncoder(Vocabulary vocabulary, Joining joining, PreTokenizer cut, String location) {
        this.vocabulary = vocabulary;
        this.joining = joining;
        this.stages = cut.automata();
        this.composes = cut.composes();
        this.whole = cut.wholeFirst() ? new byte[0] : new byte[vocabulary.size()];
        for (int b = 0; b < 256; b++) {
            if (vocabulary.byteIds()[b] == TokenTable.NONE && NEVER_IN_UTF8.indexOf(b) < 0) {
                throw new ModelFormatException(
                        "%s: no token is the single byte 0x%02X, expected one for each byte; get or convert the file again"
                                .formatted(location, b));
            }
        }
    }

    int[] encode(String text) {
        var ids = new TokenIds(text.length() / 3);
        encode(text, ids);
        return ids.toArray();
    }

    int[] encode(List<Span> rendered) {
        var ids = new TokenIds(16);
        for (RenderedTemplate.Part part : RenderedTemplate.parts(rendered, vocabulary)) {
            switch (part) {
                case Mark(int id) -> ids.add(id);
                case Text(String text, boolean _) -> encode(text, ids);
            }
        }
        return ids.toArray();
    }

    private void encode(String text, TokenIds ids) {
        Utf8 utf8 = Utf8.of(composes ? Composition.of(text) : text);
        byte[] bytes = utf8.bytes();
        var scanner = new PieceScanner(stages, bytes, utf8.length());
        var memo = new PieceMemo(bytes, ids);
        TokenTable table = vocabulary.table();
        var merger = new PairMerger(table, joining, vocabulary.byteIds(), bytes, ids);
        for (int from = 0, to; from < utf8.length(); from = to) {
            to = scanner.pieceEnd(from);
            long hash = table.hash(bytes, from, to);
            int token = table.find(bytes, from, to, hash);
            if (token != TokenTable.NONE && comesWhole(token)) {
                ids.add(token);
            } else if (!memo.repeat(from, to, hash)) {
                int firstId = ids.size();
                merger.mergeBytes(from, to);
                memo.remember(from, to, hash, firstId);
            }
        }
    }

    private boolean comesWhole(int token) {
        if (whole.length == 0) {
            return true;
        }
        if (whole[token] == UNKNOWN) {
            whole[token] = isMade(token) ? WHOLE : IN_PARTS;
        }
        return whole[token] == WHOLE;
    }

    /// Whether joining a token's bytes makes that token.
    private boolean isMade(int token) {
        byte[] bytes = vocabulary.paddedBytesOf(token);
        var made = new TokenIds(bytes.length);
        new PairMerger(vocabulary.table(), joining, vocabulary.byteIds(), bytes, made)
                .mergeBytes(0, bytes.length - TokenTable.PADDING);
        return made.size() == 1;
    }

    /// Whether joining makes every text token, so that it does not matter which is tried first.
    boolean makesAll() {
        return IntStream.range(0, vocabulary.size())
                .filter(id -> vocabulary.kind(id) == Vocabulary.Kind.TEXT)
                .allMatch(this::isMade);
    }
}
