package dev.tramontane.tokenizer;

import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// Mistral's Tekken: byte-level byte-pair encoding whose vocabulary order is also the order of
/// joining.
///
/// A text is cut into pieces ({@link PieceScanner}); a piece that is a token as a whole is that
/// token, any other is put together from its bytes ({@link PairMerger}). Nothing is normalised and
/// no space is added: decoding gives the text back.
public final class Tekken implements Tokenizer {
    private final Vocabulary vocabulary;
    private final int[] priorities; // int[vocab]: the id itself
    private final TekkenConfig config;
    private final boolean addBos;

    /// @param location the file, for messages
    Tekken(Vocabulary vocabulary, TekkenConfig config, boolean addBos, String location) {
        this.vocabulary = vocabulary;
        this.config = config;
        this.addBos = addBos;
        this.priorities = new int[vocabulary.size()];
        for (int id = 0; id < priorities.length; id++) {
            priorities[id] = id;
        }
        for (int b = 0; b < 256; b++) {
            if (vocabulary.byteIds()[b] == TokenTable.NONE) {
                throw new ModelFormatException(
                        "%s: no token is the single byte 0x%02X, expected one for each byte; get or convert the file again"
                                .formatted(location, b));
            }
        }
    }

    /// Reads a `tekken.json`.
    ///
    /// @throws ModelFormatException when it is no such file, or a damaged one
    public static Tekken read(Path tekkenJson) throws IOException {
        try (InputStream in = Files.newInputStream(tekkenJson)) {
            return read(in, tekkenJson.toString());
        }
    }

    /// Reads a `tekken.json` from a stream, which stays open.
    ///
    /// @param location what messages call the stream
    /// @throws ModelFormatException when it is no such file, or a damaged one
    public static Tekken read(InputStream in, String location) throws IOException {
        return TekkenReader.read(in, location);
    }

    /// The vocabulary inside a GGUF file: model `gpt2` with the pre-tokenizer `tekken`.
    ///
    /// The file's merges are not read: they list every way to form each token, in the tokens'
    /// order, which is what joining by rank does without them.
    ///
    /// @throws ModelFormatException when the metadata has no such vocabulary, or a damaged one
    @SuppressWarnings("exports")
    public static Tekken fromGguf(Metadata metadata) {
        GgufVocabulary.requireModel(metadata, "gpt2");
        GgufVocabulary.requirePreTokenizer(metadata, "tekken");
        Vocabulary vocabulary = new GgufVocabulary(metadata).byteLevel();
        boolean addBos = metadata.bool("tokenizer.ggml.add_bos_token").orElse(true);
        return new Tekken(vocabulary, TekkenConfig.UNKNOWN, addBos, metadata.location());
    }

    /// What the file says about its model.
    public TekkenConfig config() {
        return config;
    }

    @Override
    public int vocab() {
        return vocabulary.size();
    }

    @Override
    public boolean addBos() {
        return addBos;
    }

    @Override
    public int[] encode(String text) {
        Utf8 utf8 = Utf8.of(text);
        byte[] bytes = utf8.bytes();
        var ids = new TokenIds(utf8.length() / 3);
        var scanner = new PieceScanner(bytes, utf8.length());
        var memo = new PieceMemo(bytes, ids);
        TokenTable table = vocabulary.table();
        var merger = new PairMerger(table, priorities, vocabulary.byteIds(), bytes, ids);
        for (int from = 0, to; from < utf8.length(); from = to) {
            to = scanner.pieceEnd(from);
            long hash = table.hash(bytes, from, to);
            int whole = table.find(bytes, from, to, hash);
            if (whole != TokenTable.NONE) {
                ids.add(whole);
            } else if (!memo.repeat(from, to, hash)) {
                int firstId = ids.size();
                merger.mergeBytes(from, to);
                memo.remember(from, to, hash, firstId);
            }
        }
        return ids.toArray();
    }

    @Override
    public byte[] bytesOf(int id) {
        return vocabulary.bytesOf(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return vocabulary.isMark(id);
    }

    @Override
    public String pieceOf(int id) {
        return vocabulary.pieceOf(id);
    }

    @Override
    public OptionalInt special(String spelling) {
        return vocabulary.special(spelling);
    }

    @Override
    public OptionalInt special(SpecialToken token) {
        return vocabulary.special(token);
    }

    @Override
    public String decode(int[] ids, SpecialTokens specials) {
        return vocabulary.decode(ids, 0, ids.length, specials);
    }
}
