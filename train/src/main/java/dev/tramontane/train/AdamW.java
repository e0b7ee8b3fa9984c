package dev.tramontane.train;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights.Kind;
import dev.tramontane.train.TrainableWeights.Parameter;
import dev.tramontane.train.kernels.UpdateKernels;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as PyTorch computes
/// it. Gains do not decay.
public final class AdamW implements Optimizer {
    private final Trainable weights;
    private final Settings settings;
    private final List<Parameter> parameters;
    private final UpdateKernels kernels;
    private final Tensor first;
    private final Tensor second;
    private long steps;

    /// Its numbers.
    ///
    /// @param beta1 memory of the gradients' mean
    /// @param beta2 memory of their squares' mean
    /// @param eps added to the root of the latter
    /// @param weightDecay share of the rate by which weights shrink
    public record Settings(float beta1, float beta2, float eps, float weightDecay) {
        /// PyTorch's, with the shorter memory of squares that language models are trained with and
        /// no decay.
        public static final Settings USUAL = new Settings(0.9f, 0.95f, 1e-8f, 0);

        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0)
                    || !(weightDecay >= 0)) {
                throw new IllegalArgumentException(
                        "AdamW with beta1 %s, beta2 %s, eps %s, weight decay %s; expected betas from 0 to below 1, eps above 0, decay 0 or more"
                                .formatted(beta1, beta2, eps, weightDecay));
            }
        }
    }

    /// Trains all weights.
    ///
    /// @param arena owns the moments; threads share them
    public AdamW(Trainable weights, Workers workers, Settings settings, Arena arena) {
        this(weights, workers, settings, Set.of(Kind.values()), arena);
    }

    /// Trains some kinds of weights.
    AdamW(Trainable weights, Workers workers, Settings settings, Set<Kind> kinds, Arena arena) {
        this.weights = weights;
        this.settings = settings;
        parameters =
                weights.parameters().stream().filter(one -> kinds.contains(one.kind())).toList();
        kernels = new UpdateKernels(workers, weights.count());
        first = Tensor.allocate(arena, 1, weights.values().cols());
        second = Tensor.allocate(arena, 1, weights.values().cols());
    }

    @Override
    public void step(double rate, double gradientScale) {
        steps++;
        var step =
                new UpdateKernels.AdamWStep(
                        (float) (rate / (1 - Math.pow(settings.beta1, (double) steps))),
                        settings.beta1,
                        settings.beta2,
                        settings.eps,
                        (float) (1 / Math.sqrt(1 - Math.pow(settings.beta2, (double) steps))),
                        (float) gradientScale);
        for (Parameter parameter : parameters) {
            float kept =
                    switch (parameter.kind()) {
                        case GAIN -> 1;
                        case EMBEDDING, MATRIX, OUTPUT -> (float) (1 - rate * settings.weightDecay);
                    };
            kernels.adamW(
                    weights.values(),
                    weights.gradients(),
                    first,
                    second,
                    parameter.from(),
                    parameter.count(),
                    step,
                    kept);
        }
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("adamw.first", first, "adamw.second", second);
    }

    @Override
    public void resume(long steps) {
        this.steps = steps;
    }
}
