package dev.tramontane.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.tramontane.chat.Client;
import dev.tramontane.chat.Embeddings;
import dev.tramontane.chat.LocalModel;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// LangChain4j's embedding model over one of this process, which stays its opener's to close.
///
/// Texts become vectors of length 1: hidden states pooled as the model's file says, and their mean
/// where it says nothing, as in models that were made to talk. They take their turn beside whatever
/// else the model does, a few at a time however many a request has. What is refused is
/// LangChain4j's as in {@link TramontaneChatModel}. Safe for any number of threads.
public final class TramontaneEmbeddingModel implements EmbeddingModel {
    private static final Set<EmbeddingParameter<?>> PARAMETERS =
            Set.of(EmbeddingRequestParameters.MODEL_NAME, EmbeddingRequestParameters.DIMENSIONS);

    private final LocalModel model;
    private final EmbeddingRequestParameters defaults;
    private final List<EmbeddingModelListener> listeners;

    private TramontaneEmbeddingModel(
            LocalModel model,
            EmbeddingRequestParameters defaults,
            List<EmbeddingModelListener> listeners) {
        this.model = model;
        this.defaults = defaults;
        this.listeners = List.copyOf(listeners);
    }

    /// Over a model of this process, whether it was made for vectors or to talk.
    public static TramontaneEmbeddingModel of(LocalModel model) {
        return new TramontaneEmbeddingModel(model, EmbeddingRequestParameters.EMPTY, List.of());
    }

    /// The same with so many values in each vector: the first ones, of length 1 again. That is for
    /// models that were trained to have their meaning in the first values.
    ///
    /// @throws InvalidRequestException when the model has no so many
    public TramontaneEmbeddingModel withDimensions(int dimensions) {
        checkDimensions(dimensions);
        var parameters = EmbeddingRequestParameters.builder().dimensions(dimensions).build();
        return new TramontaneEmbeddingModel(model, parameters, listeners);
    }

    /// The same, and whoever listens is told of each request, its vectors or its failure.
    public TramontaneEmbeddingModel withListeners(List<EmbeddingModelListener> others) {
        return new TramontaneEmbeddingModel(model, defaults, others);
    }

    /// What a request asks for, read.
    ///
    /// @param texts token ids
    private record Asked(List<int[]> texts, int dimensions) {
        int tokens() {
            return texts.stream().mapToInt(text -> text.length).sum();
        }
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        try {
            Asked asked = read(request);
            try (Embeddings vectors = model.embed(asked.texts(), Client.ANYBODY)) {
                return response(asked, vectors);
            }
        } catch (RuntimeException failure) {
            throw Failures.of(failure);
        }
    }

    /// Reads on a virtual thread; a cancelled future ends the reading.
    @Override
    public CompletableFuture<EmbeddingResponse> doEmbedAsync(EmbeddingRequest request) {
        var future = new CompletableFuture<EmbeddingResponse>();
        Embeddings vectors;
        Asked asked;
        try {
            asked = read(request);
            vectors = model.embed(asked.texts(), Client.ANYBODY);
        } catch (RuntimeException failure) {
            throw Failures.of(failure);
        }
        var _ = future.whenComplete((_, _) -> vectors.close());
        AdaptedModel.onThread(
                () -> {
                    try {
                        future.complete(response(asked, vectors));
                    } catch (RuntimeException | Error failure) { // its thread's outermost frame
                        future.completeExceptionally(Failures.of(failure));
                    }
                });
        return future;
    }

    private Asked read(EmbeddingRequest request) {
        AdaptedModel.checkName(request.modelName(), modelName());
        @Nullable Integer dimensions = request.dimensions();
        if (dimensions != null) {
            checkDimensions(dimensions);
        }
        List<int[]> texts =
                request.inputs().stream()
                        .map(EmbeddingInput::text)
                        .map(model::embeddingPrompt)
                        .toList();
        return new Asked(texts, dimensions == null ? model.embeddingDim() : dimensions);
    }

    private void checkDimensions(int dimensions) {
        if (dimensions < 1 || dimensions > model.embeddingDim()) {
            throw new InvalidRequestException(
                    "dimensions: found %d, expected 1 to %d, which %s has; change it or leave it out"
                            .formatted(dimensions, model.embeddingDim(), modelName()));
        }
    }

    private EmbeddingResponse response(Asked asked, Embeddings vectors) {
        List<Embedding> embeddings = new ArrayList<>(asked.texts().size());
        while (vectors.hasNext()) {
            float[] vector = Embeddings.shortened(vectors.next(), asked.dimensions());
            embeddings.add(Embedding.from(vector));
        }
        return EmbeddingResponse.builder()
                .embeddings(embeddings)
                .modelName(modelName())
                .tokenUsage(new TokenUsage(asked.tokens(), 0))
                .build();
    }

    /// Values in a vector.
    @Override
    public int dimension() {
        @Nullable Integer cut = defaults.dimensions();
        return cut == null ? model.embeddingDim() : cut;
    }

    @Override
    public String modelName() {
        return model.name();
    }

    @Override
    public EmbeddingRequestParameters defaultRequestParameters() {
        return defaults;
    }

    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return PARAMETERS;
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return listeners;
    }
}
