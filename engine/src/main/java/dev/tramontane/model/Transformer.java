package dev.tramontane.model;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;

/// The Mistral decoder's forward pass, straight down the page.
public final class Transformer {
    private final ModelConfig config;

    /// @param maxTokens the largest batch; buffers are allocated for it once
    public Transformer(
            ModelConfig config,
            ModelWeights weights,
            Kernels kernels,
            java.lang.foreign.Arena arena,
            int maxTokens) {
        this.config = config;
    }

    /// Computes a batch: its tokens' keys and values go into the cache, and the logits of its
    /// sampled rows come back.
    ///
    /// @return float[sampledRows][vocab]; the buffer is reused by the next call
    public Tensor forward(Batch batch, KvCache cache) {
        throw new UnsupportedOperationException();
    }

    public ModelConfig config() {
        return config;
    }
}
