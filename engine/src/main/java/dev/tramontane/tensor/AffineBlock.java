package dev.tramontane.tensor;

/// Fits blocks of 256 values whose sub-blocks have a scale and a minimum each, whole numbers times
/// the block's own: `value = (d · scale) · level − (dmin · min)`.
///
/// Every sub-block gets the scale and minimum that suit it alone ({@link ScaleSearch}); the
/// greatest of each fix `d` and `dmin`, and all are rounded to multiples. For the levels that
/// follow, `d` and `dmin` are fitted once more by least squares, and levels are rounded last, with
/// exactly the numbers that a reader will multiply by. One object fits one block after the other.
final class AffineBlock {
    private static final int LENGTH = 256;

    private final int subLength;
    private final int mostLevel;
    private final int mostScale;
    private final float[] weights = new float[LENGTH];
    private final float[] subWeights;
    private final float[] bestScales;
    private final float[] bestMins;
    private final int[] scales;
    private final int[] mins;
    private final int[] levels = new int[LENGTH];
    private float d;
    private float dmin;

    /// @param subLength values in a sub-block
    /// @param mostLevel levels are 0 to this
    /// @param mostScale scales and minima are 0 to this
    AffineBlock(int subLength, int mostLevel, int mostScale) {
        this.subLength = subLength;
        this.mostLevel = mostLevel;
        this.mostScale = mostScale;
        int subs = LENGTH / subLength;
        subWeights = new float[subLength];
        bestScales = new float[subs];
        bestMins = new float[subs];
        scales = new int[subs];
        mins = new int[subs];
    }

    /// Fits `values[at .. at + 256)`.
    void fit(float[] values, int at) {
        float greatestScale = 0;
        float greatestMin = 0;
        for (int sub = 0; sub < scales.length; sub++) {
            int from = at + sub * subLength;
            ScaleSearch.weights(values, from, subLength, subWeights);
            System.arraycopy(subWeights, 0, weights, sub * subLength, subLength);
            var best = ScaleSearch.affine(values, from, subLength, subWeights, mostLevel, false);
            bestScales[sub] = best.scale();
            bestMins[sub] = best.min();
            greatestScale = Math.max(greatestScale, best.scale());
            greatestMin = Math.max(greatestMin, best.min());
        }
        d = Blocks.nearestHalf(greatestScale / mostScale);
        dmin = Blocks.nearestHalf(greatestMin / mostScale);
        float inverse = ScaleSearch.inverse(d);
        float inverseMin = ScaleSearch.inverse(dmin);
        for (int sub = 0; sub < scales.length; sub++) {
            scales[sub] = ScaleSearch.nearest(bestScales[sub] * inverse, 0, mostScale);
            mins[sub] = ScaleSearch.nearest(bestMins[sub] * inverseMin, 0, mostScale);
        }
        roundLevels(values, at);
        fitScales(values, at);
        roundLevels(values, at);
    }

    /// The `d` and `dmin` that suit the scales, minima and levels at hand: the normal equations of
    /// `Σ w (x − d·a + dmin·m)²` with a = scale · level.
    private void fitScales(float[] values, int at) {
        double aa = 0;
        double am = 0;
        double mm = 0;
        double ax = 0;
        double mx = 0;
        for (int i = 0; i < LENGTH; i++) {
            float m = mins[i / subLength];
            float a = scales[i / subLength] * levels[i];
            float weighted = weights[i] * values[at + i];
            aa += weights[i] * a * a;
            am += weights[i] * a * m;
            mm += weights[i] * m * m;
            ax += weighted * a;
            mx += weighted * m;
        }
        double determinant = aa * mm - am * am;
        double scale = determinant > 0 ? (ax * mm - mx * am) / determinant : ax / aa;
        double min = determinant > 0 ? (ax * am - mx * aa) / determinant : 0;
        if (scale > 0 && min >= 0) {
            d = Blocks.nearestHalf((float) scale);
            dmin = Blocks.nearestHalf((float) min);
        }
    }

    private void roundLevels(float[] values, int at) {
        for (int sub = 0; sub < scales.length; sub++) {
            float inverse = ScaleSearch.inverse(d * scales[sub]);
            float min = dmin * mins[sub];
            for (int i = sub * subLength; i < (sub + 1) * subLength; i++) {
                levels[i] = ScaleSearch.nearest((values[at + i] + min) * inverse, 0, mostLevel);
            }
        }
    }

    /// The block's scale, a binary16 widened.
    float d() {
        return d;
    }

    /// The scale of its minima, a binary16 widened.
    float dmin() {
        return dmin;
    }

    int scale(int sub) {
        return scales[sub];
    }

    int min(int sub) {
        return mins[sub];
    }

    int level(int index) {
        return levels[index];
    }
}
