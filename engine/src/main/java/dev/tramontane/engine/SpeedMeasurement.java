package dev.tramontane.engine;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelShape;
import dev.tramontane.model.ModelShape.Layer;
import dev.tramontane.model.ModelShape.Matrix;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.LazyMemory;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs the forward pass on made-up weights of a model's types and shapes, for a second or two.
///
/// Layers of one make take the same time, so of each make only a few are made. For generating they
/// are so many that they do not fit the processor's caches, as the model itself does not; for
/// reading, where the same weights serve many tokens, fewer do. The output is measured by itself.
final class SpeedMeasurement {
    /// Weights of one make: more than caches hold, and made in a fraction of a second.
    private static final long SAMPLE_BYTES = 512L << 20;

    /// A byte that is a harmless number in every type: about 0.07 as an F16 scale, 2·10⁻¹² as a
    /// float or BF16, so that no product is so small that the processor slows down.
    private static final byte FILLING = 0x2c;

    /// Positions that attention looks back at in the second measurement.
    private static final int LATER = 4096;

    private static final int MOST_ROUNDS = 12;
    private static final double STEADY = 0.95;

    private static final int MOST_PREFILL_TOKENS = 512;
    private static final int FEWEST_PREFILL_TOKENS = 64;

    /// Weights of the layers that reading is measured on.
    private static final long PREFILL_BYTES = 64L << 20;

    private final ModelShape shape;
    private final Kernels kernels;
    private final long warmUpNanos;
    private final long measuredNanos;

    /// @param budgetNanos about how long the whole takes
    private SpeedMeasurement(ModelShape shape, Kernels kernels, int makes, long budgetNanos) {
        this.shape = shape;
        this.kernels = kernels;
        this.warmUpNanos = budgetNanos / 4 / makes;
        this.measuredNanos = budgetNanos / 8 / makes;
    }

    /// Measures with the kernels that the options would choose for this model.
    ///
    /// @param budgetNanos about how long it may take; slow machines take longer
    static SpeedForecast of(ModelShape shape, EngineOptions options, long budgetNanos) {
        Map<Layer, Integer> makes = new LinkedHashMap<>();
        shape.layers().forEach(layer -> makes.merge(layer, 1, Integer::sum));
        try (Kernels kernels = KernelSelection.open(options, shape.bytes())) {
            var measurement = new SpeedMeasurement(shape, kernels, makes.size(), budgetNanos);
            CacheFormat format = CacheSize.format(shape.config(), shape.bytes(), options);
            return measurement.measure(makes, format, options.maxBatchTokens());
        }
    }

    /// Seconds of a step, at the first position and at {@link #LATER}.
    private record Costs(double first, double later) {
        Costs plus(Costs other, double times) {
            return new Costs(first + times * other.first, later + times * other.later);
        }

        SpeedForecast.Step step(double more) {
            return new SpeedForecast.Step(first + more, Math.max(0, later - first) / LATER);
        }
    }

    private SpeedForecast measure(
            Map<Layer, Integer> makes, CacheFormat format, int maxBatchTokens) {
        Costs decode = new Costs(0, 0);
        Costs prefill = new Costs(0, 0);
        int tokens = 0;
        for (Map.Entry<Layer, Integer> make : makes.entrySet()) {
            int most = Math.min(maxBatchTokens, MOST_PREFILL_TOKENS);
            try (var sample = new Sample(make.getKey(), make.getValue(), format, most)) {
                sample.warmUp();
                if (tokens == 0) {
                    tokens = sample.prefillTokens(most);
                }
                decode = decode.plus(sample.decode(), make.getValue());
                prefill = prefill.plus(sample.prefill(tokens), make.getValue());
            }
        }
        double output = outputSeconds();
        // A prompt is sampled once, however long: its last step alone pays for the output.
        return new SpeedForecast(
                kernels.name(), decode.step(output), prefill.step(output * tokens / 512), tokens);
    }

    /// Seconds of one row of logits.
    private double outputSeconds() {
        Matrix output = shape.output();
        try (Arena arena = Arena.ofShared()) {
            int copies = Math.clamp(SAMPLE_BYTES / output.bytes(), 1, 8);
            List<Tensor> weights = new ArrayList<>();
            for (int i = 0; i < copies; i++) {
                weights.add(made(output, arena));
            }
            Tensor x = Tensor.allocate(arena, 1, output.cols());
            x.data().fill(FILLING);
            Tensor out = Tensor.allocate(arena, 1, output.rows());
            Runnable pass = () -> weights.forEach(weight -> kernels.matmul(x, weight, out));
            pass.run();
            return steady(pass, measuredNanos) / copies;
        }
    }

    /// Some layers of one make, and what a step over them needs.
    private final class Sample implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final BlockTable blocks = new BlockTable();
        private final KvCache cache;
        private final int layers;
        private final Transformer transformer;
        private final int fewLayers;
        private final Transformer few;
        private final int mostTokens;

