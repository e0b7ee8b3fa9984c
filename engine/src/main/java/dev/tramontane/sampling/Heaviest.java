package dev.tramontane.sampling;

/// Finds where top-k and top-p cut the order of tokens, falling weight and among equals rising id,
/// without sorting the vocabulary: the heaviest tokens are gathered by a threshold, and a {@link
/// Beginning} finds the cut among them.
final class Heaviest {
    /// Nothing is cut.
    static final int ALL = -1;

    /// Least weights of the tokens gathered: each is tried when the one before gave too few. The
    /// last takes all.
    private static final float[] THRESHOLDS = {0x1p-7f, 0x1p-14f, 0x1p-21f, 0};

    private final float[] weights;
    private final Beginning order;

    /// @param weights float[vocab], shared: from 0 to 1, the greatest is 1
    /// @param order over the same weights; its places are overwritten
    Heaviest(float[] weights, Beginning order) {
        this.weights = weights;
        this.order = order;
    }

    /// A token's place in the order. Floats that are not negative are in the order of their bits.
    static long place(float weight, int id) {
        return (long) (Integer.MAX_VALUE - Float.floatToRawIntBits(weight)) << Integer.SIZE | id;
    }

    /// Brings to the front of the order what top-k and then top-p keep, the last of it at its end.
    ///
    /// @param sum of all weights
    /// @return how many they are, or {@link #ALL}, and then the order is not touched
    int front(double sum, SamplingParams params) {
        boolean all = params.topK() == 0 || params.topK() >= weights.length;
        if (all && params.topP() == 1) {
            return ALL;
        }
        int most = all ? weights.length : params.topK();
        double share = params.topP() * sum;
        int count = gather(all ? share : Double.POSITIVE_INFINITY, most);
        if (!all) {
            count = order.shortest(count, Double.POSITIVE_INFINITY, most);
            share = params.topP() * order.sum(count);
        }
        if (params.topP() < 1) {
            count = order.shortest(count, share, most);
        }
        return count;
    }

    /// Brings the first `most` of the order to the front, or all where there are fewer.
    ///
    /// @return how many there are
    int likeliest(int most) {
        int count = gather(Double.POSITIVE_INFINITY, most);
        return order.shortest(count, Double.POSITIVE_INFINITY, most);
    }

    /// Collects the heaviest tokens, in no order: such that weigh `share`, or `most` of them.
    private int gather(double share, int most) {
        int count = 0;
        for (float threshold : THRESHOLDS) {
            count = 0;
            double sum = 0;
            for (int id = 0; id < weights.length; id++) {
                float weight = weights[id];
                if (weight >= threshold) {
                    sum += weight;
                    order.places[count++] = place(weight, id);
                }
            }
            if (sum >= share || count >= most) {
                break;
            }
        }
        return count;
    }
}
