package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.KvCache;
import dev.tramontane.cache.PrefixChain;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.SequenceBreakers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// One course of a scheduler, all of it drawn from a seed: arrivals, owners, priorities, cancels,
/// common beginnings, a small cache, drafts. Time is counted in steps. After each step the books
/// are checked.
final class Simulation {
    /// They look at the tokens before, which the scheduler must hand to the sampler.
    private static final Penalties PENALTIES =
            new Penalties(
                    LogitBias.NONE,
                    new Repetition(1.3f, 0.2f, 0.1f, -1),
                    new Dry(0.8f, 1.75f, 1, -1, SequenceBreakers.NONE));

    private static final int MOST_BLOCKS = 9;
    private static final int MOST_CONTEXT = 110;

    /// Who shares computed blocks.
    private enum Sharing {
        NOBODY,
        OWNERS,
        ALL
    }

    private final SplittableRandom random;
    private final Sharing sharing;
    private final int owners;
    private final boolean someYield;
    private final int context;
    private final int budget;
    private final int most;
    private final boolean ampleMemory;
    private final int capacity;
    private final int ownerCapacity;
    private final BlockPool pool;
    private final boolean drafts;
    private final Speculation speculation;
    private final Scheduler scheduler;
    private final Inbox inbox;
    private final HashModel model;
    private final int[] document;
    private final List<SimulatedRequest> requests = new ArrayList<>();
    private final SplittableRandom changes;
    private final boolean weightsChange;
    private int arrivals;
    private int steps;
    private long nanos;

    Simulation(long seed) {
        random = new SplittableRandom(seed);
        changes = new SplittableRandom(~seed);
        weightsChange = changes.nextInt(4) == 0;
        sharing = Sharing.values()[random.nextInt(Sharing.values().length)];
        owners = 1 + random.nextInt(3);
        someYield = random.nextBoolean();
        int blocks = 1 + random.nextInt(MOST_BLOCKS);
        context = 2 + random.nextInt(Math.min(blocks * KvCache.BLOCK_SIZE, MOST_CONTEXT) - 1);
        budget = 1 + random.nextInt(50);
        most = Math.min(budget, 1 + random.nextInt(6));
        ampleMemory = blocks >= most * BlockPool.blocksFor(context);
        capacity = 1 + random.nextInt(6);
        ownerCapacity = 1 + random.nextInt(capacity);
        pool = new BlockPool(blocks, 1 + random.nextInt(blocks));
        List<Drafter> drafters = drafters();
        drafts = !drafters.isEmpty();
        speculation = new Speculation(drafters, () -> nanos);
        scheduler = new Scheduler(pool, HashModel.samplers(), budget, most, speculation);
        inbox = new Inbox(capacity, ownerCapacity);
        model = new HashModel(blocks);
        document = random.ints(context, 0, HashModel.VOCAB).toArray();
        arrivals = 1 + random.nextInt(12);
    }

    /// What a course showed, so that a test can see that it showed enough.
    ///
    /// @param setBacks sequences that were set back
    /// @param waitsAgain times that a reader was told that a sequence waits again
    /// @param cachedTokens prompt tokens that were not computed
    /// @param refused requests that found a full queue
    /// @param cancelled requests that were cancelled
    /// @param drafts what they came to
    record Shown(
            long setBacks,
            int waitsAgain,
            long cachedTokens,
            int refused,
            int cancelled,
            Speculation.Totals drafts) {
        static final Shown NOTHING = new Shown(0, 0, 0, 0, 0, new Speculation.Totals(0, 0));

        Shown plus(Shown other) {
            return new Shown(
                    setBacks + other.setBacks,
                    waitsAgain + other.waitsAgain,
                    cachedTokens + other.cachedTokens,
                    refused + other.refused,
                    cancelled + other.cancelled,
                    new Speculation.Totals(
                            drafts.drafted() + other.drafts.drafted(),
                            drafts.accepted() + other.drafts.accepted()));
        }
    }

    /// None, or those that are right always, never or in between; they share the scheduler with the
    /// copying of text.
    private List<Drafter> drafters() {
        SplittableRandom own = random.split();
        var guessing = new GuessingDrafter(own, own.nextInt(-1, 4) / 2.0, own.nextBoolean());
        return switch (own.nextInt(4)) {
            case 0 -> List.of();
            case 1 -> List.of(new PromptLookup());
            case 2 -> List.of(guessing);
            default -> List.of(new PromptLookup(), guessing);
        };
    }

    /// Weights that change by nothing: what is kept is forgotten, and no result may show it.
    private void changeWeights() {
        if (weightsChange && changes.nextInt(8) == 0) {
            scheduler.weightsChanged();
        }
    }

    /// Runs to the end.
    Shown run() {
        int refused = 0;
        boolean working = true;
        while (arrivals > 0 || working) {
            while (arrivals > 0 && random.nextInt(3) == 0) {
                refused += arrive() ? 0 : 1;
            }
            cancelOne();
            changeWeights();
            working = scheduler.refresh(inbox);
            checkPlaces();
            if (working) {
                step();
            }
            scheduler.check();
            steps++;
            assertTrue(steps <= mostSteps(), "no progress");
        }
        pool.check(List.of());
        assertEquals(0, inbox.size());
        requests.forEach(SimulatedRequest::check);
        assertEquals(
                requests.stream().mapToLong(request -> request.cachedTokens).sum(),
                scheduler.load().reusedTokens());
        return new Shown(
                scheduler.load().setBacks(),
                requests.stream().mapToInt(request -> request.waitsAgain).sum(),
                scheduler.load().reusedTokens(),
                refused,
                (int) requests.stream().filter(request -> request.cancelled).count(),
                speculation.totals());
    }

