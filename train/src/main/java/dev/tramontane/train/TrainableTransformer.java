package dev.tramontane.train;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.Network.Matrix;
import dev.tramontane.train.Network.Norm;
import dev.tramontane.train.kernels.AttentionShape;
import dev.tramontane.train.kernels.BackwardKernels;
import dev.tramontane.train.kernels.Precision;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// The Mistral decoder with its gradients: a forward pass that keeps what the backward pass needs,
/// and that one, written by hand.
///
/// A layer keeps its inputs to the two norms, its turned queries, keys and values, what attention
/// gathered, and gate and up; norms, attention weights and activations are computed again. The
/// product with the vocabulary is made for some scored tokens at a time, so that logits of a whole
/// batch never exist: {@link #learn} turns each piece into its gradients at once, because a {@link
/// TokenLoss} needs no more than the token's own log-probability.
///
/// All memory is allocated at construction. Results are the same for any number of threads. One
/// thread at a time may call.
public final class TrainableTransformer implements PolicyBackend {
    /// Logits that exist at a time.
    private static final int LOGITS_AT_ONCE = 1 << 20;

    private final ModelConfig config;
    private final Network network;
    private final BackwardKernels kernels;
    private final Limits limits;
    private final Tensor angles;
    private final int[] positions;
    private final int[] places;
    private final int[] targets;
    private final List<Kept> kept;
    private final Buffers buffers;
    private final Head head;

    /// What a layer keeps between the passes.
    ///
    /// @param x float[tokens][dim], what the layer was given
    /// @param qkv float[tokens][(heads + 2 · kvHeads) · headDim], queries and keys turned
    /// @param gathered float[tokens][heads · headDim]
    /// @param logSums float[heads][tokens], of attention
    /// @param middle float[tokens][dim], between attention and feed-forward
    /// @param gateUp float[tokens][2 · hiddenDim]
    private record Kept(
            Tensor x, Tensor qkv, Tensor gathered, float[] logSums, Tensor middle, Tensor gateUp) {}

    /// What all layers share.
    ///
    /// @param last float[tokens][dim], what the last layer gives
    /// @param normed float[tokens][dim]
    /// @param dX float[tokens][dim], the gradient at the residual stream
    /// @param dNormed float[tokens][dim]
    /// @param hidden float[tokens][hiddenDim]
    /// @param dQkv like `qkv`
    /// @param dGathered like `gathered`
    /// @param dGateUp like `gateUp`
    private record Buffers(
            Tensor last,
            Tensor normed,
            Tensor dX,
            Tensor dNormed,
            Tensor hidden,
            Tensor dQkv,
            Tensor dGathered,
            Tensor dGateUp) {}

    /// Some scored tokens on their way through the vocabulary.
    ///
    /// @param x float[rows][dim]
    /// @param normed float[rows][dim]
    /// @param logits float[rows][vocab, padded]
    /// @param dNormed float[rows][dim]
    /// @param dX float[rows][dim]
    private record Head(
            int rows,
            Tensor x,
            Tensor normed,
            Tensor logits,
            Tensor dNormed,
            Tensor dX,
            float[] sums,
            float[] slopes) {}

    /// Who makes the weights' side, once there are kernels.
    private interface Maker {
        Network make(BackwardKernels kernels);
    }

    /// All weights learn.
    ///
    /// @param arena owns the buffers; threads share them
    public TrainableTransformer(
            TrainableWeights weights, Workers workers, Limits limits, Arena arena) {
        this(weights, workers, limits, Precision.FLOAT32, arena);
    }

    /// All weights learn.
    ///
    /// @param precision of the products of matrices
    /// @param arena owns the buffers; threads share them
    public TrainableTransformer(
            TrainableWeights weights,
            Workers workers,
            Limits limits,
            Precision precision,
            Arena arena) {
        this(
                weights.config(),
                workers,
                limits,
                precision,
                arena,
                kernels ->
                        new WholeNetwork(
                                weights.config(),
                                weights.layout(),
                                weights.gradientLayout(),
                                kernels));
    }

    /// Adapters learn beside a model that stays as it is.
    ///
    /// @param precision of the products of matrices
    /// @param arena owns the buffers, which hold a layer and the output's matrix as floats; threads
    ///   share them
    public TrainableTransformer(
            BaseModel base,
            LoraAdapters adapters,
            Workers workers,
            Limits limits,
            Precision precision,
            Arena arena) {
        this(
                base.config(),
                workers,
                limits,
                precision,
                arena,
                kernels ->
                        new AdaptedNetwork(
                                base, adapters, kernels, workers, limits.tokens(), arena));
    }

