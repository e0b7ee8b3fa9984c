package dev.tramontane.model;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/// What decides a model's memory and speed: its dimensions, and the type and size of each matrix.
/// Without a single weight, so that it can be had before a model is.
///
/// @param tied whether the output is the embedding
public record ModelShape(
        ModelConfig config, Matrix embedding, List<Layer> layers, Matrix output, boolean tied) {
    public ModelShape {
        layers = List.copyOf(layers);
    }

    /// A matrix.
    ///
    /// @param rows outputs
    /// @param cols inputs
    public record Matrix(DType type, int rows, int cols) {
        static Matrix of(Tensor tensor) {
            return new Matrix(tensor.type(), tensor.rows(), tensor.cols());
        }

        public long bytes() {
            return rows * type.bytes(cols);
        }
    }

    /// A layer's matrices, as in {@link ModelWeights.LayerWeights}.
    public record Layer(
            Matrix query,
            Matrix key,
            Matrix value,
            Matrix attentionOutput,
            Matrix gate,
            Matrix up,
            Matrix down) {
        public List<Matrix> matrices() {
            return List.of(query, key, value, attentionOutput, gate, up, down);
        }

        public long bytes() {
            return matrices().stream().mapToLong(Matrix::bytes).sum();
        }
    }

    /// The shape of weights that are there.
    public static ModelShape of(ModelConfig config, ModelWeights weights) {
        List<Layer> layers = new ArrayList<>();
        for (ModelWeights.LayerWeights layer : weights.layers()) {
            layers.add(
                    new Layer(
                            Matrix.of(layer.query()),
                            Matrix.of(layer.key()),
                            Matrix.of(layer.value()),
                            Matrix.of(layer.attentionOutput()),
                            Matrix.of(layer.gate()),
                            Matrix.of(layer.up()),
                            Matrix.of(layer.down())));
        }
        return new ModelShape(
                config,
                Matrix.of(weights.embedding()),
                layers,
                Matrix.of(weights.output()),
                weights.output().equals(weights.embedding()));
    }

    /// The shape of a network in one type, or in the mixture that carries the name of `Q4_K` and
    /// `Q5_K` files (`…_M`): there half of the values and down-projections, the first and last
    /// eighth and every third between, and the output are in `Q6_K`.
    public static ModelShape of(ModelConfig config, DType type, boolean tied) {
        boolean mixed = type == DType.Q4_K || type == DType.Q5_K;
        int dim = config.dim();
        int hidden = config.hiddenDim();
        int eighth = config.layers() / 8;
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            boolean better = i < eighth || i >= 7 * config.layers() / 8 || (i - eighth) % 3 == 2;
            DType finer = mixed && better ? DType.Q6_K : type;
            layers.add(
                    new Layer(
                            new Matrix(type, config.queryDim(), dim),
                            new Matrix(type, config.kvDim(), dim),
                            new Matrix(finer, config.kvDim(), dim),
                            new Matrix(type, dim, config.queryDim()),
                            new Matrix(type, hidden, dim),
                            new Matrix(type, hidden, dim),
                            new Matrix(finer, dim, hidden)));
        }
        DType ends = mixed ? DType.Q6_K : type;
        return new ModelShape(
                config,
                new Matrix(tied ? ends : type, config.vocab(), dim),
                layers,
                new Matrix(ends, config.vocab(), dim),
                tied);
    }

    /// Bytes of all matrices, a tied output counted once; the norms' are not worth counting.
    public long bytes() {
        return embedding.bytes()
                + layers.stream().mapToLong(Layer::bytes).sum()
                + (tied ? 0 : output.bytes());
    }

    /// Bytes that a token reads: of an embedding that is not also the output only one row.
    public long bytesForAToken() {
        return bytes() - (tied ? 0 : embedding.bytes() - embedding.bytes() / config.vocab());
    }
}
