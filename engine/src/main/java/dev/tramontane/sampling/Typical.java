package dev.tramontane.sampling;

/// Keeps the tokens that are about as surprising as the model expects: locally typical sampling
/// (Meister et al. 2023, section 5), behind top-k.
///
/// A token's surprise is `−ln p`, and the entropy is the mean of that over the distribution that
/// top-k left. The order is by the distance of the two, as a single-precision number, equal ones by
/// rising id; kept is the shortest beginning of it that has the share `typicalP`.
final class Typical {
    private static final int GREATEST = Float.floatToRawIntBits(Float.MAX_VALUE);

    private final Front front;

    Typical(Front front) {
        this.front = front;
    }

    /// Takes the weight from what is not typical.
    ///
    /// With `z = (max − logit) / temperature` a surprise is `z + ln Σ w`, so its distance from the
    /// entropy is that of `z` from the mean of `z`.
    ///
    /// @param logits float[count]; overwritten
    /// @param weights float[count]
    /// @param max the greatest of the logits
    /// @return the weight that is left
    double keep(float[] logits, float[] weights, int count, float max, SamplingParams params) {
        double sum = 0;
        double surprises = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                sum += weights[i];
                surprises += weights[i] * surprise(logits[i], max, params);
            }
        }
        double mean = surprises / sum;
        for (int i = 0; i < count; i++) {
            // what weighs nothing is no part of a distribution
            boolean counts = weights[i] > 0;
            logits[i] = counts ? closeness(surprise(logits[i], max, params) - mean) : 0;
        }
        front.find(logits, weights, count, params.typicalP() * sum, count);
        front.dropOthers(logits, weights, count);
        return front.weight();
    }

    private static double surprise(float logit, float max, SamplingParams params) {
        return ((double) max - logit) / params.temperature();
    }

    /// A number above zero that falls as the distance rises: floats that are not negative are in
    /// the order of their bits.
    private static float closeness(double distance) {
        return Float.intBitsToFloat(
                Math.max(1, GREATEST - Float.floatToRawIntBits((float) Math.abs(distance))));
    }
}