    private TrainableTransformer(
            ModelConfig config,
            Workers workers,
            Limits limits,
            Precision precision,
            Arena arena,
            Maker maker) {
        this.config = config;
        this.limits = limits;
        var attention =
                new AttentionShape(
                        config.heads(),
                        config.kvHeads(),
                        config.headDim(),
                        limits.sequenceTokens());
        int dim = config.dim();
        int tokens = limits.tokens();
        int headRows = Math.clamp(LOGITS_AT_ONCE / config.vocab(), 1, tokens);
        int vocab = BackwardKernels.padded(config.vocab());
        kernels =
                new BackwardKernels(
                        workers,
                        new BackwardKernels.Sizes(
                                tokens,
                                dim,
                                Math.max(Math.max(dim, config.hiddenDim()), config.queryDim()),
                                TrainableWeights.largestMatrix(config),
                                attention),
                        precision,
                        arena);
        network = maker.make(kernels);
        angles = angles(config, limits.sequenceTokens(), arena);
        positions = new int[tokens];
        places = new int[tokens];
        targets = new int[tokens];
        kept = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            kept.add(
                    new Kept(
                            Tensor.allocate(arena, tokens, dim),
                            Tensor.allocate(arena, tokens, attention.rowDim()),
                            Tensor.allocate(arena, tokens, attention.queryDim()),
                            new float[config.heads() * tokens],
                            Tensor.allocate(arena, tokens, dim),
                            Tensor.allocate(arena, tokens, 2 * config.hiddenDim())));
        }
        buffers =
                new Buffers(
                        Tensor.allocate(arena, tokens, dim),
                        Tensor.allocate(arena, tokens, dim),
                        Tensor.allocate(arena, tokens, dim),
                        Tensor.allocate(arena, tokens, dim),
                        Tensor.allocate(arena, tokens, config.hiddenDim()),
                        Tensor.allocate(arena, tokens, attention.rowDim()),
                        Tensor.allocate(arena, tokens, attention.queryDim()),
                        Tensor.allocate(arena, tokens, 2 * config.hiddenDim()));
        head =
                new Head(
                        headRows,
                        Tensor.allocate(arena, headRows, dim),
                        Tensor.allocate(arena, headRows, dim),
                        Tensor.allocate(arena, headRows, vocab),
                        Tensor.allocate(arena, headRows, dim),
                        Tensor.allocate(arena, headRows, dim),
                        new float[headRows],
                        new float[headRows]);
    }

    /// Cosines and sines of every position, as the engine computes them: angles in double precision
    /// (Su et al. 2021, section 3.2).
    ///
    /// @return float[positions][headDim], cosines before sines
    private static Tensor angles(ModelConfig config, int positions, Arena arena) {
        int headDim = config.headDim();
        Tensor angles = Tensor.allocate(arena, positions, headDim);
        for (int position = 0; position < positions; position++) {
            for (int pair = 0; pair < headDim / 2; pair++) {
                double angle = position * Math.pow(config.ropeTheta(), -2.0 * pair / headDim);
                angles.set(position, pair, (float) Math.cos(angle));
                angles.set(position, headDim / 2 + pair, (float) Math.sin(angle));
            }
        }
        return angles;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public void score(TrainingBatch batch, TokenScores scores) {
        forward(batch);
        throughVocabulary(batch, null, scores);
    }

    @Override
    public void learn(TrainingBatch batch, TokenLoss loss, TokenScores scores) {
        forward(batch);
        throughVocabulary(batch, loss, scores);
        backward(batch);
    }

    private void forward(TrainingBatch batch) {
        limits.check(batch, config.vocab());
        place(batch);
        int tokens = batch.tokens().length;
        network.begin();
        network.embed(batch.tokens(), kept.getFirst().x());
        for (int i = 0; i < config.layers(); i++) {
            TrainableWeights.Layer layer = network.layer(i);
            Kept k = kept.get(i);
            Tensor out = i + 1 < config.layers() ? kept.get(i + 1).x() : buffers.last();

            kernels.rmsNorm(
                    tokens, k.x(), layer.attentionNorm(), config.normEps(), buffers.normed());
            kernels.matmul(tokens, buffers.normed(), layer.qkv(), k.qkv());
            kernels.rope(tokens, k.qkv(), angles, positions);
            kernels.attention(
                    batch.sequences(),
                    batch.starts(),
                    k.qkv(),
                    k.gathered(),
                    k.logSums(),
                    limits.tokens());
            kernels.matmulPlus(tokens, k.gathered(), layer.attentionOutput(), k.x(), k.middle());

            kernels.rmsNorm(
                    tokens,
                    k.middle(),
                    layer.feedForwardNorm(),
                    config.normEps(),
                    buffers.normed());
            kernels.matmul(tokens, buffers.normed(), layer.gateUp(), k.gateUp());
            kernels.swiglu(tokens, k.gateUp(), buffers.hidden());
            kernels.matmulPlus(tokens, buffers.hidden(), layer.down(), k.middle(), out);
        }
    }

    /// Positions of the batch's tokens, and what is to be predicted where.
    private void place(TrainingBatch batch) {
        for (int sequence = 0; sequence < batch.sequences(); sequence++) {
            int start = batch.starts()[sequence];
            int length = batch.starts()[sequence + 1] - start;
            for (int i = 0; i < length; i++) {
                positions[start + i] = i;
            }
        }
        for (int i = 0; i < batch.scored().length; i++) {
            places[i] = batch.scored()[i] - 1;
            targets[i] = batch.tokens()[batch.scored()[i]];
        }
    }

    /// The final norm, the vocabulary, and with a loss the way back through both.
    private void throughVocabulary(
            TrainingBatch batch, @Nullable TokenLoss loss, TokenScores scores) {
        if (loss != null) {
            buffers.dX().data().fill((byte) 0);
        }
        for (int first = 0; first < batch.scored().length; first += head.rows()) {
            int rows = Math.min(head.rows(), batch.scored().length - first);
            kernels.gatherRows(rows, buffers.last(), places, first, head.x());
            kernels.rmsNorm(rows, head.x(), network.finalNorm(), config.normEps(), head.normed());
            kernels.matmul(rows, head.normed(), network.output(), head.logits());
            kernels.softmax(
                    rows,
                    head.logits(),
                    config.vocab(),
                    targets,
                    first,
                    head.sums(),
                    scores.logProbs(),
                    scores.entropies());
            if (loss != null) {
                for (int i = 0; i < rows; i++) {
                    head.slopes()[i] = (float) loss.slope(first + i, scores.logProbs()[first + i]);
                }
                backFromVocabulary(rows, first);
            }
        }
    }

    private void backFromVocabulary(int rows, int first) {
        kernels.softmaxBackward(rows, head.logits(), targets, first, head.sums(), head.slopes());
        network.addOutputGradient(rows, head.logits(), head.normed());
        kernels.matmulBackward(rows, head.logits(), network.output(), head.dNormed());
        head.dX().data().fill((byte) 0);
        kernels.rmsNormBackward(
                rows,
                head.x(),
                network.finalNorm(),
                config.normEps(),
                head.dNormed(),
                head.dX(),
                network.finalNormGradient());
        kernels.addRows(rows, head.dX(), places, first, buffers.dX());
    }

    private void backward(TrainingBatch batch) {
        int tokens = batch.tokens().length;
        Tensor dX = buffers.dX();
        for (int i = config.layers() - 1; i >= 0; i--) {
            TrainableWeights.Layer layer = network.layer(i);
            Kept k = kept.get(i);

            kernels.matmulBackward(tokens, dX, layer.down(), buffers.hidden());
            kernels.swigluBackward(tokens, k.gateUp(), buffers.hidden(), buffers.dGateUp());
            network.addGradient(i, Matrix.DOWN, tokens, dX, buffers.hidden());
            kernels.rmsNorm(
                    tokens,
                    k.middle(),
                    layer.feedForwardNorm(),
                    config.normEps(),
                    buffers.normed());
            network.addGradient(i, Matrix.GATE_UP, tokens, buffers.dGateUp(), buffers.normed());
            kernels.matmulBackward(tokens, buffers.dGateUp(), layer.gateUp(), buffers.dNormed());
            kernels.rmsNormBackward(
                    tokens,
                    k.middle(),
                    layer.feedForwardNorm(),
                    config.normEps(),
                    buffers.dNormed(),
                    dX,
                    network.normGradient(i, Norm.FEED_FORWARD));

            network.addGradient(i, Matrix.ATTENTION_OUTPUT, tokens, dX, k.gathered());
            kernels.matmulBackward(tokens, dX, layer.attentionOutput(), buffers.dGathered());
            kernels.attentionBackward(
                    batch.sequences(),
                    batch.starts(),
                    k.qkv(),
                    k.gathered(),
                    buffers.dGathered(),
                    k.logSums(),
                    limits.tokens(),
                    buffers.dQkv());
            kernels.ropeBackward(tokens, buffers.dQkv(), angles, positions);
            kernels.rmsNorm(
                    tokens, k.x(), layer.attentionNorm(), config.normEps(), buffers.normed());
            network.addGradient(i, Matrix.QKV, tokens, buffers.dQkv(), buffers.normed());
            kernels.matmulBackward(tokens, buffers.dQkv(), layer.qkv(), buffers.dNormed());
            kernels.rmsNormBackward(
                    tokens,
                    k.x(),
                    layer.attentionNorm(),
                    config.normEps(),
                    buffers.dNormed(),
                    dX,
                    network.normGradient(i, Norm.ATTENTION));
        }
        network.addEmbeddingGradient(batch.tokens(), dX);
    }
}
