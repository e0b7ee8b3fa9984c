package dev.tramontane.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Speculative decoding beside the scheduler's one rule: before a step it has drafts made, after it
/// counts what was kept.
///
/// Exact by construction. A drafted row's logits are those that the token would have had alone. The
/// sampler chooses at each drafted position as ever, under the same masks, which are told certain
/// tokens alone and in order, and by the same random number, which belongs to seed and position. A
/// drafted token stays when it is the chosen one; the first that is not is replaced by the chosen
/// one, and what was computed behind it is overwritten. The clock decides how many tokens are
/// tried, never which come out.
///
/// Used by the scheduler's thread alone, but for {@link #totals}.
public final class Speculation {
    /// Rows that drafts add to a step at most, whosever they are: their logits are memory.
    static final int MOST_ROWS = 16;

    /// The weight of a new measurement of drafting.
    private static final double NEWS = 0.2;

    /// What is left of an old one with each step: what was dear once is tried again.
    private static final double AGE = 0.99;

    /// What drafts came to.
    ///
    /// @param drafted tokens that were computed as drafts
    /// @param accepted those that the sampler chose too
    public record Totals(long drafted, long accepted) {
        static final Totals NONE = new Totals(0, 0);

        Totals plus(long moreDrafted, long moreAccepted) {
            return new Totals(drafted + moreDrafted, accepted + moreAccepted);
        }
    }

    private final List<Drafter> drafters;
    private final LongSupplier nanoTime;
    private final DraftPolicy policy = new DraftPolicy();
    private final KeptShare[] all;
    private final double[] roundNanos;
    private final Map<Sequence, KeptShare[]> shares = new LinkedHashMap<>();
    private final Map<Sequence, Guess> guesses = new LinkedHashMap<>();
    private int plainRows;
    private int draftedRows;
    private int kept;
    private long draftingNanos;
    private long begin;
    private boolean measures;
    private volatile Totals totals = Totals.NONE;

    /// Who guesses for a sequence in this step.
    private record Guess(int drafter, int evidence) {}

    /// @param drafters of those that have a guess, the one asked is that whose guesses are kept
    ///   most often, by the evidence; none switches drafts off
    /// @param nanoTime the clock
    public Speculation(List<Drafter> drafters, LongSupplier nanoTime) {
        this.drafters = List.copyOf(drafters);
        this.nanoTime = nanoTime;
        this.all = shares();
        this.roundNanos = new double[drafters.size()];
    }

    /// No drafts.
    public static Speculation off() {
        return new Speculation(List.of(), () -> 0);
    }

    private KeptShare[] shares() {
        KeptShare[] some = new KeptShare[drafters.size()];
        Arrays.setAll(some, _ -> new KeptShare());
        return some;
    }

    /// Has drafts made for the next step.
    ///
    /// @param generating sequences with one token to compute, and room in their drafts
    /// @param rows of the step without drafts
    /// @param mostDrafted rows that drafts may add
    /// @param alone whether the step computes nothing else, so that its time tells something
    void draft(List<Sequence> generating, int rows, int mostDrafted, boolean alone) {
        plainRows = rows;
        draftedRows = 0;
        kept = 0;
        draftingNanos = 0;
        measures = alone && !drafters.isEmpty();
        guesses.clear();
        if (drafters.isEmpty()) {
            return;
        }
        List<DraftPolicy.Offer> offers = new ArrayList<>(generating.size());
        for (Sequence sequence : generating) {
            offer(sequence, offers);
        }
        for (int i = 0; i < roundNanos.length; i++) {
            roundNanos[i] *= AGE;
        }
        policy.choose(offers, rows, Math.min(mostDrafted, MOST_ROWS), costliestRound());
        propose();
        totals = totals.plus(draftedRows, 0);
        begin = nanoTime.getAsLong();
    }

    /// Chooses who guesses for a sequence.
    private void offer(Sequence sequence, List<DraftPolicy.Offer> offers) {
        KeptShare[] own = shares.computeIfAbsent(sequence, _ -> shares());
        DraftPolicy.Offer best = null;
        for (int i = 0; i < drafters.size(); i++) {
            int evidence = drafters.get(i).evidence(sequence);
            if (evidence != Drafter.NOTHING) {
                var next = new DraftPolicy.Offer(sequence, evidence, own[i], all[i]);
                if (best == null || next.keptShare(0) > best.keptShare(0)) {
                    best = next;
                    guesses.put(sequence, new Guess(i, evidence));
                }
            }
        }
        if (best != null) {
            offers.add(best);
        }
    }

    private double costliestRound() {
        double most = 0;
        for (Guess guess : guesses.values()) {
            most = Math.max(most, roundNanos[guess.drafter()]);
        }
        return most;
    }

    /// Asks each drafter once, for all sequences that it guesses for.
    private void propose() {
        Map<Integer, List<Sequence>> asked = new HashMap<>();
        guesses.forEach(
                (sequence, guess) -> {
                    if (sequence.draft().wanted() > 0) {
                        asked.computeIfAbsent(guess.drafter(), _ -> new ArrayList<>())
                                .add(sequence);
                    }
                });
        asked.forEach(
                (drafter, sequences) -> {
                    long start = nanoTime.getAsLong();
                    drafters.get(drafter).propose(sequences);
                    long took = nanoTime.getAsLong() - start;
                    int rounds = 0;
                    for (Sequence sequence : sequences) {
                        draftedRows += sequence.draft().count();
                        sequence.countDrafts(sequence.draft().count(), 0);
                        rounds = Math.max(rounds, sequence.draft().count());
                    }
                    if (rounds > 0) {
                        double round = (double) took / rounds;
                        double usual = roundNanos[drafter] == 0 ? round : roundNanos[drafter];
                        roundNanos[drafter] = usual + NEWS * (Math.min(round, 2 * usual) - usual);
                        draftingNanos += took;
                    }
                });
    }

    /// The step's products are over; sampling costs the same with and without drafts.
    long computed() {
        return measures ? nanoTime.getAsLong() - begin : 0;
    }

    /// Rows that drafts added to this step.
    int draftedRows() {
        return draftedRows;
    }

    /// A sequence's drafted token was held against the sampler's. One that was kept is counted
    /// before the token behind it is chosen and told.
    void held(Sequence sequence, int index, boolean wasKept) {
        Guess guess = guesses.get(sequence);
        if (guess == null) {
            throw new IllegalStateException("nobody drafted for this sequence");
        }
        KeptShare[] own = shares.computeIfAbsent(sequence, _ -> shares());
        own[guess.drafter()].count(guess.evidence() + index, wasKept);
        all[guess.drafter()].count(guess.evidence() + index, wasKept);
        if (wasKept) {
            kept++;
            totals = totals.plus(0, 1);
            sequence.countDrafts(0, 1);
        }
    }

    /// The step is over.
    ///
    /// @param computeNanos what {@link #computed} told
    void settle(long computeNanos) {
        if (measures) {
            policy.settle(
                    plainRows, draftedRows, kept, (double) computeNanos, (double) draftingNanos);
        }
    }

    /// Forgets a sequence that ended or was set back.
    void forget(Sequence sequence) {
        shares.remove(sequence);
        drafters.forEach(drafter -> drafter.forget(sequence));
    }

    /// What drafts came to. Any thread may call.
    public Totals totals() {
        return totals;
    }
}
