package dev.tramontane.train.nano;

import dev.tramontane.tokenizer.Tekken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// nano's own vocabulary, learned from what nano reads and says: a published one, cut down, would
/// spend its ids on words that never occur and spell out those that do.
final class NanoVocabulary {
    /// Lessons that suffice for some two thousand tokens.
    static final int LESSONS = 30_000;

    private NanoVocabulary() {}

    /// Reads the vocabulary of a folder, and makes it first where there is none.
    ///
    /// @param file `tekken.json`
    /// @param count of the first lessons, which it is learned from
    /// @param size tokens altogether
    static Tekken at(Path file, Lessons lessons, int count, int size) throws IOException {
        if (!Files.exists(file)) {
            make(file, lessons, count, size);
        }
        return Tekken.read(file);
    }

    private static void make(Path file, Lessons lessons, int count, int size) throws IOException {
        int learned = size - TekkenFile.SPECIAL_TOKENS - TekkenFile.BYTES;
        if (learned < 0) {
            throw new IllegalArgumentException(
                    "a vocabulary of %d, expected at least the %d special tokens and the %d bytes; make it larger"
                            .formatted(size, TekkenFile.SPECIAL_TOKENS, TekkenFile.BYTES));
        }
        var trainer = new BytePairTrainer();
        for (int number = 0; number < count; number++) {
            lessons.at(number).texts().forEach(trainer::add);
        }
        List<byte[]> tokens = trainer.tokens(learned);
        if (tokens.size() < learned) {
            throw new IllegalArgumentException(
                    "%d lessons teach %d tokens, expected %d for a vocabulary of %d; ask for a smaller one, or for more lessons"
                            .formatted(count, tokens.size(), learned, size));
        }
        TekkenFile.write(tokens, file);
    }
}