        Sample(Layer make, int count, CacheFormat format, int maxTokens) {
            mostTokens = maxTokens;
            layers = Math.clamp(SAMPLE_BYTES / make.bytes(), 1, count);
            ModelConfig config = shape.config().withLayers(layers);
            List<ModelWeights.LayerWeights> made = new ArrayList<>();
            for (int i = 0; i < layers; i++) {
                made.add(layer(make, config));
            }
            Tensor embedding = made(new Matrix(shape.embedding().type(), 1, config.dim()), arena);
            transformer = transformer(config, embedding, made, 1);
            fewLayers = Math.clamp(PREFILL_BYTES / make.bytes(), 1, layers);
            few =
                    transformer(
                            config.withLayers(fewLayers),
                            embedding,
                            made.subList(0, fewLayers),
                            maxTokens);
            int blockCount = BlockPool.blocksFor(LATER + maxTokens);
            new BlockPool(blockCount).lend(blockCount, blocks);
            cache = new KvCache(arena, format, layers, blockCount);
            for (int i = 0; i < layers; i++) { // pages never written would all be one
                cache.layer(i).fill(FILLING);
            }
        }

        private Transformer transformer(
                ModelConfig config,
                Tensor embedding,
                List<ModelWeights.LayerWeights> made,
                int maxTokens) {
            var weights = new ModelWeights(embedding, made, ones(config.dim()), embedding);
            return new Transformer(config, weights, kernels, arena, maxTokens, 1);
        }

        private ModelWeights.LayerWeights layer(Layer make, ModelConfig config) {
            return new ModelWeights.LayerWeights(
                    ones(config.dim()),
                    made(make.query(), arena),
                    made(make.key(), arena),
                    made(make.value(), arena),
                    config.headNorms()
                            ? Optional.of(
                                    new ModelWeights.HeadNorms(
                                            ones(config.headDim()), ones(config.headDim())))
                            : Optional.empty(),
                    made(make.attentionOutput(), arena),
                    ones(config.dim()),
                    made(make.gate(), arena),
                    made(make.up(), arena),
                    made(make.down(), arena));
        }

        private Tensor ones(int cols) {
            float[] values = new float[cols];
            Arrays.fill(values, 1);
            Tensor tensor = Tensor.allocate(arena, 1, cols);
            MemorySegment.copy(MemorySegment.ofArray(values), 0, tensor.data(), 0, tensor.bytes());
            return tensor;
        }

        /// A step of so many tokens at a position; no logits.
        private void step(Transformer which, int tokens, int position) {
            var slice = new Batch.Slice(0, tokens, position, blocks);
            which.forward(new Batch(new int[tokens], List.of(slice), new int[0]), cache);
        }

        /// Until the loops are compiled, in small steps: vectors are very slow before.
        void warmUp() {
            int tokens = Math.min(FEWEST_PREFILL_TOKENS, mostTokens);
            long end = System.nanoTime() + warmUpNanos;
            int position = 1;
            while (position < LATER || System.nanoTime() < end) {
                position = Math.min(2 * position, LATER);
                step(few, 1, position);
                step(few, tokens, 0);
            }
            step(transformer, 1, 0);
        }

        /// The largest step that the time allows.
        int prefillTokens(int most) {
            double seconds = median(() -> step(few, Math.min(FEWEST_PREFILL_TOKENS, most), 0), 0);
            double tokens = FEWEST_PREFILL_TOKENS * measuredNanos / 1e9 / seconds;
            int fitting = Integer.highestOneBit((int) Math.clamp(tokens, 1, most));
            return Math.clamp(fitting, Math.min(FEWEST_PREFILL_TOKENS, most), most);
        }

        /// Of one token and one layer.
        Costs decode() {
            return new Costs(
                    steady(() -> step(transformer, 1, 0), measuredNanos) / layers,
                    steady(() -> step(transformer, 1, LATER), measuredNanos) / layers);
        }

        /// Of a step of so many tokens and one layer.
        Costs prefill(int tokens) {
            step(few, tokens, 0); // large steps take loops that small ones do not
            step(few, tokens, LATER);
            return new Costs(
                    steady(() -> step(few, tokens, 0), 0) / fewLayers,
                    steady(() -> step(few, tokens, LATER), 0) / fewLayers);
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static Tensor made(Matrix matrix, Arena arena) {
        MemorySegment data =
                LazyMemory.allocate(arena, matrix.bytes(), Tensor.ALIGNMENT_BYTES).fill(FILLING);
        return new Tensor(matrix.type(), Layout.ROWS, matrix.rows(), matrix.cols(), data);
    }

    /// The same once it gets no better: code is compiled while it runs.
    private static double steady(Runnable run, long nanos) {
        double last = median(run, nanos);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double next = median(run, nanos);
            if (next > STEADY * last) {
                return Math.min(next, last);
            }
            last = next;
        }
        return last;
    }

    /// The middle of the times of some runs, three at least, in seconds.
    private static double median(Runnable run, long nanos) {
        List<Long> times = new ArrayList<>();
        long begin = System.nanoTime();
        while (times.size() < 3 || System.nanoTime() - begin < nanos) {
            long start = System.nanoTime();
            run.run();
            times.add(System.nanoTime() - start);
        }
        times.sort(null);
        return times.get(times.size() / 2) / 1e9;
    }
}
