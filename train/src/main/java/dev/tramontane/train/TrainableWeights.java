package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.ModelWeights.LayerWeights;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.BackwardKernels;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A decoder's weights and their gradients, each in one piece of memory.
///
/// Tensors lie in the order of the network, so that query, key and value of a layer are one matrix
/// for the products of training, and gate and up another; an optimiser runs over all of them as
/// over one row. {@link #model} shows the same memory as the tensors that an engine reads: what a
/// step writes, the engine's next forward pass sees.
public final class TrainableWeights implements Trainable, TrainedModel {
    private static final TensorNames NAMES = TensorNames.of(ModelFolder.Kind.HUGGING_FACE);

    private final ModelConfig config;
    private final boolean tied;
    private final Tensor values;
    private final Tensor gradients;
    private final List<Parameter> parameters;
    private final ModelWeights model;
    private final Layout layout;

    /// A tensor among the flat weights.
    ///
    /// @param name as in Hugging Face's layout
    /// @param from its first value
    public record Parameter(String name, long from, int rows, int cols, Kind kind) {
        /// Values in it.
        public int count() {
            return Math.multiplyExact(rows, cols);
        }

        /// Its values, sharing memory.
        public Tensor in(Tensor flat) {
            return new Tensor(
                    flat.type(),
                    flat.layout(),
                    rows,
                    cols,
                    flat.data().asSlice(4 * from, 4L * count()));
        }
    }

    /// What optimisers tell apart.
    public enum Kind {
        /// Rows that are looked up: the embedding, also where it is the output as well.
        EMBEDDING,
        /// What multiplies activations inside the network.
        MATRIX,
        /// What makes logits of activations.
        OUTPUT,
        /// The gain of a norm.
        GAIN;

        static Kind of(TensorNames.Role role) {
            return switch (role) {
                case EMBEDDING -> EMBEDDING;
                case OUTPUT -> OUTPUT;
                case QUERY, KEY, VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN -> MATRIX;
                case FINAL_NORM, ATTENTION_NORM, FEED_FORWARD_NORM, QUERY_NORM, KEY_NORM -> GAIN;
            };
        }
    }

    /// Tensors as the trainer multiplies them, of values or of gradients.
    ///
    /// @param embedding float[vocab][dim]
    /// @param finalNorm float[1][dim]
    /// @param output float[vocab][dim]; the embedding where the two are tied
    record Layout(Tensor embedding, List<Layer> layers, Tensor finalNorm, Tensor output) {}

    /// One layer of a {@link Layout}.
    ///
    /// @param attentionNorm float[1][dim]
    /// @param qkv float[(heads + 2 · kvHeads) · headDim][dim]
    /// @param attentionOutput float[dim][heads · headDim]
    /// @param feedForwardNorm float[1][dim]
    /// @param gateUp float[2 · hiddenDim][dim]
    /// @param down float[dim][hiddenDim]
    record Layer(
            Tensor attentionNorm,
            Tensor qkv,
            Tensor attentionOutput,
            Tensor feedForwardNorm,
            Tensor gateUp,
            Tensor down) {}

    private TrainableWeights(BaseModel base, Arena arena) {
        config = base.config();
        ModelWeights source = base.weights();
        tied = source.tied();
        parameters = parametersOf(source);
        int count = checked(parameters.getLast().from() + parameters.getLast().count());
        values = Tensor.allocate(arena, 1, count);
        gradients = Tensor.allocate(arena, 1, count);
        model = modelOver(values);
        layout = layoutOver(values);
        List<ModelWeights.Placed> from = source.placed();
        for (int i = 0; i < from.size(); i++) {
            copy(base, from.get(i), parameters.get(i).in(values));
        }
    }

