package dev.tramontane.sampling;

import java.util.Arrays;

/// Finds how far an order of tokens goes until it has a share of the weight, without sorting all of
/// it, by partition (Hoare 1961, "Find").
///
/// A token's *place* in an order is a number, less for a token further in front; its low 32 bits
/// are the token's id.
final class Beginning {
    /// Tokens that are sorted rather than partitioned further.
    private static final int FEW = 256;

    /// Partitions after which the rest is sorted; so many come only if the pivots are bad.
    private static final int MOST_PARTITIONS = 48;

    /// Places of the tokens in question, to be filled by whoever asks.
    final long[] places;

    private final float[] weights;

    /// @param weights float[vocab], shared
    Beginning(float[] weights) {
        this.weights = weights;
        this.places = new long[weights.length];
    }

    /// Brings to the front, its last token at its end, the shortest beginning of the order that
    /// weighs `share` or has `most` tokens.
    ///
    /// @param count places in question
    /// @return its length
    int shortest(int count, double share, int most) {
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

    /// The weight of the first `count` places.
    double sum(int count) {
        return sum(0, count);
    }

    private double sum(int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[(int) places[i]];
        }
        return sum;
    }
}
