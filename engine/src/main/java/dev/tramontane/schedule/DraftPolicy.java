package dev.tramontane.schedule;

import java.util.List;

/// How many tokens are drafted: as many as make the most tokens a second by what was measured, and
/// none where that gains nothing.
///
/// Two things are measured: what steps take by their rows ({@link StepTimes}), and how often
/// drafted tokens are kept ({@link KeptShare}). With `n` sequences a step of `n + d` rows is
/// expected to give `n + Σ` tokens, where a draft's i-th token adds the product of the first i
/// shares. Drafted tokens are ordered by what they add, whosever they are, and the beginning of
/// that order is taken for which tokens a second are the most.
///
/// An account bounds what errors cost. Each step puts a share of its time in, a step with drafts
/// takes out what it cost beyond the same tokens without, and without something in it nothing is
/// drafted. So drafting never costs more than that share for long, however wrong the estimates, and
/// what did not pay is tried again now and then.
final class DraftPolicy {
    /// The share of time that trying may cost.
    private static final double TRIAL_SHARE = 0.01;

    /// What drafting must gain by estimate.
    private static final double LEAST_GAIN = 1.04;

    /// A gain that does not hang on how well plain steps were measured.
    private static final double SURE_GAIN = 1.25;

    /// Steps between tries of what does not pay, and of plain steps where the gain is small.
    private static final int STEPS_BETWEEN_TRIES = 16;

    /// The most that is in the account, in steps: early gains pay for no long loss.
    private static final double MOST_STEPS_SAVED = 2;

    /// What a sequence may have drafted.
    ///
    /// @param sequence whose draft it would be
    /// @param evidence for its first token
    /// @param own the sequence's share of kept tokens
    /// @param all that of all sequences
    record Offer(Sequence sequence, int evidence, KeptShare own, KeptShare all) {
        double keptShare(int index) {
            return own.of(evidence + index, all);
        }
    }

    private final StepTimes times = new StepTimes();
    private double account;
    private int stepsWithout;

    /// Tells each offer's sequence how many tokens are wanted in its draft.
    ///
    /// @param plainRows rows of the step without drafts
    /// @param mostDrafted room for drafted rows
    /// @param roundNanos what drafting one more token for whoever wants one takes
    void choose(List<Offer> offers, int plainRows, int mostDrafted, double roundNanos) {
        if (offers.isEmpty() || account < 0 || !times.isKnown(plainRows)) {
            return;
        }
        int most = Math.min(mostDrafted, times.reach() - plainRows);
        var order = new Order(offers);
        double plainRate = plainRows / times.of(plainRows);
        double bestRate = plainRate * LEAST_GAIN;
        int best = 0;
        while (order.drafted < most && order.takeNext()) {
            double nanos = times.of(plainRows + order.drafted) + roundNanos * order.deepest;
            double rate = (plainRows + order.gained) / nanos;
            if (rate > bestRate) {
                bestRate = rate;
                best = order.drafted;
            }
        }
        if (bestRate < SURE_GAIN * plainRate && times.age(plainRows) >= STEPS_BETWEEN_TRIES) {
            best = 0; // the gain hangs on what a plain step takes: measured again
        }
        stepsWithout = best > 0 ? 0 : stepsWithout + 1;
        if (best == 0 && order.drafted > 0 && stepsWithout >= STEPS_BETWEEN_TRIES) {
            double cost = times.of(plainRows + 1) - times.of(plainRows) + roundNanos;
            if (cost <= account) {
                best = 1;
                stepsWithout = 0;
            }
        }
        order.want(best);
    }

    /// Drafted tokens in the order of what they add.
    private static final class Order {
        private final List<Offer> offers;
        private final int[] depth;
        private final double[] gain;
        private final int[] taken = new int[StepTimes.MOST_ROWS];
        int drafted;
        int deepest;
        double gained;

        Order(List<Offer> offers) {
            this.offers = offers;
            this.depth = new int[offers.size()];
            this.gain = new double[offers.size()];
            for (int i = 0; i < gain.length; i++) {
                gain[i] = offers.get(i).keptShare(0);
            }
        }

        /// @return whether there was another
        boolean takeNext() {
            int next = -1;
            for (int i = 0; i < gain.length; i++) {
                if (depth[i] < offers.get(i).sequence().draft().allowed()
                        && (next < 0 || gain[i] > gain[next])) {
                    next = i;
                }
            }
            if (next < 0) {
                return false;
            }
            gained += gain[next];
            taken[drafted++] = next;
            deepest = Math.max(deepest, ++depth[next]);
            gain[next] *= offers.get(next).keptShare(depth[next]);
            return true;
        }

        void want(int count) {
            int[] wanted = new int[depth.length];
            for (int i = 0; i < count; i++) {
                wanted[taken[i]]++;
            }
            for (int i = 0; i < wanted.length; i++) {
                offers.get(i).sequence().draft().want(wanted[i]);
            }
        }
    }

    /// A step of tokens being generated and nothing else is over.
    ///
    /// @param plainRows rows without the drafted ones
    /// @param draftedRows those
    /// @param kept drafted tokens that became the sequences'
    /// @param stepNanos what it took
    /// @param draftingNanos what drafting took before
    void settle(int plainRows, int draftedRows, int kept, double stepNanos, double draftingNanos) {
        double nanos = times.measured(plainRows + draftedRows, stepNanos);
        if (!times.isKnown(plainRows)) {
            return;
        }
        double plain = times.of(plainRows);
        account += TRIAL_SHARE * plain;
        if (draftedRows > 0) {
            double without = plain * (plainRows + kept) / plainRows;
            account += without - nanos - draftingNanos;
        }
        account = Math.min(account, MOST_STEPS_SAVED * plain);
    }
}
