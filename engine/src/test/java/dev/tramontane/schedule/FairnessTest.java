package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Owners who always have more to do than there are places: what each is served, in tokens of
/// prompts and of answers.
class FairnessTest {
    private static final int PLACES = 8;
    private static final int BUDGET = 64;
    private static final int BLOCKS = 400;
    private static final int STEPS = 600;

    /// What one owner asks for, again and again.
    private record Demand(int promptTokens, int answerTokens) {}

    private final Scheduler scheduler =
            new Scheduler(new BlockPool(BLOCKS), HashModel.samplers(), BUDGET, PLACES);
    private final HashModel model = new HashModel(BLOCKS);
    private final Inbox inbox = new Inbox(100, 100);
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<List<SimulatedRequest>> requests = new ArrayList<>();

    /// @return tokens served to each
    private long[] serve(List<Demand> demands) {
        demands.forEach(_ -> requests.add(new ArrayList<>()));
        for (int step = 0; step < STEPS; step++) {
            for (int owner = 0; owner < demands.size(); owner++) {
                submit(owner, demands.get(owner));
            }
            assertTrue(scheduler.refresh(inbox));
            assertEquals(PLACES, scheduler.running().size());
            Batch batch = scheduler.next();
            scheduler.accept(batch, model.compute(batch));
        }
        return requests.stream().mapToLong(FairnessTest::served).toArray();
    }

    private void submit(int owner, Demand demand) {
        List<SimulatedRequest> own = requests.get(owner);
        while (own.stream().filter(request -> !request.isOver()).count() < 2 * PLACES) {
            int[] prompt = random.ints(demand.promptTokens, 0, HashModel.VOCAB).toArray();
            var claim = new Claim("owner " + owner, false, Optional.empty());
            var sampling = SamplingParams.greedy(demand.answerTokens);
            own.add(new SimulatedRequest(prompt, sampling, Set.of(), 2000, claim));
            assertEquals(Inbox.Answer.TAKEN, inbox.offer(own.getLast().sequence));
        }
    }

    private static long served(List<SimulatedRequest> requests) {
        return requests.stream().mapToLong(r -> r.told + r.generated.size()).sum();
    }

    private long running(int owner) {
        String name = "owner " + owner;
        return scheduler.running().stream().filter(s -> s.ownerName().equals(name)).count();
    }

    @Test
    void long_prompts_do_not_take_the_tokens_of_short_ones() {
        long[] served = serve(List.of(new Demand(300, 10), new Demand(10, 10)));
        // One place is the first owner's in any case, and does a little more than its half.
        assertTrue(served[0] < 2 * served[1], served[0] + " and " + served[1]);
        scheduler.refresh(inbox);
        assertEquals(1, running(0));
        assertEquals(PLACES - 1, running(1));
        assertEquals(0, scheduler.load().setBacks());
    }

    @Test
    void long_answers_and_short_ones_are_served_alike_and_seldom_set_back() {
        long[] served = serve(List.of(new Demand(10, 1000), new Demand(10, 10)));
        assertEquals(1, (double) served[0] / served[1], 0.15);
        assertTrue(scheduler.load().setBacks() < STEPS / 40, scheduler.load().toString());
    }

    @Test
    void owners_who_ask_for_the_same_are_served_the_same() {
        long[] served = serve(List.of(new Demand(40, 30), new Demand(40, 30), new Demand(40, 30)));
        long least = IntStream.range(0, 3).mapToLong(i -> served[i]).min().orElseThrow();
        long most = IntStream.range(0, 3).mapToLong(i -> served[i]).max().orElseThrow();
        assertTrue(most < 1.1 * least, most + " and " + least);
    }
}
