package dev.tramontane.sampling;

/// Keeps the tokens that are about as surprising as the model expects: locally typical sampling
/// (Meister et al. 2023, section 5), between top-k and top-p.
///
/// A token's surprise is `−ln p`, and the entropy is the mean of that over the distribution that
/// top-k left. The order is by the distance of the two, as a single-precision number, equal ones by
/// rising id; kept is the shortest beginning of it that has the share `typicalP`.
final class Typical {
    private final float[] weights;
    private final Beginning order;
    private final Heaviest heaviest;

    Typical(float[] weights, Beginning order, Heaviest heaviest) {
        this.weights = weights;
        this.order = order;
        this.heaviest = heaviest;
    }

    /// Brings to the front of the order what top-k, the typical and top-p keep.
    ///
    /// With `z = (max − logit) / temperature` a surprise is `z + ln Σ w`, so its distance from the
    /// entropy is that of `z` from the mean of `z`.
    ///
    /// @param logits float[vocab]
    /// @param max the greatest of them
    /// @return how many there are
    int keep(float[] logits, float max, SamplingParams params) {
        int most = params.topK() == 0 ? weights.length : params.topK();
        int count = withoutWeightless(heaviest.likeliest(Math.min(most, weights.length)));
        double sum = 0;
        double surprises = 0;
        for (int i = 0; i < count; i++) {
            int id = (int) order.places[i];
            sum += weights[id];
            surprises += weights[id] * surprise(logits[id], max, params);
        }
        for (int i = 0; i < count; i++) {
            int id = (int) order.places[i];
            double distance = surprise(logits[id], max, params) - surprises / sum;
            order.places[i] = place((float) Math.abs(distance), id);
        }
        count = order.shortest(count, params.typicalP() * sum, count);
        if (params.topP() < 1) {
            for (int i = 0; i < count; i++) {
                int id = (int) order.places[i];
                order.places[i] = Heaviest.place(weights[id], id);
            }
            count = order.shortest(count, params.topP() * order.sum(count), count);
        }
        return count;
    }

    private static double surprise(float logit, float max, SamplingParams params) {
        return ((double) max - logit) / params.temperature();
    }

    /// Floats that are not negative are in the order of their bits.
    private static long place(float distance, int id) {
        return (long) Float.floatToRawIntBits(distance) << Integer.SIZE | id;
    }

    /// What weighs nothing is no part of a distribution.
    private int withoutWeightless(int count) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            if (weights[(int) order.places[i]] > 0) {
                order.places[left++] = order.places[i];
            }
        }
        return left;
    }
}
