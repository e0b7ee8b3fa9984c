package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.PrefixChain;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;

/// Drafts on a model that is a hash, in virtual time: a step takes what a function of its rows
/// says.
class SpeculationTest {
    private static final double MOST_SLOWDOWN = 1.05;

    /// Two cores of a Xeon, 1.2B in Q4_0: 26, 49, 93, 149 and 163 tokens/s in 1, 2, 4, 8 and 16
    /// rows.
    private static double measured(int rows) {
        if (rows <= 4) {
            return 37 + 1.5 * rows;
        }
        return rows <= 8 ? 43 + 2.7 * (rows - 4) : 54 + 5.5 * (rows - 8);
    }

    private static double noGain(int rows) {
        return 40.0 * rows;
    }

    private static double smallGain(int rows) {
        return 10 + 30.0 * rows;
    }

    private static final List<IntToDoubleFunction> MACHINES =
            List.of(SpeculationTest::measured, SpeculationTest::noGain, SpeculationTest::smallGain);

    /// A machine that computes one batch after the other.
    private static final class Machine implements LongSupplier {
        final IntToDoubleFunction millis;
        long nanos;

        Machine(IntToDoubleFunction millis) {
            this.millis = millis;
        }

        @Override
        public long getAsLong() {
            return nanos;
        }

        void run(Scheduler scheduler, Inbox inbox, int blocks, SplittableRandom noise) {
            var model = new HashModel(blocks);
            while (scheduler.refresh(inbox)) {
                Batch batch = scheduler.next();
                double factor = 0.9 + 0.2 * noise.nextDouble() + (noise.nextInt(50) == 0 ? 1 : 0);
                nanos += (long) (1e6 * factor * millis.applyAsDouble(batch.tokens().length));
                scheduler.accept(batch, model.compute(batch));
            }
            scheduler.check();
        }
    }

    private static SimulatedRequest request(int number, int tokens) {
        int[] prompt = new SplittableRandom(number).ints(8, 0, HashModel.VOCAB).toArray();
        var sampling = new SamplingParams(1, 0, 1, 0, number, tokens, -1);
        var claim = new Claim("", false, Optional.of(new PrefixChain("", 1)));
        return new SimulatedRequest(prompt, sampling, Set.of(), 2000, claim);
    }

    /// Generates in some sequences at once.
    private static Machine generate(
            IntToDoubleFunction millis, int sequences, int tokens, double rightShare) {
        var machine = new Machine(millis);
        var drafter = new GuessingDrafter(new SplittableRandom(3), rightShare, true);
        List<Drafter> drafters = rightShare < 0 ? List.of() : List.of(drafter);
        var speculation = new Speculation(drafters, machine);
        int blocks = sequences * BlockPool.blocksFor(tokens + 50);
        var scheduler =
                new Scheduler(
                        new BlockPool(blocks), HashModel.samplers(), 512, sequences, speculation);
        var inbox = new Inbox(sequences, sequences);
        List<SimulatedRequest> requests = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            requests.add(request(i, tokens));
            inbox.offer(requests.getLast().sequence);
        }
        machine.run(scheduler, inbox, blocks, new SplittableRandom(sequences));
        requests.forEach(SimulatedRequest::check);
        Speculation.Totals totals = speculation.totals();
        assertTrue(totals.accepted() <= totals.drafted());
        return machine;
    }

    @Test
    void right_drafts_make_a_sequence_several_times_as_fast() {
        long without = generate(SpeculationTest::measured, 1, 600, -1).nanos;
        assertTrue(generate(SpeculationTest::measured, 1, 600, 1).nanos < without / 4);
        assertTrue(generate(SpeculationTest::measured, 1, 600, 0.8).nanos < without / 2);
        assertTrue(generate(SpeculationTest::measured, 1, 600, 0.5).nanos < without / 1.3);
    }

    @Test
    void drafts_are_never_much_slower_than_none() {
        for (IntToDoubleFunction millis : MACHINES) {
            for (int sequences : new int[] {1, 2, 5, 12}) {
                long without = generate(millis, sequences, 400, -1).nanos;
                for (double rightShare : new double[] {0, 0.1, 0.3, 0.5, 0.8, 1}) {
                    long with = generate(millis, sequences, 400, rightShare).nanos;
                    assertTrue(
                            with < MOST_SLOWDOWN * without,
                            "%d sequences, %.1f right: %.3f times the time"
                                    .formatted(sequences, rightShare, (double) with / without));
                }
            }
        }
    }
}
