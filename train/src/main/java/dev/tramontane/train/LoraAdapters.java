package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.LoraConfig.Target;
import dev.tramontane.train.TrainableWeights.Kind;
import dev.tramontane.train.TrainableWeights.Parameter;
import dev.tramontane.train.kernels.BackwardKernels;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// The adapters of a model: for each matrix that learns, two narrow ones whose product is added to
/// it (Hu et al. 2021).
///
/// A is drawn evenly from ±1/√inner, as PEFT does, and B is zero, so a fresh adapter changes
/// nothing. B lies turned, as `Bᵀ`, so that all products of training are those that whole weights
/// have. Ranks are rounded up to what kernels compute in; the rows beyond are zero, have no
/// gradient, and are left out of files.
public final class LoraAdapters implements Trainable {
    private final ModelConfig network;
    private final LoraConfig config;
    private final int rows;
    private final List<Map<Target, Adapter>> layers = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final Tensor values;
    private final Tensor gradients;

    /// One matrix's pair.
    ///
    /// @param a float[rows][inner]
    /// @param turnedB float[rows][outer]
    /// @param dA gradient of `a`
    /// @param dTurnedB gradient of `turnedB`
    record Adapter(Tensor a, Tensor turnedB, Tensor dA, Tensor dTurnedB) {}

    private record Place(Target target, Parameter a, Parameter turnedB) {}

    /// Fresh adapters, all zero in effect.
    ///
    /// @param seed of the draw
    /// @param arena owns values and gradients; threads share them
    public LoraAdapters(ModelConfig network, LoraConfig config, long seed, Arena arena) {
        this.network = network;
        this.config = config;
        int unit = BackwardKernels.WIDTH_UNIT;
        rows = (config.rank() + unit - 1) / unit * unit;
        List<List<Place>> places = new ArrayList<>();
        long count = 0;
        for (int layer = 0; layer < network.layers(); layer++) {
            List<Place> inLayer = new ArrayList<>();
            for (Target target : Target.values()) {
                if (config.targets().contains(target)) {
                    String name = name(layer, target);
                    var a =
                            new Parameter(
                                    name + ".lora_A", count, rows, inner(target), Kind.MATRIX);
                    var turnedB =
                            new Parameter(
                                    name + ".lora_B_turned",
                                    count + a.count(),
                                    rows,
                                    outer(target),
                                    Kind.MATRIX);
                    count += (long) a.count() + turnedB.count();
                    inLayer.add(new Place(target, a, turnedB));
                    parameters.add(a);
                    parameters.add(turnedB);
                }
            }
            places.add(inLayer);
        }
        values = Tensor.allocate(arena, 1, Math.toIntExact(count));
        gradients = Tensor.allocate(arena, 1, Math.toIntExact(count));
        for (List<Place> inLayer : places) {
            Map<Target, Adapter> adapters = new EnumMap<>(Target.class);
            for (Place place : inLayer) {
                adapters.put(
                        place.target,
                        new Adapter(
                                place.a.in(values),
                                place.turnedB.in(values),
                                place.a.in(gradients),
                                place.turnedB.in(gradients)));
            }
            layers.add(adapters);
        }
        draw(new SplittableRandom(seed));
    }

    private void draw(SplittableRandom random) {
        for (Map<Target, Adapter> adapters : layers) {
            for (Adapter adapter : adapters.values()) {
                double most = 1 / Math.sqrt(adapter.a.cols());
                for (int row = 0; row < config.rank(); row++) {
                    for (int col = 0; col < adapter.a.cols(); col++) {
                        adapter.a.set(row, col, (float) random.nextDouble(-most, most));
                    }
                }
            }
        }
    }

    /// The module that a matrix belongs to, as Hugging Face's code names it.
    static String name(int layer, Target target) {
        String part = target.isInAttention() ? "self_attn" : "mlp";
        return "model.layers.%d.%s.%s".formatted(layer, part, target.moduleName());
    }

    private int inner(Target target) {
        return switch (target) {
            case QUERY, KEY, VALUE, GATE, UP -> network.dim();
            case OUTPUT -> network.queryDim();
            case DOWN -> network.hiddenDim();
        };
    }

    private int outer(Target target) {
        return switch (target) {
            case QUERY -> network.queryDim();
            case KEY, VALUE -> network.kvDim();
            case OUTPUT, DOWN -> network.dim();
            case GATE, UP -> network.hiddenDim();
        };
    }

    /// Which matrices learn.
    public LoraConfig config() {
        return config;
    }

    /// Layers of the network.
    int layers() {
        return layers.size();
    }

    /// A matrix's pair, if it has one.
    Optional<Adapter> adapter(int layer, Target target) {
        return Optional.ofNullable(layers.get(layer).get(target));
    }

    /// Rows of every pair: the rank, rounded up.
    int rows() {
        return rows;
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
        return List.copyOf(parameters);
    }
}
