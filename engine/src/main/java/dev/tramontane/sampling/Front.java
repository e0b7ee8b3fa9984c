package dev.tramontane.sampling;

import dev.tramontane.kernels.LogitPasses;

import java.util.Arrays;

/// The beginning of an order of tokens: falling measure, and among equals rising index. Where it
/// ends is found without sorting: what lies between two limits is counted in bins by the bits of
/// the measure, the bin with the cut gives the next limits, and only few tokens are ever sorted.
/// The first limits are guessed, by a sample or because few tokens have most of the weight, and
/// held against exact sums; all tokens are counted only where a guess was wrong.
///
/// Measures are not negative, so they are in the order of their bits.
final class Front {
    /// A share that weighs less is that of few tokens: the likeliest weighs 1.
    private static final double FEW_WEIGH = 16;

    /// What those few weigh at least, in bits.
    private static final int FEWS_LEAST = Float.floatToRawIntBits(0x1p-7f);

    /// One token of so many is in a sample.
    private static final int SAMPLED = 16;

    /// Standard deviations that a sample may be wrong by.
    private static final double DEVIATIONS = 4;

    private static final int INFINITE = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    /// Tokens that are sorted rather than counted.
    private static final int FEW = 256;

    private static final int BIN_BITS = 12;
    private static final int BINS = 1 << BIN_BITS;

    /// Makes the first digits of a float its bin; the sign is none of them.
    private static final int SHIFT = Integer.SIZE - 1 - BIN_BITS;

    private final LogitPasses passes;
    private final long[] between;
    private final double[] runSums;
    private final int[] members;
    private final double[] binWeights = new double[BINS];
    private final int[] binTokens = new int[BINS];
    private final long[] places = new long[FEW];

    // The limits, as bits, with what lies above them and the members between them.
    private int least;
    private int heavy;
    private double weightAbove;
    private int tokensAbove;
    private int memberCount;

    // The cut.
    private float cut;
    private int lastEqual;
    private double weight;

    /// @param vocab tokens at most
    Front(LogitPasses passes, int vocab) {
        this.passes = passes;
        int runs = LogitPasses.runs(vocab);
        between = new long[words(vocab)];
        runSums = new double[runs];
        members = new int[vocab];
    }

    /// Bytes of the buffers that grow with the vocabulary.
    static long bytes(int vocab) {
        return (long) Integer.BYTES * vocab + (long) Long.BYTES * words(vocab);
    }

    private static int words(int count) {
        return LogitPasses.runs(count) * (LogitPasses.RUN / Long.SIZE);
    }

    /// What the tokens in front weigh.
    double weight() {
        return weight;
    }

    /// The measure of the last token in front.
    float cut() {
        return cut;
    }

    /// Whether a token is in front.
    boolean has(float measure, int index) {
        return measure > cut || measure == cut && index <= lastEqual;
    }

    /// Finds the shortest beginning that weighs `share` or has `most` tokens; all where there is
    /// none.
    ///
    /// @param measures float[count], which give the order
    /// @param weights float[count], perhaps the same
    void find(float[] measures, float[] weights, int count, double share, int most) {
        weightAbove = 0;
        tokensAbove = 0;
        countBins(measures, weights, count, 1);
        int bin = binWithCut(share, most);
        look(measures, count, bin << SHIFT, bin + 1 << SHIFT);
        narrow(measures, weights, share, most);
    }

    /// The `most` heaviest tokens.
    void findHeaviest(float[] weights, int count, int most) {
        weightAbove = 0;
        tokensAbove = 0;
        look(weights, count, lowestOf(weights, count, most), INFINITE);
        if (memberCount >= most) {
            narrow(weights, weights, Double.POSITIVE_INFINITY, most);
        } else {
            find(weights, weights, count, Double.POSITIVE_INFINITY, most);
        }
    }

    /// The heaviest tokens that have a share.
    ///
    /// @param total weight of all, which may be a little wrong
    void findShare(float[] weights, int count, double share, double total) {
        if (share < FEW_WEIGH) {
            look(weights, count, FEWS_LEAST, INFINITE);
        } else {
            lookAround(weights, count, total - share);
        }
        weightAbove = heavy == INFINITE ? 0 : weightAbove(count);
        tokensAbove = 0;
        if (weightAbove < share && weightAbove + weightOfMembers(weights) >= share) {
            narrow(weights, weights, share, Integer.MAX_VALUE);
        } else {
            find(weights, weights, count, share, Integer.MAX_VALUE);
        }
    }

    /// Lists the tokens in front by rising index, where the order is that of the weights.
    ///
    /// @return how many they are
    int list(float[] weights, int count) {
        look(weights, count, Float.floatToRawIntBits(cut), INFINITE);
        int found = 0;
        for (int i = 0; i < memberCount; i++) {
            int member = members[i];
            members[found] = member;
            found += has(weights[member], member) ? 1 : 0;
        }
        return found;
    }

    /// One of those that {@link #list} found.
    int listed(int i) {
        return members[i];
    }

    /// Takes the weight from all tokens that are not in front.
    void dropOthers(float[] measures, float[] weights, int count) {
        for (int i = 0; i < count; i++) {
            weights[i] = has(measures[i], i) ? weights[i] : 0;
        }
    }

    /// Takes all that weigh so much, in place of a cut.
    void keepFrom(float[] weights, int count, float leastWeight) {
        cut = leastWeight;
        lastEqual = count;
        memberCount = 0;
        passes.split(weights, count, cut, cut, between, runSums);
    }

