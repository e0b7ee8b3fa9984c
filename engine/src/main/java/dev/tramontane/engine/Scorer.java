package dev.tramontane.engine;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.KvCache;
import dev.tramontane.cache.ShownImages;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.model.VisionEncoder;
import dev.tramontane.model.VisionModel;
import dev.tramontane.sampling.Likeliest;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.FileWatch;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// Log-probabilities of given tokens: what `score` and `perplexity` print. It has a cache of its
/// own for one sequence and no scheduler.
///
/// One thread at a time may call.
public final class Scorer implements AutoCloseable {
    /// Tokens computed at once, and rows of logits held.
    private static final int CHUNK_TOKENS = 64;

    private final Kernels kernels;
    private final Arena arena;
    private final WeightReaders readers;
    private final Transformer transformer;
    private final Optional<VisionEncoder> encoder;
    private final KvCache cache;
    private final BlockTable blocks = new BlockTable();
    private final int context;
    private final float[] logits;

    private Scorer(
            ModelConfig config,
            ModelWeights weights,
            Kernels kernels,
            Arena arena,
            CacheSize size,
            FileWatch watch,
            WeightReaders readers,
            Optional<VisionModel> vision) {
        this.readers = readers;
        this.encoder = vision.map(model -> Engine.encoder(model, kernels, watch));
        this.kernels = kernels;
        this.arena = arena;
        this.context = size.context();
        this.logits = new float[config.vocab()];
        new BlockPool(size.blocks()).lend(BlockPool.blocksFor(context), blocks);
        this.cache = new KvCache(arena, size.format(), config.layers(), size.blocks());
        this.transformer =
                new Transformer(
                        config, weights, kernels, arena, CHUNK_TOKENS, CHUNK_TOKENS, watch::check);
    }

    /// The workshop door: a scorer over given weights, whose memory stays the caller's.
    ///
    /// @param options which kernels and threads; the context is the most tokens it scores at once
    @SuppressWarnings("exports")
    public static Scorer over(ModelConfig config, ModelWeights weights, EngineOptions options) {
        return over(config, weights, options, FileWatch.nothing());
    }

    /// The workshop door for weights in mapped files.
    ///
    /// @param watch looked at before the weights are read; stays the caller's
    @SuppressWarnings({"exports", "MustBeClosedChecker"}) // the scorer closes its arena
    public static Scorer over(
            ModelConfig config, ModelWeights weights, EngineOptions options, FileWatch watch) {
        return over(config, weights, options, watch, Optional.empty());
    }

    /// The workshop door for a model that sees.
    ///
    /// @param watch looked at before the weights are read, those of the vision part too; stays the
    ///   caller's
    @SuppressWarnings("exports")
    public static Scorer over(
            ModelConfig config,
            ModelWeights weights,
            EngineOptions options,
            FileWatch watch,
            Optional<VisionModel> vision) {
        return over(config, weights, options, watch, WeightReaders.ofCaller(), vision);
    }

    /// For weights that are freed while this is open.
    ///
    /// @param readers of whom this is one
    @SuppressWarnings("MustBeClosedChecker") // the scorer closes its arena
    static Scorer over(
            ModelConfig config,
            ModelWeights weights,
            EngineOptions options,
            FileWatch watch,
            WeightReaders readers,
            Optional<VisionModel> vision) {
        CacheSize size = CacheSize.of(config, weights.bytes(), options);
        long bytes = weights.bytes() + vision.map(part -> part.weights().bytes()).orElse(0L);
        Kernels kernels = KernelSelection.open(options, bytes);
        Arena arena = Arena.ofShared();
        try {
            return new Scorer(config, weights, kernels, arena, size, watch, readers, vision);
        } catch (RuntimeException | Error e) {
            arena.close();
            kernels.close();
            throw e;
        }
    }

    /// What a model thinks of a text.
    ///
    /// @param logprobs `double[tokens]`: each token's natural log-probability given those before
    ///   it; NaN for the first
    /// @param top the likeliest tokens after each token, one list a token
    public record Scores(double[] logprobs, List<List<Alternative>> top) {
        public Scores {
            top = List.copyOf(top);
        }
    }

    /// A token and its natural log-probability.
    public record Alternative(int token, double logprob) {}

    /// Scores a text's tokens.
    ///
    /// @param top how many likeliest tokens to tell after each token
    /// @throws IllegalArgumentException when there are none, more than the context, or a token is
    ///   outside the vocabulary
    public Scores score(int[] tokens, int top) {
        return score(tokens, List.of(), top);
    }

    /// Scores a text's tokens, some of which show images.
    ///
    /// @param images in the order of their places
    /// @param top how many likeliest tokens to tell after each token
    /// @throws IllegalArgumentException likewise, and when the model cannot see the images, or they
    ///   do not lie in the text
    public Scores score(int[] tokens, List<PlacedImage> images, int top) {
        return score(tokens, images, top, () -> false);
    }

