package dev.tramontane.train.nano;

import dev.tramontane.tokenizer.Tekken;

import java.io.IOException;
import java.nio.file.Path;

/// A vocabulary of the family for tests: its marks, the bytes, and a few words.
public final class TinyVocabulary {
    private static final int WORDS = 40;

    private TinyVocabulary() {}

    /// Writes `tekken.json` into a folder.
    public static Tekken write(Path folder) throws IOException {
        var trainer = new BytePairTrainer();
        trainer.add(
                "the sum of two numbers is the number after the other one, and so on, to the end");
        trainer.add("la somme de deux nombres est le nombre qui vient, et ainsi de suite, la fin");
        Path file = folder.resolve("tekken.json");
        TekkenFile.write(trainer.tokens(WORDS), file);
        return Tekken.read(file);
    }
}
