package dev.tramontane.contract;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.common.AbstractEmbeddingModelIT;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.langchain4j.TramontaneEmbeddingModel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

import java.util.List;

/// What LangChain4j asks of every provider of vectors, asked of our module for it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InProcessEmbeddingModelTest extends AbstractEmbeddingModelIT {
    private final LocalModel local = Serving.tiny();

    @AfterAll
    void close() {
        local.close();
    }

    @Override
    protected List<EmbeddingModel> models() {
        return List.of(TramontaneEmbeddingModel.of(local));
    }

    @Override
    protected EmbeddingModel modelWith(EmbeddingModelListener listener) {
        return TramontaneEmbeddingModel.of(local).withListeners(List.of(listener));
    }

    /// One whose model was closed before.
    @Override
    protected EmbeddingModel failingModelWith(EmbeddingModelListener listener) {
        LocalModel closed = Serving.tiny();
        closed.close();
        return TramontaneEmbeddingModel.of(closed).withListeners(List.of(listener));
    }

    /// No model of ours reads questions otherwise than what answers them; what is asked instead is
    /// that the parameter is refused.
    @Override
    protected boolean supportsInputTypeParameter() {
        return false;
    }

    /// Texts alone become vectors; what is asked instead is that an image is refused.
    @Override
    protected boolean supportsImageInput() {
        return false;
    }

    /// As above.
    @Override
    protected boolean supportsInterleavedInput() {
        return false;
    }

    @Override
    protected int dimensionsParameter() {
        return 8;
    }
}
