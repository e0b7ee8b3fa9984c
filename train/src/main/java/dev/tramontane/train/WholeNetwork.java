package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.BackwardKernels;

/// A network all of whose weights learn.
record WholeNetwork(
        ModelConfig config,
        TrainableWeights.Layout weights,
        TrainableWeights.Layout gradients,
        BackwardKernels kernels)
        implements Network {
    @Override
    public void begin() {
        // the weights are where they always are
    }

    @Override
    public void embed(int[] tokens, Tensor out) {
        kernels.gatherRows(tokens.length, weights.embedding(), tokens, 0, out);
    }

    @Override
    public TrainableWeights.Layer layer(int index) {
        return weights.layers().get(index);
    }

    @Override
    public Tensor finalNorm() {
        return weights.finalNorm();
    }

    @Override
    public Tensor output() {
        return weights.output();
    }

    @Override
    public void addGradient(int layer, Matrix matrix, int rows, Tensor dOut, Tensor x) {
        TrainableWeights.Layer of = gradients.layers().get(layer);
        Tensor gradient =
                switch (matrix) {
                    case QKV -> of.qkv();
                    case ATTENTION_OUTPUT -> of.attentionOutput();
                    case GATE_UP -> of.gateUp();
                    case DOWN -> of.down();
                };
        kernels.addWeightGradient(rows, dOut, x, gradient);
    }

    @Override
    public void addOutputGradient(int rows, Tensor dOut, Tensor x) {
        kernels.addWeightGradient(rows, dOut, x, gradients.output());
    }

    @Override
    public void addEmbeddingGradient(int[] tokens, Tensor dX) {
        kernels.addRows(tokens.length, dX, tokens, 0, gradients.embedding());
    }

    @Override
    public Tensor normGradient(int layer, Norm norm) {
        TrainableWeights.Layer of = gradients.layers().get(layer);
        return switch (norm) {
            case ATTENTION -> of.attentionNorm();
            case FEED_FORWARD -> of.feedForwardNorm();
        };
    }

    @Override
    public Tensor finalNormGradient() {
        return gradients.finalNorm();
    }
}
