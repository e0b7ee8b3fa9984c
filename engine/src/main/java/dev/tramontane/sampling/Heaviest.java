package dev.tramontane.sampling;

import java.util.Arrays;

/// Finds where top-k and top-p cut the order of tokens, falling weight and among equals rising id,
/// without sorting the vocabulary: the heaviest tokens are gathered by a threshold, and the cut
/// among them is found by partition (Hoare 1961, "Find").
///
/// A token's *place* in the order is a number that is less for a heavier token.
final class Heaviest {
    /// Everybody's place is before this one.
    static final long END = Long.MAX_VALUE;

    /// Least weights of the tokens gathered: each is tried when the one before gave too few. The
    /// last takes all.
    private static final float[] THRESHOLDS = {0x1p-7f, 0x1p-14f, 0x1p-21f, 0};

    /// Tokens that are sorted rather than partitioned further.
    private static final int FEW = 256;

    /// Partitions after which the rest is sorted; so many come only if the pivots are bad.
    private static final int MOST_PARTITIONS = 48;

    private final float[] weights;
    private final long[] places;

    /// @param weights float[vocab], shared: from 0 to 1, the greatest is 1
    Heaviest(float[] weights) {
        this.weights = weights;
        this.places = new long[weights.length];
    }

    /// A token's place in the order. Floats that are not negative are in the order of their bits.
    static long place(float weight, int id) {
        return (long) (Integer.MAX_VALUE - Float.floatToRawIntBits(weight)) << Integer.SIZE | id;
    }

    /// The place of the last token that top-k and then top-p keep.
    ///
    /// @param sum of all weights
    long last(double sum, SamplingParams params) {
        boolean all = params.topK() == 0 || params.topK() >= weights.length;
        if (all && params.topP() == 1) {
            return END;
        }
        int most = all ? weights.length : params.topK();
        double share = params.topP() * sum;
        int count = gather(all ? share : Double.POSITIVE_INFINITY, most);
        if (!all) {
            count = shortestBeginning(count, Double.POSITIVE_INFINITY, most);
            share = params.topP() * sum(0, count);
        }
        if (params.topP() < 1) {
            count = shortestBeginning(count, share, most);
        }
        return places[count - 1];
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
                    places[count++] = place(weight, id);
                }
            }
            if (sum >= share || count >= most) {
                break;
            }
        }
        return count;
    }

    /// Brings to the front, its last token at its end, the shortest beginning of the order that
    /// weighs `share` or has `most` tokens.
    ///
    /// @param count tokens collected
    /// @return its length
    private int shortestBeginning(int count, double share, int most) {
        int from = 0;
        int to = count;
        double sumBefore = 0;
        for (int i = 0; i < MOST_PARTITIONS && to - from > FEW; i++) {
            int middle = partition(from, to);
            double sum = sumBefore + sum(from, middle);
            if (sum >= share || middle >= most) {
                to = middle;
            } else {
                from = middle;
                sumBefore = sum;
            }
        }
        Arrays.sort(places, from, to);
        for (int i = from; i < to; i++) {
            sumBefore += weights[(int) places[i]];
            if (sumBefore >= share || i + 1 >= most) {
                return i + 1;
            }
        }
        return to;
    }

    /// Brings what is before a pivot to the front.
    ///
    /// @return where the rest begins; neither part is empty
    private int partition(int from, int to) {
        long a = places[from];
        long b = places[(from + to) >>> 1];
        long c = places[to - 1];
        long pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
        int left = from;
        int right = to - 1;
        while (true) {
            while (places[left] < pivot) {
                left++;
            }
            while (places[right] >= pivot) {
                right--;
            }
            if (left > right) {
                return left;
            }
            long swapped = places[left];
            places[left] = places[right];
            places[right] = swapped;
        }
    }

    private double sum(int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[(int) places[i]];
        }
        return sum;
    }
}
