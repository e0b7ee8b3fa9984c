package dev.tramontane.sampling;

/// The tokens with the greatest logits.
public final class Likeliest {
    private Likeliest() {}

    /// The ids of the `count` greatest logits, or of all when there are fewer: falling logits,
    /// equal ones by rising id.
    ///
    /// One pass with an insertion into a short list, for counts that one reads.
    public static int[] tokens(float[] logits, int count) {
        int[] ids = new int[Math.min(count, logits.length)];
        int found = 0;
        for (int id = 0; id < logits.length; id++) {
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
        return ids;
    }
}
