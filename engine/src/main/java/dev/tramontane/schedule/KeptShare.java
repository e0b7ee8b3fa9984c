package dev.tramontane.schedule;

/// Which share of the drafted tokens was kept, by the evidence that spoke for them.
final class KeptShare {
    /// Evidence 0, 1, 2, 3 to 4, 5 to 8, 9 to 16, and more.
    private static final int CLASSES = 7;

    /// Trials after which old ones count half.
    private static final double MOST_TRIALS = 32;

    /// Trials that what is generally known counts as.
    private static final double PRIOR_TRIALS = 3;

    /// Of what nothing is known.
    private static final double ASSUMED = 0.5;

    private final double[] kept = new double[CLASSES];
    private final double[] tried = new double[CLASSES];

    /// Takes in what became of a token.
    void count(int evidence, boolean wasKept) {
        int c = classOf(evidence);
        if (tried[c] >= MOST_TRIALS) {
            tried[c] /= 2;
            kept[c] /= 2;
        }
        tried[c]++;
        kept[c] += wasKept ? 1 : 0;
    }

    /// The share to be expected where nothing else is known.
    double of(int evidence) {
        return of(evidence, ASSUMED);
    }

    /// The share to be expected of a sequence, given that of all.
    double of(int evidence, KeptShare all) {
        return of(evidence, all.of(evidence));
    }

    private double of(int evidence, double prior) {
        int c = classOf(evidence);
        return (kept[c] + PRIOR_TRIALS * prior) / (tried[c] + PRIOR_TRIALS);
    }

    private static int classOf(int evidence) {
        return evidence == 0
                ? 0
                : Math.min(CLASSES - 1, 33 - Integer.numberOfLeadingZeros(evidence - 1));
    }
}