    /// Each request could run alone after the other, and wait a little for the next to arrive; a
    /// sequence that yields is set back a bounded number of times.
    private int mostSteps() {
        return 100 + 3 * requests.stream().mapToInt(request -> request.sequence.longest()).sum();
    }

    private boolean arrive() {
        SimulatedRequest request = request();
        int own =
                (int)
                        requests.stream()
                                .filter(r -> !r.isOver() && !r.sequence.hasStarted())
                                .filter(r -> r.claim.owner().equals(request.claim.owner()))
                                .count();
        Inbox.Answer expected =
                inbox.size() == capacity
                        ? Inbox.Answer.FULL
                        : own == ownerCapacity ? Inbox.Answer.OWNER_FULL : Inbox.Answer.TAKEN;
        assertEquals(expected, inbox.offer(request.sequence));
        arrivals--;
        if (expected != Inbox.Answer.TAKEN) {
            return false;
        }
        requests.add(request);
        return true;
    }

    private SimulatedRequest request() {
        String owner = "owner " + random.nextInt(owners);
        Optional<PrefixChain> prefix =
                switch (sharing) {
                    case NOBODY -> Optional.empty();
                    case OWNERS -> Optional.of(new PrefixChain(owner, 1));
                    case ALL -> Optional.of(new PrefixChain("all", 1));
                };
        var sampling =
                new SamplingParams(
                                random.nextInt(3),
                                0,
                                1,
                                0,
                                random.nextLong(),
                                1 + random.nextInt(99),
                                -1)
                        .withPenalties(random.nextInt(8) == 0 ? PENALTIES : Penalties.NONE);
        return new SimulatedRequest(
                prompt(),
                sampling,
                random.nextInt(4) == 0 ? Set.of(random.nextInt(HashModel.VOCAB)) : Set.of(),
                context,
                new Claim(owner, someYield && random.nextBoolean(), prefix));
    }

    /// Any tokens, or a beginning of the document with a tail, or what an earlier request had and
    /// said, with a tail.
    private int[] prompt() {
        int[] base =
                switch (random.nextInt(3)) {
                    case 0 -> new int[0];
                    case 1 -> document;
                    default ->
                            requests.isEmpty()
                                    ? document
                                    : requests.get(random.nextInt(requests.size())).tokens();
                };
        int common = random.nextInt(Math.min(base.length, context - 1) + 1);
        int tail = random.nextInt(context - common);
        int length = Math.max(1, common + tail);
        int[] prompt = Arrays.copyOf(base, length);
        for (int i = common; i < length; i++) {
            prompt[i] = random.nextInt(HashModel.VOCAB);
        }
        return prompt;
    }

    private void cancelOne() {
        if (!requests.isEmpty() && random.nextInt(60) == 0) {
            requests.get(random.nextInt(requests.size())).cancel();
        }
    }

    private void step() {
        Batch batch = scheduler.next();
        cancelOne();
        assertTrue(batch.tokens().length > 0 && batch.tokens().length <= budget);
        int rows = Scheduler.maxSampledRows(budget, most, drafts);
        assertTrue(batch.sampledRows().length <= rows);
        checkSlots(batch);
        nanos += 1000 + random.nextInt(100); // more rows cost nothing, so that many are drafted
        scheduler.accept(batch, model.compute(batch));
    }

    /// Blocks that a step writes belong to one sequence.
    private void checkSlots(Batch batch) {
        Map<Integer, Integer> users = new HashMap<>();
        for (Sequence sequence : scheduler.running()) {
            for (int i = 0; i < sequence.blocks().count(); i++) {
                users.merge(sequence.blocks().block(i), 1, Integer::sum);
            }
        }
        for (Batch.Slice slice : batch.slices()) {
            int first = slice.position() / KvCache.BLOCK_SIZE;
            int last = (slice.position() + slice.count() - 1) / KvCache.BLOCK_SIZE;
            for (int i = first; i <= last; i++) {
                assertEquals(1, users.get(slice.blocks().block(i)), "a shared block is written");
            }
        }
    }

    /// Who runs and who waits, after a decision.
    private void checkPlaces() {
        List<Sequence> running = scheduler.running();
        assertTrue(running.size() <= most);
        Map<String, Integer> runningFirst = new HashMap<>();
        boolean someYieldingRuns = false;
        for (Sequence sequence : running) {
            someYieldingRuns |= sequence.yields();
            runningFirst.merge(sequence.ownerName(), sequence.yields() ? 0 : 1, Integer::sum);
        }
        for (SimulatedRequest request : requests) {
            assertTrue(!request.cancelled || request.isOver(), "cancel ends within a step");
            boolean waits = !request.isOver() && !running.contains(request.sequence);
            if (!request.isOver() && (waits || request.told > 0)) {
                assertEquals(waits, request.waits, "what a reader believes");
            }
            if (waits && ampleMemory) {
                assertEquals(most, running.size(), "a place is free and somebody waits");
                if (!request.sequence.yields()) {
                    assertTrue(!someYieldingRuns, "who yields runs while another waits");
                    int own = runningFirst.getOrDefault(request.claim.owner(), 0);
                    boolean isNext = request.places.getLast() == 1;
                    for (Sequence other : running) {
                        if (own == 0 || isNext && Lineup.isBehind(request.sequence, other)) {
                            int others = runningFirst.getOrDefault(other.ownerName(), 0);
                            assertTrue(others <= own + 1, "unfair");
                        }
                    }
                }
            }
        }
    }
}