    /// The same, unless it is given up.
    ///
    /// @param isUnwanted asked before every {@value #CHUNK_TOKENS} tokens
    /// @throws CancellationException when it is unwanted
    public Scores score(
            int[] tokens, List<PlacedImage> images, int top, BooleanSupplier isUnwanted) {
        var logprobs = new double[tokens.length];
        Arrays.fill(logprobs, Double.NaN);
        List<List<Alternative>> alternatives = new ArrayList<>(tokens.length);
        scan(
                tokens,
                images,
                0,
                isUnwanted,
                (i, logSum) -> {
                    if (i + 1 < tokens.length) {
                        logprobs[i + 1] = logits[tokens[i + 1]] - logSum;
                    }
                    List<Alternative> likeliest = new ArrayList<>(top);
                    for (int token : Likeliest.tokens(logits, top)) {
                        likeliest.add(new Alternative(token, logits[token] - logSum));
                    }
                    alternatives.add(List.copyOf(likeliest));
                });
        return new Scores(logprobs, alternatives);
    }

    /// The log-probabilities of all tokens but the first, which is NaN.
    public double[] logprobs(int[] tokens) {
        return logprobs(tokens, 1);
    }

    /// The log-probabilities of the tokens from index `from` on, at least 1; those before are NaN
    /// and cost no row of logits.
    ///
    /// @throws IllegalArgumentException as {@link #score}
    public double[] logprobs(int[] tokens, int from) {
        var logprobs = new double[tokens.length];
        Arrays.fill(logprobs, Double.NaN);
        scan(
                tokens,
                List.of(),
                from - 1,
                () -> false,
                (i, logSum) -> {
                    if (i + 1 < tokens.length) {
                        logprobs[i + 1] = logits[tokens[i + 1]] - logSum;
                    }
                });
        return logprobs;
    }

    /// Sees the logits after the token at an index, and the logarithm of the sum of their
    /// exponentials.
    private interface Visitor {
        void row(int index, double logSum);
    }

    private void scan(
            int[] tokens,
            List<PlacedImage> images,
            int from,
            BooleanSupplier isUnwanted,
            Visitor visitor) {
        check(tokens);
        PlacedImage.check(images, encoder, tokens.length);
        if (from < 0) {
            throw new IllegalArgumentException(
                    "the first token has no log-probability: from is 1 or more");
        }
        try (Arena seen = Arena.ofShared()) {
            List<Tensor> vectors = images.isEmpty() ? List.of() : encode(images, seen);
            for (int start = 0; start < tokens.length; start += CHUNK_TOKENS) {
                if (isUnwanted.getAsBoolean()) {
                    throw new CancellationException("nobody wants the scores any more");
                }
                int count = Math.min(CHUNK_TOKENS, tokens.length - start);
                int skipped = Math.clamp(from - start, 0, count);
                int[] rows = new int[count - skipped];
                Arrays.setAll(rows, i -> skipped + i);
                var slice = new Batch.Slice(0, count, start, blocks);
                var batch =
                        new Batch(
                                Arrays.copyOfRange(tokens, start, start + count),
                                List.of(slice),
                                rows,
                                new int[0],
                                given(images, vectors, start, count));
                Tensor computed = readers.read(() -> transformer.forward(batch, cache));
                for (int row = 0; row < rows.length; row++) {
                    computed.copyRow(row, logits);
                    visitor.row(start + rows[row], logSum(start + rows[row]));
                }
            }
        }
    }

    private List<Tensor> encode(List<PlacedImage> images, Arena arena) {
        List<Tensor> vectors = new ArrayList<>();
        for (PlacedImage image : images) { // one at a time: memory for the largest is enough
            List<ImagePatches> one = List.of(image.patches());
            vectors.addAll(readers.read(() -> encoder.orElseThrow().encode(one, arena)));
        }
        return vectors;
    }

    /// What stands in the place of embeddings of some of the tokens.
    private static List<Batch.Given> given(
            List<PlacedImage> images, List<Tensor> vectors, int start, int count) {
        List<Batch.Given> given = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            PlacedImage image = images.get(i);
            var shown = new ShownImages.Shown(image.hash(), image.positions());
            for (ShownImages.Run run :
                    new ShownImages(List.of(shown)).between(start, start + count)) {
                Tensor rows = vectors.get(i).slice(run.first(), run.count());
                given.add(new Batch.Given(run.offset(), rows));
            }
        }
        return given;
    }

    private void check(int[] tokens) {
        if (tokens.length == 0 || tokens.length > context) {
            throw new IllegalArgumentException(
                    "%d tokens to score, expected 1 to %d, the context; score a part, or open the model with a larger context"
                            .formatted(tokens.length, context));
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= logits.length) {
                throw new IllegalArgumentException(
                        "token %d is %d, expected 0 to %d, the model's vocabulary"
                                .formatted(i, tokens[i], logits.length - 1));
            }
        }
    }

    /// In double precision, for perplexities that are compared with others'.
    private double logSum(int index) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double logSum = max + Math.log(sum);
        if (!Double.isFinite(logSum)) {
            throw new IllegalStateException(
                    "token %d: the logits hold NaN or infinity, expected finite numbers; the model is damaged, compare its file with its source"
                            .formatted(index));
        }
        return logSum;
    }

    /// Positions it can score at once.
    public int context() {
        return context;
    }

    /// Frees its cache and its kernels; the weights stay.
    @Override
    public void close() {
        kernels.close();
        arena.close();
    }
}
