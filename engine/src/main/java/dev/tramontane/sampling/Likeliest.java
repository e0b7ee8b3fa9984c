package dev.tramontane.sampling;

import dev.tramontane.kernels.LogitPasses;

import java.util.Arrays;

/// The tokens with the greatest logits: falling logits, equal ones by rising id.
public final class Likeliest {
    private final float[] logits;
    private final int[] ids;
    private int found;

    private Likeliest(float[] logits, int count) {
        this.logits = logits;
        this.ids = new int[count];
    }

    /// The ids of the `count` greatest logits, or of all when there are fewer.
    ///
    /// One pass with an insertion into a short list, for counts that one reads.
    public static int[] tokens(float[] logits, int count) {
        var likeliest = new Likeliest(logits, Math.min(count, logits.length));
        likeliest.take(0, logits.length);
        return likeliest.ids;
    }

    /// The same where the greatest logit of each run is known: of more runs than tokens are asked
    /// for, those whose greatest is not among as many greatest ones have none of the tokens.
    ///
    /// @param greatest float[runs], of all logits
    static int[] tokens(float[] logits, float[] greatest, int count) {
        var likeliest = new Likeliest(logits, Math.min(count, logits.length));
        if (count == 0) {
            return likeliest.ids;
        }
        float[] sorted = greatest.clone();
        Arrays.sort(sorted);
        float least = sorted[Math.max(0, sorted.length - count)];
        for (int run = 0; run < greatest.length; run++) {
            if (greatest[run] >= least) {
                int from = run * LogitPasses.RUN;
                likeliest.take(from, Math.min(logits.length, from + LogitPasses.RUN));
            }
        }
        return likeliest.ids;
    }

    private void take(int from, int to) {
        for (int id = from; id < to; id++) {
            boolean full = found == ids.length;
            if (full && (found == 0 || logits[id] <= logits[ids[found - 1]])) {
                continue;
            }
            int place = full ? found - 1 : found++;
            while (place > 0 && logits[ids[place - 1]] < logits[id]) {
                ids[place] = ids[place - 1];
                place--;
            }
            ids[place] = id;
        }
    }
}
