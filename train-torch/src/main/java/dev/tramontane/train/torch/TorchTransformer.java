package dev.tramontane.train.torch;

import static org.bytedeco.pytorch.global.torch.ScalarType.BFloat16;
import static org.bytedeco.pytorch.global.torch.ScalarType.Double;
import static org.bytedeco.pytorch.global.torch.ScalarType.Float;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TokenLoss;
import dev.tramontane.train.TokenScores;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.TrainingBatch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// The decoder of {@link dev.tramontane.train.TrainableTransformer} in libtorch's operations; the
/// way back is libtorch's own.
///
/// Tokens lie end to end, but for attention ({@link Packing}). With {@link
/// TorchDevice.Precision#BF16} products and attention are computed in bfloat16 from F32 weights,
/// each rounded anew in every pass; norms, softmax and the residual stream stay F32.
///
/// Native memory of a pass is freed when it ends, that of the weights by {@link #close}, before the
/// weights' own arena is closed. Results repeat on one device as far as libtorch repeats itself.
/// One thread at a time may call.
public final class TorchTransformer implements PolicyBackend, AutoCloseable {
    /// Logits that exist at a time: 64 MB, for the few tensors of that size that autograd keeps.
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private final ModelConfig config;
    private final TorchDevice.Precision precision;
    private final Limits limits;
    private final int headRows;
    private final PointerScope lifetime;
    private final Device device;
    private final TorchWeights weights;
    private final Tensor cosines;
    private final Tensor sines;

    /// @param weights read and given gradients; they must outlive this
    public TorchTransformer(TrainableWeights weights, TorchDevice where, Limits limits) {
        this(weights, where, limits, LOGITS_AT_ONCE);
    }

    TorchTransformer(TrainableWeights weights, TorchDevice where, Limits limits, int logitsAtOnce) {
        this.config = weights.config();
        this.precision = where.precision();
        this.limits = limits;
        headRows = Math.clamp(logitsAtOnce / config.vocab(), 1, limits.tokens());
        try (var scope = new PointerScope()) {
            device = where.open();
            Tensor angles = angles();
            cosines = angles.cos().to(device, Float);
            sines = angles.sin().to(device, Float);
            lifetime = scope.extend();
        }
        this.weights = new TorchWeights(weights, device, where.hasOwnMemory());
    }

    /// `position · theta^(−2 · pair / headDim)` (Su et al. 2021, section 3.2), in double precision.
    ///
    /// @return double[positions][headDim / 2]
    private Tensor angles() {
        var doubles = new TensorOptions(Double);
        Tensor positions = torch.arange(new Scalar((long) limits.sequenceTokens()), doubles);
        Tensor pairs = torch.arange(new Scalar((long) config.headDim() / 2), doubles);
        Tensor exponents = pairs.mul(new Scalar(-2.0 / config.headDim()));
        Tensor frequencies = torch.pow(new Scalar(config.ropeTheta()), exponents);
        return torch.outer(positions, frequencies);
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public void score(TrainingBatch batch, TokenScores scores) {
        limits.check(batch, config.vocab());
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            weights.fetch();
            throughVocabulary(batch, forward(batch), null, scores);
        }
    }

    @Override
    public void learn(TrainingBatch batch, TokenLoss loss, TokenScores scores) {
        limits.check(batch, config.vocab());
        if (batch.scored().length == 0) {
            return;
        }
        try (var _ = new PointerScope()) {
            try (var _ = new NoGradGuard()) {
                weights.fetch();
            }
            try (var _ = new AutoGradMode(true)) {
                Tensor last = forward(batch);
                backward(last, throughVocabulary(batch, last, loss, scores));
            }
            try (var _ = new NoGradGuard()) {
                weights.giveBack();
            }
        }
    }

    /// @return float[scored][dim]: what the last layer gives where a scored token is to be
    ///   predicted
    private Tensor forward(TrainingBatch batch) {
        Packing packing = Packing.of(batch);
        Tensor positions = upload(packing.positions());
        var turn =
                new Turn(
                        cosines.index_select(0, positions).unsqueeze(1),
                        sines.index_select(0, positions).unsqueeze(1));
        Tensor toRectangle = upload(packing.toRectangle());
        Tensor toTokens = upload(packing.toTokens());
        Tensor x = torch.embedding(weights.embedding(), upload(Packing.longs(batch.tokens())));
        for (TorchWeights.Layer layer : weights.layers()) {
            Tensor normed = rmsNorm(x, layer.attentionNorm());
            Tensor qkv = turn(matmul(normed, layer.qkv()), turn);
            Tensor gathered =
                    packing.isWhole()
                            ? attention(qkv, packing)
                            : attention(qkv.index_select(0, toRectangle), packing)
                                    .index_select(0, toTokens);
            x = x.add(matmul(gathered, layer.attentionOutput()));

            Tensor gateUp = matmul(rmsNorm(x, layer.feedForwardNorm()), layer.gateUp());
            Tensor gate = gateUp.narrow(1, 0, config.hiddenDim());
            Tensor up = gateUp.narrow(1, config.hiddenDim(), config.hiddenDim());
            x = x.add(matmul(torch.silu(gate).mul(up), layer.down()));
        }
        return x.index_select(0, upload(places(batch)));
    }

    private static long[] places(TrainingBatch batch) {
        long[] places = Packing.longs(batch.scored());
        for (int i = 0; i < places.length; i++) {
            places[i]--;
        }
        return places;
    }

    private Tensor rmsNorm(Tensor x, Tensor gain) {
        return torch.rms_norm(
                x,
                new long[] {config.dim()},
                new TensorOptional(gain),
                new DoubleOptional(config.normEps()));
    }