    /// The weight in front in each run, where the order is that of the weights; good until the next
    /// is found. To be asked for once.
    double[] runSums(float[] weights, int count) {
        for (int word = 0; word < words(count); word++) {
            for (long bits = between[word]; bits != 0; bits &= bits - 1) {
                int index = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                if (has(weights[index], index)) {
                    runSums[index / LogitPasses.RUN] += weights[index];
                }
            }
        }
        return runSums;
    }

    /// Sets the limits, and lists what is between them by rising index.
    private void look(float[] measures, int count, int newLeast, int newHeavy) {
        least = newLeast;
        heavy = newHeavy;
        passes.split(
                measures,
                count,
                Float.intBitsToFloat(least),
                Float.intBitsToFloat(heavy),
                between,
                runSums);
        memberCount = 0;
        for (int word = 0; word < words(count); word++) {
            for (long bits = between[word]; bits != 0; bits &= bits - 1) {
                members[memberCount++] = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
            }
        }
    }

    private double weightOfMembers(float[] weights) {
        double sum = 0;
        for (int i = 0; i < memberCount; i++) {
            sum += weights[members[i]];
        }
        return sum;
    }

    private double weightAbove(int count) {
        double sum = 0;
        for (int run = 0; run < LogitPasses.runs(count); run++) {
            sum += runSums[run];
        }
        return sum;
    }

    private void clearBins() {
        Arrays.fill(binWeights, 0);
        Arrays.fill(binTokens, 0);
    }

    /// Counts one token in `step`.
    private void countBins(float[] measures, float[] weights, int count, int step) {
        clearBins();
        for (int i = 0; i < count; i += step) {
            int bin = Float.floatToRawIntBits(measures[i]) >>> SHIFT;
            binWeights[bin] += weights[i];
            binTokens[bin]++;
        }
    }

    /// By a sample: bits of a weight below which none of the `most` heaviest is, but for bad luck.
    private int lowestOf(float[] weights, int count, int most) {
        countBins(weights, weights, count, SAMPLED);
        int bin = BINS;
        int above = 0;
        double doubt = 0;
        while (bin > 0 && SAMPLED * (above - doubt) < most) {
            above += binTokens[--bin];
            doubt = DEVIATIONS * Math.sqrt(above + 1);
        }
        return bin << SHIFT;
    }

    /// By a sample: sets limits between which the weights of those below come to `weight`, but for
    /// bad luck.
    private void lookAround(float[] weights, int count, double weight) {
        countBins(weights, weights, count, SAMPLED);
        int low = 0;
        int bin = 0;
        double below = 0;
        double squares = 0;
        double doubt = 0;
        while (bin < BINS - 1 && SAMPLED * (below - doubt) < weight) {
            below += binWeights[bin];
            squares += binWeights[bin] * binWeights[bin] / Math.max(1, binTokens[bin]);
            bin++;
            float next = Float.intBitsToFloat(bin << SHIFT);
            doubt = DEVIATIONS * Math.sqrt(squares + next * next);
            low = SAMPLED * (below + doubt) <= weight ? bin : low;
        }
        look(weights, count, low << SHIFT, Math.min(INFINITE, bin << SHIFT));
    }

    /// The bin in which the order, which begins with the last bin, comes to the share or the
    /// number; the last of the order where it never does. What is in the bins before it counts as
    /// above.
    private int binWithCut(double share, int most) {
        int found = BINS;
        for (int bin = BINS - 1; bin >= 0; bin--) {
            if (binTokens[bin] == 0) {
                continue;
            }
            if (found < BINS) {
                weightAbove += binWeights[found];
                tokensAbove += binTokens[found];
            }
            found = bin;
            if (weightAbove + binWeights[bin] >= share || tokensAbove + binTokens[bin] >= most) {
                break;
            }
        }
        return found;
    }

    /// Narrows the limits until few tokens are between them, or equal ones, and finds the cut.
    private void narrow(float[] measures, float[] weights, double share, int most) {
        while (memberCount > FEW && heavy - least > 1) {
            int bits = Integer.SIZE - Integer.numberOfLeadingZeros(heavy - least - 1);
            int shift = Math.max(0, bits - BIN_BITS);
            clearBins();
            for (int i = 0; i < memberCount; i++) {
                int bin = bin(measures[members[i]], shift);
                binWeights[bin] += weights[members[i]];
                binTokens[bin]++;
            }
            int bin = binWithCut(share, most);
            int left = 0;
            for (int i = 0; i < memberCount; i++) {
                int member = members[i];
                members[left] = member;
                left += bin(measures[member], shift) == bin ? 1 : 0;
            }
            memberCount = left;
            least += bin << shift;
            heavy = Math.min(heavy, least + (1 << shift));
        }
        if (memberCount <= FEW) {
            sort(measures);
        }
        weight = weightAbove;
        for (int i = 0; i < memberCount; i++) {
            lastEqual = members[i];
            weight += weights[lastEqual];
            if (weight >= share || tokensAbove + i + 1 >= most) {
                break;
            }
        }
        cut = measures[lastEqual];
    }

    private int bin(float measure, int shift) {
        return Float.floatToRawIntBits(measure) - least >>> shift;
    }

    private void sort(float[] measures) {
        for (int i = 0; i < memberCount; i++) {
            int falling = Integer.MAX_VALUE - Float.floatToRawIntBits(measures[members[i]]);
            places[i] = (long) falling << Integer.SIZE | members[i];
        }
        Arrays.sort(places, 0, memberCount);
        for (int i = 0; i < memberCount; i++) {
            members[i] = (int) places[i];
        }
    }
}