    private static int checked(long count) {
        if (count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a network of %d values, expected %d at most where all of them learn; train it with lora"
                            .formatted(count, Integer.MAX_VALUE));
        }
        return (int) count;
    }

    /// Takes weights over, widened to F32 and tied as they are.
    ///
    /// @param source of any type; not needed afterwards
    /// @param arena owns weights and gradients; threads share them
    /// @throws IllegalArgumentException when the network has something that the trainer cannot
    ///   differentiate
    public static TrainableWeights copyOf(ModelConfig config, ModelWeights source, Arena arena) {
        return copyOf(new BaseModel(config, source), arena);
    }

    /// Takes a model's weights over, in the trainer's order.
    ///
    /// @param base not needed afterwards
    /// @param arena owns weights and gradients; threads share them
    public static TrainableWeights copyOf(BaseModel base, Arena arena) {
        return new TrainableWeights(base, arena);
    }

    private static List<Parameter> parametersOf(ModelWeights source) {
        List<Parameter> parameters = new ArrayList<>();
        long from = 0;
        for (ModelWeights.Placed placed : source.placed()) {
            Tensor tensor = placed.tensor();
            Kind kind = Kind.of(placed.role());
            var parameter =
                    new Parameter(placed.name(NAMES), from, tensor.rows(), tensor.cols(), kind);
            parameters.add(parameter);
            from += parameter.count();
        }
        return List.copyOf(parameters);
    }

    private static void copy(BaseModel base, ModelWeights.Placed from, Tensor to) {
        float[] row = new float[to.cols()];
        for (int i = 0; i < to.rows(); i++) {
            base.decodeRow(from.role(), from.tensor(), i, row);
            for (int col = 0; col < row.length; col++) {
                to.set(i, col, row[col]);
            }
        }
    }

    /// Where the tensors of the network lie: read from the front, in {@link ModelWeights#placed}'s
    /// order.
    private static final class Reader {
        private final Tensor flat;
        private long from;

        Reader(Tensor flat) {
            this.flat = flat;
        }

        Tensor next(int rows, int cols) {
            var parameter = new Parameter("", from, rows, cols, Kind.MATRIX);
            from += parameter.count();
            return parameter.in(flat);
        }
    }

    private ModelWeights modelOver(Tensor flat) {
        var reader = new Reader(flat);
        int dim = config.dim();
        Tensor embedding = reader.next(config.vocab(), dim);
        List<LayerWeights> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(
                    new LayerWeights(
                            reader.next(1, dim),
                            reader.next(config.queryDim(), dim),
                            reader.next(config.kvDim(), dim),
                            reader.next(config.kvDim(), dim),
                            Optional.empty(),
                            reader.next(dim, config.queryDim()),
                            reader.next(1, dim),
                            reader.next(config.hiddenDim(), dim),
                            reader.next(config.hiddenDim(), dim),
                            reader.next(dim, config.hiddenDim())));
        }
        Tensor finalNorm = reader.next(1, dim);
        Tensor output = tied ? embedding : reader.next(config.vocab(), dim);
        return new ModelWeights(embedding, layers, finalNorm, output);
    }

    private Layout layoutOver(Tensor flat) {
        var reader = new Reader(flat);
        int dim = config.dim();
        Tensor embedding = reader.next(config.vocab(), dim);
        List<Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(
                    new Layer(
                            reader.next(1, dim),
                            reader.next(config.queryDim() + 2 * config.kvDim(), dim),
                            reader.next(dim, config.queryDim()),
                            reader.next(1, dim),
                            reader.next(2 * config.hiddenDim(), dim),
                            reader.next(dim, config.hiddenDim())));
        }
        Tensor finalNorm = reader.next(1, dim);
        Tensor output = tied ? embedding : reader.next(config.vocab(), dim);
        return new Layout(embedding, layers, finalNorm, output);
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public boolean tied() {
        return tied;
    }

    @Override
    public List<Part> parts() {
        return parameters.stream()
                .map(
                        one ->
                                new Part(
                                        one.name(),
                                        one.kind(),
                                        one.rows(),
                                        one.cols(),
                                        () -> one.in(values)))
                .toList();
    }

    /// The weights as an engine reads them, sharing memory.
    public ModelWeights model() {
        return model;
    }

    /// The weights as they are now in memory of their own, as an engine reads them.
    ///
    /// @param arena owns the copy; threads share it
    public ModelWeights modelCopy(Arena arena) {
        Tensor copy = Tensor.allocate(arena, 1, values.cols());
        copy.data().copyFrom(values.data());
        return modelOver(copy);
    }

    @Override
    public Tensor values() {
        return values;
    }

    @Override
    public Tensor gradients() {
        return gradients;
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    Layout layout() {
        return layout;
    }

    Layout gradientLayout() {
        return layoutOver(gradients);
    }

    /// Values of the largest matrix that a product packs.
    static long largestMatrix(ModelConfig config) {
        int qkv = config.queryDim() + 2 * config.kvDim();
        int widest = Math.max(qkv, 2 * config.hiddenDim());
        long inLayers =
                (long) BackwardKernels.padded(widest) * BackwardKernels.padded(config.dim());
        long down =
                (long) BackwardKernels.padded(config.dim())
                        * BackwardKernels.padded(config.hiddenDim());
        long out =
                (long) BackwardKernels.padded(config.vocab())
                        * BackwardKernels.padded(config.dim());
        return Math.max(Math.max(inLayers, down), out);
    }
}