    /// `x · weightᵀ`, in the precision of products.
    private Tensor matmul(Tensor x, Tensor weight) {
        return switch (precision) {
            case F32 -> torch.linear(x, weight);
            case BF16 -> torch.linear(x.to(BFloat16), weight.to(BFloat16));
        };
    }

    /// Cosines and sines of a batch's tokens, float[tokens][1][headDim / 2].
    private record Turn(Tensor cosines, Tensor sines) {}

    /// Turns the halves of each query and key head by their position.
    ///
    /// @param qkv float[tokens][(heads + 2 · kvHeads) · headDim]
    /// @return float[tokens][heads + 2 · kvHeads][headDim]
    private Tensor turn(Tensor qkv, Turn turn) {
        int turned = config.heads() + config.kvHeads();
        int half = config.headDim() / 2;
        Tensor heads = qkv.view(-1, turned + config.kvHeads(), config.headDim());
        Tensor first = heads.narrow(1, 0, turned).narrow(2, 0, half);
        Tensor second = heads.narrow(1, 0, turned).narrow(2, half, half);
        Tensor turnedFirst = first.mul(turn.cosines).sub(second.mul(turn.sines));
        Tensor turnedSecond = second.mul(turn.cosines).add(first.mul(turn.sines));
        Tensor queriesAndKeys = torch.cat(new TensorVector(turnedFirst, turnedSecond), 2);
        Tensor values = heads.narrow(1, turned, config.kvHeads());
        return torch.cat(new TensorVector(queriesAndKeys.to(values.dtype()), values), 1);
    }

    /// Causal attention, each group of query heads over its key head.
    ///
    /// @param qkv float[sequences · longest][heads + 2 · kvHeads][headDim]
    /// @return float[sequences · longest][heads · headDim]
    private Tensor attention(Tensor qkv, Packing packing) {
        int heads = config.heads();
        int kvHeads = config.kvHeads();
        Tensor rectangle =
                qkv.view(
                                packing.sequences(),
                                packing.longest(),
                                heads + 2L * kvHeads,
                                config.headDim())
                        .transpose(1, 2);
        Tensor gathered =
                torch.scaled_dot_product_attention(
                        rectangle.narrow(1, 0, heads),
                        shared(rectangle.narrow(1, heads, kvHeads), packing),
                        shared(rectangle.narrow(1, heads + (long) kvHeads, kvHeads), packing),
                        new TensorOptional(),
                        0,
                        true,
                        new DoubleOptional(),
                        false);
        return gathered.transpose(1, 2).reshape(-1, config.queryDim());
    }

    /// Each key or value head once for every query head that looks at it.
    private Tensor shared(Tensor heads, Packing packing) {
        long sharers = config.heads() / config.kvHeads();
        if (sharers == 1) {
            return heads;
        }
        int sequences = packing.sequences();
        int longest = packing.longest();
        return heads.unsqueeze(2)
                .expand(sequences, config.kvHeads(), sharers, longest, config.headDim())
                .reshape(sequences, config.heads(), longest, config.headDim());
    }

    /// The final norm and the vocabulary, some tokens at a time; with a loss also the way back
    /// through both.
    ///
    /// @param last float[scored][dim]
    /// @return with a loss, its gradient at `last`
    private @Nullable Tensor throughVocabulary(
            TrainingBatch batch, Tensor last, @Nullable TokenLoss loss, TokenScores scores) {
        int scored = batch.scored().length;
        Tensor dLast = loss == null ? null : torch.zeros_like(last);
        for (int first = 0; first < scored; first += headRows) {
            int rows = Math.min(headRows, scored - first);
            try (var _ = new PointerScope()) {
                Tensor x = last.narrow(0, first, rows).detach().requires_grad_(loss != null);
                Tensor logits = matmul(rmsNorm(x, weights.finalNorm()), weights.output());
                Tensor all = torch.log_softmax(logits.to(Float), 1);
                Tensor targets = upload(targets(batch, first, rows)).unsqueeze(1);
                Tensor logProbs = all.gather(1, targets).squeeze(1);
                download(logProbs, scores.logProbs(), first, rows);
                Tensor distribution = all.detach();
                Tensor entropies = distribution.exp().mul(distribution).sum(1).neg();
                download(entropies, scores.entropies(), first, rows);
                if (loss != null && dLast != null) {
                    backward(logProbs, slopes(loss, scores, first, rows));
                    dLast.narrow(0, first, rows).copy_(x.grad());
                }
            }
        }
        return dLast;
    }

    private static long[] targets(TrainingBatch batch, int first, int rows) {
        long[] targets = new long[rows];
        for (int i = 0; i < rows; i++) {
            targets[i] = batch.tokens()[batch.scored()[first + i]];
        }
        return targets;
    }

    private Tensor slopes(TokenLoss loss, TokenScores scores, int first, int rows) {
        float[] slopes = new float[rows];
        for (int i = 0; i < rows; i++) {
            slopes[i] = (float) loss.slope(first + i, scores.logProbs()[first + i]);
        }
        return torch.tensor(slopes).to(device, Float);
    }

    private static void backward(Tensor at, @Nullable Tensor gradient) {
        if (gradient != null) {
            at.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        }
    }

    private Tensor upload(long[] numbers) {
        return torch.tensor(numbers).to(device, torch.ScalarType.Long);
    }

    private static void download(Tensor from, float[] to, int first, int count) {
        from.detach().cpu().contiguous().data_ptr_float().get(to, first, count);
    }

    /// What libtorch's own optimisers would take.
    TorchWeights weights() {
        return weights;
    }

    /// Frees all native memory; the weights stay as they are.
    @Override
    public void close() {
        weights.close();
        lifetime.deallocate();
    }
}
