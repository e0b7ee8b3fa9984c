package dev.tramontane.train;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights.Kind;
import dev.tramontane.train.TrainableWeights.Parameter;
import dev.tramontane.train.kernels.NewtonSchulz;
import dev.tramontane.train.kernels.Precision;
import dev.tramontane.train.kernels.UpdateKernels;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Muon for the matrices inside the network: momentum whose singular values are all brought near
/// one, so that every direction learns alike (Jordan et al. 2024). Embedding, output and gains,
/// which are not matrices of that kind, are AdamW's.
///
/// Updates are scaled by `0.2 · √(longer side)`, which gives them the size of AdamW's (Liu et al.
/// 2025, "Muon is scalable for LLM training", eq. 4): one learning rate serves both.
public final class Muon implements Optimizer {
    private static final double SIZE = 0.2;

    private final Trainable weights;
    private final Settings settings;
    private final List<Matrix> matrices = new ArrayList<>();
    private final AdamW others;
    private final UpdateKernels kernels;
    private final NewtonSchulz newtonSchulz;
    private final Tensor momentum;

    /// A matrix and room for its update, which matrices of one shape share.
    private record Matrix(Parameter parameter, Tensor update) {}

    /// Its numbers.
    ///
    /// @param momentum memory of the gradients' mean, applied as Nesterov does
    /// @param weightDecay of matrices: share of the rate by which they shrink
    /// @param others of what is AdamW's
    public record Settings(float momentum, float weightDecay, AdamW.Settings others) {
        /// As published, without decay.
        public static final Settings USUAL = new Settings(0.95f, 0, AdamW.Settings.USUAL);

        public Settings {
            if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException(
                        "Muon with momentum %s and weight decay %s; expected a momentum from 0 to below 1, decay 0 or more"
                                .formatted(momentum, weightDecay));
            }
        }
    }

    /// @param arena owns the momentum; threads share it
    public Muon(Trainable weights, Workers workers, Settings settings, Arena arena) {
        this(weights, workers, settings, Precision.FLOAT32, arena);
    }

    /// @param precision of the products that bring singular values near one
    /// @param arena owns the momentum; threads share it
    public Muon(
            Trainable weights,
            Workers workers,
            Settings settings,
            Precision precision,
            Arena arena) {
        this.weights = weights;
        this.settings = settings;
        others =
                new AdamW(
                        weights,
                        workers,
                        settings.others,
                        Set.of(Kind.EMBEDDING, Kind.OUTPUT, Kind.GAIN),
                        arena);
        kernels = new UpdateKernels(workers, weights.count());
        int shorter = 0;
        int longer = 0;
        for (Parameter matrix : weights.parameters()) {
            if (matrix.kind() == Kind.MATRIX) {
                shorter = Math.max(shorter, Math.min(matrix.rows(), matrix.cols()));
                longer = Math.max(longer, Math.max(matrix.rows(), matrix.cols()));
                matrices.add(new Matrix(matrix, roomFor(matrix, arena)));
            }
        }
        newtonSchulz = new NewtonSchulz(precision, workers, shorter, longer, arena);
        momentum = Tensor.allocate(arena, 1, weights.values().cols());
    }

    private Tensor roomFor(Parameter matrix, Arena arena) {
        for (Matrix other : matrices) {
            Tensor room = other.update;
            if (room.rows() == matrix.rows() && room.cols() == matrix.cols()) {
                return room;
            }
        }
        return Tensor.allocate(arena, matrix.rows(), matrix.cols());
    }

    @Override
    public void step(double rate, double gradientScale) {
        for (Matrix matrix : matrices) {
            Parameter parameter = matrix.parameter;
            kernels.nesterov(
                    weights.gradients(),
                    (float) gradientScale,
                    momentum,
                    parameter.from(),
                    settings.momentum,
                    matrix.update);
            newtonSchulz.orthogonalise(matrix.update);
            double size = SIZE * Math.sqrt(Math.max(parameter.rows(), parameter.cols()));
            kernels.combine(
                    weights.values(),
                    parameter.from(),
                    (float) (1 - rate * settings.weightDecay),
                    matrix.update,
                    (float) (-rate * size));
        }
        others.step(rate, gradientScale);
    }

    @Override
    public long steps() {
        return others.steps();
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new HashMap<>(others.state());
        state.put("muon.momentum", momentum);
        return state;
    }

    @Override
    public void resume(long steps) {
        others.resume(steps);
    }
}
