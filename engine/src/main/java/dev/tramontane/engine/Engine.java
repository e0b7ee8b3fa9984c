package dev.tramontane.engine;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;

import java.lang.foreign.Arena;

/// The running system: token ids in, token ids out. It knows nothing of text.
public final class Engine implements AutoCloseable {
    private Engine() {}

    /// The workshop door: an engine over given weights.
    ///
    /// @param arena owns the weights' memory; closed with the engine
    @SuppressWarnings("exports")
    public static Engine over(
            ModelConfig config, ModelWeights weights, Arena arena, EngineOptions options) {
        throw new UnsupportedOperationException();
    }

    /// Which kernels a choice gives on this machine.
    static Kernels kernels(EngineOptions options) {
        throw new UnsupportedOperationException();
    }

    /// Queues a request.
    ///
    /// @throws EngineOverloadedException when the queue is full
    /// @throws IllegalArgumentException when a token is outside the vocabulary, or the prompt
    ///   longer than the context
    public Generation submit(GenerationRequest request) {
        throw new UnsupportedOperationException();
    }

    /// Positions a sequence may have.
    public int context() {
        throw new UnsupportedOperationException();
    }

    /// Ends running generations as cancelled, stops the threads, frees the memory.
    @Override
    public void close() {}
}
