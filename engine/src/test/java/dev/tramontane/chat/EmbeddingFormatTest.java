package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Pooling;
import dev.tramontane.weights.Metadata;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;

/// What files say of vectors, and texts that are read for them.
class EmbeddingFormatTest {
    private static EmbeddingFormat format(Map<String, Object> values) {
        return EmbeddingFormat.of(new Metadata("a.gguf", values));
    }

    @ParameterizedTest
    @CsvSource({"0,MEAN", "1,MEAN", "2,FIRST", "3,LAST", "4,", "-1,", "7,"})
    void a_file_says_how_states_are_pooled(long type, Pooling pooling) {
        Map<String, Object> values =
                Map.of("general.architecture", "qwen3", "qwen3.pooling_type", type);
        assertEquals(Optional.ofNullable(pooling), format(values).pooling());
    }

    @Test
    void a_file_that_says_nothing_means_the_mean_and_no_mark_behind_a_text() {
        var plain = new EmbeddingFormat(Optional.of(Pooling.MEAN), OptionalInt.empty());
        assertEquals(plain, format(Map.of()));
        assertEquals(plain, format(Map.of("tokenizer.ggml.eos_token_id", 2L)));
        assertEquals(
                plain,
                format(
                        Map.of(
                                "tokenizer.ggml.add_eos_token",
                                false,
                                "tokenizer.ggml.eos_token_id",
                                2L)));
    }

    @Test
    void a_file_may_want_a_mark_behind_a_text() {
        Map<String, Object> values =
                Map.of("tokenizer.ggml.add_eos_token", true, "tokenizer.ggml.eos_token_id", 2L);
        assertEquals(OptionalInt.of(2), format(values).end());
    }

    @Test
    void vectors_come_one_by_one_and_no_more_after_the_end_or_a_close() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(2);
        try (LocalModel model =
                LocalModel.open(ChatVectors.FOLDER.resolve("tiny-text-a"), options)) {
            int[] hello = model.embeddingPrompt("Hello");
            assertArrayEquals(model.textPrompt("Hello"), hello);
            try (Embeddings all =
                    model.embed(List.of(hello, new int[] {5}, hello), Client.ANYBODY)) {
                float[] first = all.next();
                assertEquals(model.embeddingDim(), first.length);
                all.next();
                assertArrayEquals(first, all.next());
                assertFalse(all.hasNext());
                assertThrows(NoSuchElementException.class, all::next);
            }
            Embeddings closed = model.embed(List.of(hello, hello), Client.ANYBODY);
            closed.next();
            closed.close();
            assertThrows(CancellationException.class, closed::next);
            assertThrows(
                    InvalidRequestException.class,
                    () -> model.embed(List.of(new int[0]), Client.ANYBODY));
            assertThrows(
                    InvalidRequestException.class,
                    () -> model.embed(List.of(new int[513]), Client.ANYBODY));
        }
    }
}
