package dev.tramontane.sampling;

import dev.tramontane.kernels.LogitPasses;

import java.util.Arrays;

/// Draws one of the candidates: temperature, top-k, typical, top-p, min-p, and where a number falls
/// among the weights that are left ({@link Sampler} has the order).
final class Draw {
    private final LogitPasses passes;
    private final float[] weights;
    private final Front front;
    private final Typical typical;

    // Of the last draw.
    private int left;
    private double leftWeight;

    Draw(LogitPasses passes, int vocab) {
        this.passes = passes;
        this.weights = new float[vocab];
        this.front = new Front(passes, vocab);
        this.typical = new Typical(front);
    }

    /// Bytes of the buffers that grow with the vocabulary.
    static long bytes(int vocab) {
        return (long) Float.BYTES * vocab + Front.bytes(vocab);
    }

    /// The sum of a row's exponentials, each divided by that of the greatest.
    double sum(Candidates row) {
        return passes.weigh(row.values, row.count(), row.greatest(), 1, weights);
    }

    /// Draws a place.
    ///
    /// @param candidates whose values may be overwritten, and of which only some may be left
    /// @param number from 0 to less than 1
    int place(Candidates candidates, SamplingParams params, double number) {
        float max = candidates.greatest();
        int all = candidates.count();
        double sum = passes.weigh(candidates.values, all, max, params.temperature(), weights);
        float heaviest = 1;
        if (params.topK() > 0 && params.topK() < all) {
            front.findHeaviest(weights, all, params.topK());
            sum = front.weight();
            if (!candidates.keep(front, weights)) {
                front.dropOthers(weights, weights, all);
            }
        }
        int count = candidates.count();
        if (params.typicalP() < 1) {
            sum = typical.keep(candidates.values, weights, count, max, params);
            heaviest = greatest(count);
        }
        float least = Math.max(params.minP() * heaviest, Float.MIN_NORMAL);
        if (params.topP() < 1) {
            front.findShare(weights, count, params.topP() * sum, sum);
        }
        if (params.topP() == 1 || front.cut() < least) {
            front.keepFrom(weights, count, least);
        }
        double[] runSums = front.runSums(weights, count);
        boolean isCut = params.topP() < 1 || params.minP() > 0;
        left = count;
        leftWeight = isCut ? sum(runSums, count) : sum;
        return place(count, runSums, number * leftWeight);
    }

    /// The likeliest places of the last draw, likeliest first and equal ones by rising place; only
    /// those that could have been drawn.
    int[] likeliest(int most) {
        var places = new int[Math.min(most, left)];
        int found = 0;
        for (int place = 0; place < left; place++) {
            if (weights[place] == 0 || !front.has(weights[place], place)) {
                continue;
            }
            int at = found;
            while (at > 0 && weights[places[at - 1]] < weights[place]) {
                at--;
            }
            if (at < places.length) {
                found = Math.min(found + 1, places.length);
                System.arraycopy(places, at, places, at + 1, found - at - 1);
                places[at] = place;
            }
        }
        return Arrays.copyOf(places, found);
    }

    /// The natural logarithm of how likely a place was in the last draw.
    float logprob(int place) {
        return (float) Math.min(0, Math.log(weights[place] / leftWeight));
    }

    private float greatest(int count) {
        float most = 0;
        for (int i = 0; i < count; i++) {
            most = Math.max(most, weights[i]);
        }
        return most;
    }

    private static double sum(double[] runSums, int count) {
        double sum = 0;
        for (int run = 0; run < LogitPasses.runs(count); run++) {
            sum += runSums[run];
        }
        return sum;
    }

    /// The place into which a number falls.
    private int place(int count, double[] runSums, double target) {
        double reached = 0;
        for (int run = 0; run < LogitPasses.runs(count); run++) {
            if (reached + runSums[run] <= target) {
                reached += runSums[run];
                continue;
            }
            int from = run * LogitPasses.RUN;
            for (int place = from; place < Math.min(count, from + LogitPasses.RUN); place++) {
                if (front.has(weights[place], place)) {
                    reached += weights[place];
                    if (reached > target) {
                        return place;
                    }
                }
            }
        }
        int last = count - 1; // the sums were rounded differently
        while (!front.has(weights[last], last)) {
            last--;
        }
        return last;
    }
}
