package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.tensor.Tensor;

/// Where {@link TrainableTransformer} has its weights from, and where their gradients go: all of
/// them learn ({@link WholeNetwork}), or adapters beside them ({@link AdaptedNetwork}).
sealed interface Network permits WholeNetwork, AdaptedNetwork {
    /// A matrix of a layer, as training multiplies it.
    enum Matrix {
        QKV,
        ATTENTION_OUTPUT,
        GATE_UP,
        DOWN
    }

    /// A norm of a layer.
    enum Norm {
        ATTENTION,
        FEED_FORWARD
    }

    ModelConfig config();

    /// A new pass begins; weights may have changed since the last.
    void begin();

    /// Rows of the embedding: `out[t] = embedding[tokens[t]]`.
    void embed(int[] tokens, Tensor out);

    /// A layer's weights; they stay until another layer is asked for.
    TrainableWeights.Layer layer(int index);

    /// float[1][dim].
    Tensor finalNorm();

    /// float[vocab][dim].
    Tensor output();

    /// Adds the gradient of a matrix: `dWeight[r][k] += Σ over t of dOut[t][r] · x[t][k]`.
    void addGradient(int layer, Matrix matrix, int rows, Tensor dOut, Tensor x);

    /// Adds the gradient of the output's matrix.
    void addOutputGradient(int rows, Tensor dOut, Tensor x);

    /// Adds rows to the embedding's gradient.
    void addEmbeddingGradient(int[] tokens, Tensor dX);

    /// float[1][dim], what the gradient of a norm's gain is added to.
    Tensor normGradient(int layer, Norm norm);

    /// float[1][dim], the same of the final norm.
    Tensor finalNormGradient();
}
