package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.GgufFile;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The SentencePiece vocabulary of a real trained model, which lies beside the project and not in
/// it.
final class StoriesVocabularyTest {
    private static final Path MODEL = Path.of("../../shared/data/stories260K/stories260K-f32.gguf");

    @Test
    void a_trained_models_prompt_gives_its_recorded_ids() throws IOException {
        assumeTrue(
                Files.exists(MODEL),
                () -> "SKIPPED: " + MODEL.toAbsolutePath().normalize() + " is not there");
        try (Arena arena = Arena.ofConfined()) {
            Tokenizer tokenizer = Tokenizer.fromGguf(GgufFile.open(MODEL, arena).metadata());
            assertEquals(OptionalInt.of(1), tokenizer.special(SpecialToken.BOS));
            int[] prompt = {403, 407, 261, 378};
            assertArrayEquals(prompt, tokenizer.encode("Once upon a time"));
            assertEquals("Once upon a time", tokenizer.decode(prompt, SpecialTokens.IGNORE));
            var answer = new Detokenizer(tokenizer, SpecialTokens.IGNORE);
            assertEquals(",", answer.append(432));
            assertEquals(" there", answer.append(383));
            assertEquals(" was", answer.append(286));
            String text = "Zoë said: “1 + 1 = 2”\n\n  & 😀";
            assertEquals(text, tokenizer.decode(tokenizer.encode(text), SpecialTokens.IGNORE));
        }
    }
}
