package dev.tramontane.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.listener.EmbeddingModelErrorContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.tramontane.chat.Client;
import dev.tramontane.chat.Embeddings;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Over a real model of random weights.
class TramontaneEmbeddingModelTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final int DIM = 96;
    private static final int CONTEXT = 512;

    private static LocalModel local;

    @BeforeAll
    static void open() throws IOException {
        EngineOptions small =
                EngineOptions.defaults().withContext(CONTEXT).withThreads(1).withMaxSequences(2);
        local = LocalModel.open(TINY, small);
    }

    @AfterAll
    static void close() {
        local.close();
    }

    private static TramontaneEmbeddingModel model() {
        return TramontaneEmbeddingModel.of(local);
    }

    private static EmbeddingRequest texts(String... texts) {
        return EmbeddingRequest.builder().inputs(texts).build();
    }

    private static float[] vector(String text) {
        try (Embeddings read = local.embed(List.of(local.embeddingPrompt(text)), Client.ANYBODY)) {
            return read.next();
        }
    }

    @Test
    void each_text_has_the_models_own_vector_in_order() {
        List<String> texts = List.of("One.", "Two and two.", "One.", "Four.", "Five.");
        EmbeddingResponse response = model().embed(texts(texts.toArray(String[]::new)));
        assertEquals(texts.size(), response.embeddings().size());
        int tokens = 0;
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(vector(texts.get(i)), response.embeddings().get(i).vector());
            tokens += local.embeddingPrompt(texts.get(i)).length;
        }
        assertEquals(tokens, response.tokenUsage().inputTokenCount());
        assertEquals(local.name(), response.modelName());
        assertEquals(local.name(), model().modelName());
        assertEquals(DIM, model().dimension());
    }

    @Test
    void a_shorter_vector_is_the_beginning_of_the_whole_one_at_length_1() {
        TramontaneEmbeddingModel eight = model().withDimensions(8);
        assertEquals(8, eight.dimension());
        float[] cut = eight.embed("One.").content().vector();
        assertArrayEquals(Embeddings.shortened(vector("One."), 8), cut);
        EmbeddingRequest four = EmbeddingRequest.builder().input("One.").dimensions(4).build();
        assertEquals(4, eight.embed(four).embeddings().getFirst().dimension());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, DIM + 1})
    void dimensions_that_there_are_not_are_refused(int dimensions) {
        EmbeddingRequest asked =
                EmbeddingRequest.builder().input("One.").dimensions(dimensions).build();
        var refused = assertThrows(InvalidRequestException.class, () -> model().embed(asked));
        assertTrue(refused.getMessage().startsWith("dimensions: found " + dimensions));
        assertThrows(InvalidRequestException.class, () -> model().withDimensions(dimensions));
    }

    @Test
    void a_text_beyond_the_context_is_refused_with_its_place() {
        String endless = "word ".repeat(CONTEXT);
        var refused =
                assertThrows(
                        InvalidRequestException.class, () -> model().embed(texts("One.", endless)));
        assertTrue(refused.getMessage().contains("input[1]"), refused.getMessage());
    }

    @Test
    void the_models_own_name_may_be_asked_for_and_no_other() {
        EmbeddingRequest own =
                EmbeddingRequest.builder().input("One.").modelName(local.name()).build();
        assertArrayEquals(vector("One."), model().embed(own).embeddings().getFirst().vector());
        EmbeddingRequest other =
                EmbeddingRequest.builder().input("One.").modelName("other").build();
        assertThrows(UnsupportedFeatureException.class, () -> model().embed(other));
    }

    @Test
    void listeners_hear_of_vectors_and_of_failures() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        var listener =
                new EmbeddingModelListener() {
                    @Override
                    public void onResponse(EmbeddingModelResponseContext context) {
                        heard.add("vectors");
                    }

                    @Override
                    public void onError(EmbeddingModelErrorContext context) {
                        heard.add(context.error().getClass().getSimpleName());
                    }
                };
        TramontaneEmbeddingModel heardOf = model().withListeners(List.of(listener));
        assertEquals(DIM, heardOf.embed("One.").content().dimension());
        assertThrows(InvalidRequestException.class, () -> heardOf.embed("word ".repeat(CONTEXT)));
        assertEquals(List.of("vectors", "InvalidRequestException"), heard);
    }

    @Test
    void vectors_come_later_where_they_are_asked_to() throws Exception {
        EmbeddingRequest two = texts("One.", "Two.");
        List<Embedding> later = model().embedAsync(two).get().embeddings();
        assertEquals(model().embed(two).embeddings(), later);
    }

    /// A list that would take minutes: what waits behind it is read, and then the engine has
    /// nothing left to do.
    @Test
    void a_cancelled_future_ends_the_reading() {
        String[] many = new String[20_000];
        Arrays.fill(many, "word ".repeat(CONTEXT / 32));
        int all = many.length * local.embeddingPrompt(many[0]).length;
        long before = local.engine().stats().work().computedTokens();
        CompletableFuture<EmbeddingResponse> reading = model().embedAsync(texts(many));
        assertTrue(reading.cancel(true));
        assertArrayEquals(vector("One."), model().embed("One.").content().vector());
        while (local.engine().stats().running() > 0) {
            Thread.onSpinWait();
        }
        assertTrue(local.engine().stats().work().computedTokens() - before < all);
    }

    @Test
    void a_closed_model_fails_and_says_so() throws IOException {
        LocalModel closed = LocalModel.open(TINY, EngineOptions.defaults().withContext(64));
        closed.close();
        TramontaneEmbeddingModel model = TramontaneEmbeddingModel.of(closed);
        assertThrows(IllegalStateException.class, () -> model.embed("One."));
        var later =
                assertThrows(ExecutionException.class, () -> model.embedAsync(texts("One.")).get());
        assertInstanceOf(IllegalStateException.class, later.getCause());
    }
}
