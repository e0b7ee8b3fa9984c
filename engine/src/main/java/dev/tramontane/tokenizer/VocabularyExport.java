package dev.tramontane.tokenizer;

import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFormatException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Writes what a vocabulary's ids stand for as the `tokenizer.ggml.…` entries of a GGUF file, as
/// {@link GgufVocabulary} reads them: tokens, their kinds, and the roles of some.
final class VocabularyExport {
    private static final String PREFIX = GgufVocabulary.PREFIX;

    private final Vocabulary vocabulary;
    private final String location;

    /// @param location the file that the vocabulary comes from, for messages
    VocabularyExport(Vocabulary vocabulary, String location) {
        this.vocabulary = vocabulary;
        this.location = location;
    }

    /// @param rows of the embedding: ids beyond the vocabulary are written as unused
    /// @param spelled how the bytes of a text token are written
    void writeTo(GgufWriter file, int rows, Function<byte[], String> spelled, boolean addBos) {
        if (vocabulary.size() > rows) {
            throw new ModelFormatException(
                    "%s: the tokenizer has %d tokens, expected %d at most, the rows of the embedding; put the tokenizer of this model there"
                            .formatted(location, vocabulary.size(), rows));
        }
        List<String> tokens = new ArrayList<>(rows);
        int[] types = new int[rows];
        for (int id = 0; id < rows; id++) {
            Vocabulary.Kind kind =
                    id < vocabulary.size() ? vocabulary.kind(id) : Vocabulary.Kind.UNUSED;
            types[id] = type(kind);
            tokens.add(
                    switch (kind) {
                        case TEXT -> spelled.apply(vocabulary.bytesOf(id));
                        case BYTE -> "<0x%02X>".formatted(vocabulary.bytesOf(id)[0]);
                        case USER_DEFINED, MARK -> vocabulary.pieceOf(id);
                        case UNUSED -> "[PAD" + id + "]";
                    });
        }
        file.put(PREFIX + "tokens", tokens).put(PREFIX + "token_type", types);
        GgufVocabulary.ROLE_KEYS.forEach(
                (role, key) -> vocabulary.special(role).ifPresent(id -> file.put(key, id)));
        file.put(PREFIX + "add_bos_token", addBos).put(PREFIX + "add_eos_token", false);
        writeStops(file);
        writeIds(file, GgufVocabulary.STRIPS_BEFORE, Spelling::stripsBefore);
        writeIds(file, GgufVocabulary.STRIPS_AFTER, Spelling::stripsAfter);
    }

    private static int type(Vocabulary.Kind kind) {
        return switch (kind) {
            case TEXT -> GgufVocabulary.NORMAL;
            case BYTE -> GgufVocabulary.BYTE;
            case USER_DEFINED -> GgufVocabulary.USER_DEFINED;
            case MARK -> GgufVocabulary.CONTROL;
            case UNUSED -> GgufVocabulary.UNUSED;
        };
    }

    /// What ends an answer and is not known by its role or spelling; of most models nothing.
    private void writeStops(GgufWriter file) {
        List<Integer> stops = vocabulary.unusualStops();
        int named = Math.min(stops.size(), GgufVocabulary.STOP_KEYS.size());
        for (int i = 0; i < named; i++) {
            file.put(GgufVocabulary.STOP_KEYS.get(i), stops.get(i));
        }
        if (named < stops.size()) {
            file.put(GgufVocabulary.MORE_STOPS, ints(stops.subList(named, stops.size())));
        }
    }

    private void writeIds(GgufWriter file, String key, Predicate<Spelling> has) {
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            Optional<Spelling> spelling = vocabulary.spelling(id);
            if (spelling.isPresent() && has.test(spelling.get())) {
                ids.add(id);
            }
        }
        if (!ids.isEmpty()) {
            file.put(key, ints(ids));
        }
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
