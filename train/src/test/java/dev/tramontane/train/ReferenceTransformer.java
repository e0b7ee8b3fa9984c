package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.ReferenceOperations.Attention;

import java.util.ArrayList;
import java.util.List;

/// What {@link TrainableTransformer} means, in double precision, straight down the page.
///
/// @param weights all weights in the order of {@link TrainableWeights#parameters}
/// @param gradients in the same order; {@link #backward} adds to them
record ReferenceTransformer(
        ModelConfig config, boolean tied, double[] weights, double[] gradients) {
    ReferenceTransformer(ModelConfig config, boolean tied, double[] weights) {
        this(config, tied, weights, new double[weights.length]);
    }

    /// Everything that a forward pass computes.
    record Pass(
            TrainingBatch batch,
            List<LayerPass> layers,
            double[][] last,
            double[][] scoredRows,
            double[][] probabilities,
            double[] logProbs,
            double[] entropies) {}

    record LayerPass(
            double[][] x,
            double[][] attentionNormed,
            double[][] qkv,
            double[][] gathered,
            double[][] middle,
            double[][] feedForwardNormed,
            double[][] gateUp,
            double[][] hidden) {}

    /// One layer's matrices, of weights or of gradients, copied out of the flat array.
    private record Layer(
            Part attentionNorm,
            Part qkv,
            Part attentionOutput,
            Part feedForwardNorm,
            Part gateUp,
            Part down) {}

    /// A matrix in the flat array.
    private record Part(int from, int rows, int cols) {
        int end() {
            return from + rows * cols;
        }

        double[][] of(double[] flat) {
            double[][] matrix = new double[rows][cols];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(flat, from + row * cols, matrix[row], 0, cols);
            }
            return matrix;
        }

        void add(double[][] matrix, double[] flat) {
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    flat[from + row * cols + col] += matrix[row][col];
                }
            }
        }
    }

    private Part embedding() {
        return new Part(0, config.vocab(), config.dim());
    }

    private Layer layer(int index) {
        int dim = config.dim();
        int rowDim = config.queryDim() + 2 * config.kvDim();
        int inLayer = 2 * dim + (rowDim + config.queryDim()) * dim + 3 * config.hiddenDim() * dim;
        var attentionNorm = new Part(embedding().end() + index * inLayer, 1, dim);
        var qkv = new Part(attentionNorm.end(), rowDim, dim);
        var attentionOutput = new Part(qkv.end(), dim, config.queryDim());
        var feedForwardNorm = new Part(attentionOutput.end(), 1, dim);
        var gateUp = new Part(feedForwardNorm.end(), 2 * config.hiddenDim(), dim);
        var down = new Part(gateUp.end(), dim, config.hiddenDim());
        return new Layer(attentionNorm, qkv, attentionOutput, feedForwardNorm, gateUp, down);
    }

    private Part finalNorm() {
        return new Part(layer(config.layers()).attentionNorm().from(), 1, config.dim());
    }

    private Part output() {
        return tied ? embedding() : new Part(finalNorm().end(), config.vocab(), config.dim());
    }

    private static int[] positions(TrainingBatch batch) {
        int[] positions = new int[batch.tokens().length];
        for (int sequence = 0; sequence < batch.sequences(); sequence++) {
            for (int t = batch.starts()[sequence]; t < batch.starts()[sequence + 1]; t++) {
                positions[t] = t - batch.starts()[sequence];
            }
        }
        return positions;
    }

    private Attention attention(TrainingBatch batch) {
        return new Attention(config.heads(), config.kvHeads(), config.headDim(), batch.starts());
    }

    private void rope(TrainingBatch batch, double[][] qkv, int direction) {
        int heads = config.heads() + config.kvHeads();
        ReferenceOperations.rope(
                qkv, heads, config.headDim(), config.ropeTheta(), positions(batch), direction);
    }

    private static double[][] sum(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int d = 0; d < sum[t].length; d++) {
                sum[t][d] = a[t][d] + b[t][d];
            }
        }
        return sum;
    }

    Pass forward(TrainingBatch batch) {
        double eps = config.normEps();
        double[][] table = embedding().of(weights);
        double[][] x = new double[batch.tokens().length][];
        for (int t = 0; t < x.length; t++) {
            x[t] = table[batch.tokens()[t]];
        }
        List<LayerPass> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            Layer layer = layer(i);
            double[] attentionGain = layer.attentionNorm().of(weights)[0];
            double[][] attentionNormed = ReferenceOperations.rmsNorm(x, attentionGain, eps);
            double[][] qkv = ReferenceOperations.matmul(attentionNormed, layer.qkv().of(weights));
            rope(batch, qkv, 1);
            double[][] gathered = attention(batch).forward(qkv);
            double[][] middle =
                    sum(
                            x,
                            ReferenceOperations.matmul(
                                    gathered, layer.attentionOutput().of(weights)));
            double[] feedForwardGain = layer.feedForwardNorm().of(weights)[0];
            double[][] feedForwardNormed =
                    ReferenceOperations.rmsNorm(middle, feedForwardGain, eps);
            double[][] gateUp =
                    ReferenceOperations.matmul(feedForwardNormed, layer.gateUp().of(weights));
            double[][] hidden = ReferenceOperations.swiglu(gateUp);
            layers.add(
                    new LayerPass(
                            x,
                            attentionNormed,
                            qkv,
                            gathered,
                            middle,
                            feedForwardNormed,
                            gateUp,
                            hidden));
            x = sum(middle, ReferenceOperations.matmul(hidden, layer.down().of(weights)));
        }
        return throughVocabulary(batch, layers, x);
    }

    private Pass throughVocabulary(TrainingBatch batch, List<LayerPass> layers, double[][] last) {
        int count = batch.scored().length;
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = last[batch.scored()[i] - 1];
        }
        double[][] normed =
                ReferenceOperations.rmsNorm(rows, finalNorm().of(weights)[0], config.normEps());
        double[][] logits = ReferenceOperations.matmul(normed, output().of(weights));
        double[][] probabilities = new double[count][];
        double[] logProbs = new double[count];
        double[] entropies = new double[count];
        for (int i = 0; i < count; i++) {
            probabilities[i] = ReferenceOperations.softmax(logits[i]);
            logProbs[i] = Math.log(probabilities[i][batch.tokens()[batch.scored()[i]]]);
            for (double p : probabilities[i]) {
                entropies[i] -= p * Math.log(p);
            }
        }
        return new Pass(batch, layers, last, rows, probabilities, logProbs, entropies);
    }

    /// Adds the gradients of `Σ slopes[i] · logProbs[i]`.
    void backward(Pass pass, double[] slopes) {
        double[][] dX = backFromVocabulary(pass, slopes);
        for (int i = config.layers() - 1; i >= 0; i--) {
            Layer layer = layer(i);
            LayerPass p = pass.layers().get(i);

            double[][] dHidden = new double[dX.length][config.hiddenDim()];
            multiplyBackward(layer.down(), p.hidden(), dX, dHidden);
            double[][] dGateUp = ReferenceOperations.swigluBackward(p.gateUp(), dHidden);
            double[][] dNormed = new double[dX.length][config.dim()];
            multiplyBackward(layer.gateUp(), p.feedForwardNormed(), dGateUp, dNormed);
            normBackward(layer.feedForwardNorm(), p.middle(), dNormed, dX);

            double[][] dGathered = new double[dX.length][config.queryDim()];
            multiplyBackward(layer.attentionOutput(), p.gathered(), dX, dGathered);
            double[][] dQkv = attention(pass.batch()).backward(p.qkv(), dGathered);
            rope(pass.batch(), dQkv, -1);
            dNormed = new double[dX.length][config.dim()];
            multiplyBackward(layer.qkv(), p.attentionNormed(), dQkv, dNormed);
            normBackward(layer.attentionNorm(), p.x(), dNormed, dX);
        }
        double[][] dTable = new double[config.vocab()][config.dim()];
        for (int t = 0; t < dX.length; t++) {
            for (int d = 0; d < config.dim(); d++) {
                dTable[pass.batch().tokens()[t]][d] += dX[t][d];
            }
        }
        embedding().add(dTable, gradients);
    }

    private double[][] backFromVocabulary(Pass pass, double[] slopes) {
        int[] scored = pass.batch().scored();
        double[][] dLogits = new double[scored.length][config.vocab()];
        for (int i = 0; i < scored.length; i++) {
            int target = pass.batch().tokens()[scored[i]];
            for (int v = 0; v < config.vocab(); v++) {
                double hit = v == target ? 1 : 0;
                dLogits[i][v] = slopes[i] * (hit - pass.probabilities()[i][v]);
            }
        }
        double[] gain = finalNorm().of(weights)[0];
        double[][] normed = ReferenceOperations.rmsNorm(pass.scoredRows(), gain, config.normEps());
        double[][] dNormed = new double[scored.length][config.dim()];
        multiplyBackward(output(), normed, dLogits, dNormed);
        double[][] dRows = new double[scored.length][config.dim()];
        normBackward(finalNorm(), pass.scoredRows(), dNormed, dRows);
        double[][] dX = new double[pass.last().length][config.dim()];
        for (int i = 0; i < scored.length; i++) {
            dX[scored[i] - 1] = dRows[i];
        }
        return dX;
    }

    private void multiplyBackward(Part part, double[][] x, double[][] dOut, double[][] dX) {
        double[][] dWeight = new double[part.rows()][part.cols()];
        ReferenceOperations.matmulBackward(x, part.of(weights), dOut, dX, dWeight);
        part.add(dWeight, gradients);
    }

    private void normBackward(Part part, double[][] x, double[][] dOut, double[][] dX) {
        double[][] dGain = new double[1][part.cols()];
        double[] gain = part.of(weights)[0];
        ReferenceOperations.rmsNormBackward(x, gain, config.normEps(), dOut, dX, dGain[0]);
        part.add(dGain, gradients);
    }
}
