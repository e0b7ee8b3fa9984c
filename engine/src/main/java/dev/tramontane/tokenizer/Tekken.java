package dev.tramontane.tokenizer;

import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Mistral's Tekken: byte-level byte-pair encoding whose vocabulary order is also the order of
/// joining.
///
/// Any two neighbours are joined that together are a token; there is no list of merges. Nothing is
/// normalised and no space is added: decoding gives the text back.
public final class Tekken implements Tokenizer {
    /// The expression that cuts a text into pieces, which tokens never cross; as the files quote
    /// it.
    public static final String PATTERN = PreTokenizer.TEKKEN.patterns().getFirst();

    /// Our own key: GGUF has none for what a `tekken.json` says besides the tokens, and tokens
    /// alone leave the instruct format and whether the model sees open.
    private static final String CONFIG_KEY = "tramontane.tekken";

    private final Vocabulary vocabulary;
    private final PieceEncoder encoder;
    private final TekkenConfig config;
    private final boolean addBos;
    private final String location;

    /// @param location the file, for messages
    Tekken(Vocabulary vocabulary, TekkenConfig config, boolean addBos, String location) {
        this.vocabulary = vocabulary;
        this.config = config;
        this.addBos = addBos;
        int[] priorities = new int[vocabulary.size()]; // the ids themselves
        Arrays.setAll(priorities, id -> id);
        this.encoder =
                new PieceEncoder(
                        vocabulary,
                        new TokenPriorities(vocabulary.table(), priorities, priorities.length),
                        PreTokenizer.TEKKEN,
                        location);
        this.location = location;
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
        GgufVocabulary.requirePreTokenizer(metadata, PreTokenizer.TEKKEN);
        Vocabulary vocabulary = new GgufVocabulary(metadata).byteLevel();
        boolean addBos = metadata.bool("tokenizer.ggml.add_bos_token").orElse(true);
        TekkenConfig config =
                metadata.text(CONFIG_KEY)
                        .map(json -> TekkenConfig.parse(metadata.location(), json))
                        .orElse(TekkenConfig.UNKNOWN);
        return new Tekken(vocabulary, config, addBos, metadata.location());
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
        return encoder.encode(text);
    }

    @Override
    public int[] encode(List<Span> rendered) {
        return encoder.encode(rendered);
    }

    @Override
    @SuppressWarnings("exports")
    public void writeTo(GgufWriter file, int rows) {
        new TekkenExport(vocabulary).writeTo(file, rows, addBos, location);
        file.put(CONFIG_KEY, config.json());
    }
}
