package dev.tramontane.tensor;

/// Fits blocks of 256 values whose sub-blocks have a signed scale each, a whole number times the
/// block's own: `value = (d · scale) · level`. As {@link AffineBlock}, without minima.
final class SymmetricBlock {
    private static final int LENGTH = 256;

    private final int subLength;
    private final Levels levels;
    private final Levels multiples;
    private final float[] weights;
    private final float[] bestScales;
    private final int[] scales;
    private final int[] rounded = new int[LENGTH];
    private float d;

    /// @param subLength values in a sub-block
    /// @param multiples what scales may be
    SymmetricBlock(int subLength, Levels levels, Levels multiples) {
        this.subLength = subLength;
        this.levels = levels;
        this.multiples = multiples;
        weights = new float[subLength];
        bestScales = new float[LENGTH / subLength];
        scales = new int[LENGTH / subLength];
    }

    /// Fits `values[at .. at + 256)`.
    void fit(float[] values, int at) {
        for (int sub = 0; sub < scales.length; sub++) {
            int from = at + sub * subLength;
            ScaleSearch.weights(values, from, subLength, weights);
            bestScales[sub] = ScaleSearch.symmetric(values, from, subLength, weights, levels);
        }
        float extreme = ScaleSearch.extreme(bestScales, 0, scales.length);
        d = Blocks.nearestHalf(extreme / multiples.least());
        float inverseOfD = ScaleSearch.inverse(d);
        for (int sub = 0; sub < scales.length; sub++) {
            scales[sub] = multiples.nearest(bestScales[sub] * inverseOfD);
            float inverse = ScaleSearch.inverse(d * scales[sub]);
            for (int i = sub * subLength; i < (sub + 1) * subLength; i++) {
                rounded[i] = levels.nearest(values[at + i] * inverse);
            }
        }
    }

    /// The block's scale, a binary16 widened.
    float d() {
        return d;
    }

    int scale(int sub) {
        return scales[sub];
    }

    int level(int index) {
        return rounded[index];
    }
}
