package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.RenderedTemplate.Part.Mark;
import dev.tramontane.tokenizer.RenderedTemplate.Part.Text;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public boolean addBos() {
        return addBos;
    }

    @Override
    public int[] encode(String text) {
        var ids = new TokenIds(text.length() / 3);
        encode(text, ids);
        return ids.toArray();
    }

    @Override
    public int[] encode(List<Span> rendered) {
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
        Utf8 utf8 = Utf8.of(text);
        byte[] bytes = utf8.bytes();
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
    }
}
