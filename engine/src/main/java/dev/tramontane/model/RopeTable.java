package dev.tramontane.model;

import dev.tramontane.cache.Batch;
import dev.tramontane.tensor.Tensor;

/// Cosines and sines of the rotary embedding (Su et al. 2021, section 3.2), stretched by YaRN where
/// the model asks for it. Angles are computed in double precision: with a base of 10⁹ and positions
/// beyond 10⁵ a narrower type turns the fast pairs visibly wrong.
final class RopeTable {
    private final double[] inverseFrequencies;
    private final double amplitude;

    RopeTable(ModelConfig config) {
        int pairs = config.headDim() / 2;
        inverseFrequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            inverseFrequencies[i] = Math.pow(config.ropeTheta(), -2.0 * i / config.headDim());
        }
        config.yarn().ifPresent(yarn -> stretch(yarn, config));
        amplitude = config.yarn().map(ModelConfig.Yarn::attentionFactor).orElse(1.0);
    }

    /// YaRN, "NTK by parts" (Peng et al. 2023, section 3.2): a ramp over the pairs' numbers between
    /// the one that turns `betaFast` times within the original context and the one that turns
    /// `betaSlow` times; before it frequencies stay, behind it they are divided by the factor.
    private void stretch(ModelConfig.Yarn yarn, ModelConfig config) {
        int headDim = config.headDim();
        double low = Math.floor(pairTurning(yarn.betaFast(), yarn, config));
        double high = Math.ceil(pairTurning(yarn.betaSlow(), yarn, config));
        low = Math.max(low, 0);
        high = Math.min(high, headDim - 1);
        double width = Math.max(high - low, 0.001); // a step where both borders meet
        for (int i = 0; i < inverseFrequencies.length; i++) {
            double ramp = Math.clamp((i - low) / width, 0, 1);
            double stretched = inverseFrequencies[i] / yarn.factor();
            inverseFrequencies[i] = stretched * ramp + inverseFrequencies[i] * (1 - ramp);
        }
    }

    /// The (fractional) pair that turns so many times within the original context.
    private static double pairTurning(double turns, ModelConfig.Yarn yarn, ModelConfig config) {
        return config.headDim()
                * Math.log(yarn.originalContext() / (turns * 2 * Math.PI))
                / (2 * Math.log(config.ropeTheta()));
    }

    /// The angles of a batch's tokens.
    ///
    /// @param cos float[tokens][headDim / 2]
    /// @param sin float[tokens][headDim / 2]
    void fill(Batch batch, Tensor cos, Tensor sin) {
        for (Batch.Slice slice : batch.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                for (int pair = 0; pair < inverseFrequencies.length; pair++) {
                    double angle = (slice.position() + i) * inverseFrequencies[pair];
                    cos.set(slice.start() + i, pair, (float) (amplitude * Math.cos(angle)));
                    sin.set(slice.start() + i, pair, (float) (amplitude * Math.sin(angle)));
                }
            }
        }
    }
}
