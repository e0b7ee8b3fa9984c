package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.FeatureStore;
import dev.tramontane.cache.PrefixChain;
import dev.tramontane.image.ImageHash;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Single decisions of the scheduler; {@link SchedulerSimulationTest} tries them all together.
class SchedulerTest {
    private static final int CONTEXT = 400;
    private static final int BLOCK = 32;

    private BlockPool pool = new BlockPool(64);
    private Scheduler scheduler = scheduler(512, 8);
    private HashModel model = new HashModel(64);
    private final Inbox inbox = new Inbox(1000, 1000);

    private Scheduler scheduler(int maxBatchTokens, int maxSequences) {
        return new Scheduler(pool, HashModel.samplers(), maxBatchTokens, maxSequences);
    }

    private void begin(int blocks, int maxBatchTokens, int maxSequences) {
        pool = new BlockPool(blocks);
        model = new HashModel(blocks);
        scheduler = scheduler(maxBatchTokens, maxSequences);
    }

    private SimulatedRequest submit(String owner, boolean yields, int maxTokens, int... prompt) {
        var claim = new Claim(owner, yields, Optional.of(new PrefixChain(owner, 1)));
        var request =
                new SimulatedRequest(
                        prompt, SamplingParams.greedy(maxTokens), Set.of(), CONTEXT, claim);
        assertEquals(Inbox.Answer.TAKEN, inbox.offer(request.sequence));
        return request;
    }

    private SimulatedRequest submit(int maxTokens, int... prompt) {
        return submit("a", false, maxTokens, prompt);
    }

    /// Prompts of one seed begin alike.
    private static int[] prompt(long seed, int tokens) {
        return new SplittableRandom(seed).ints(tokens, 0, HashModel.VOCAB).toArray();
    }

    private Batch step() {
        assertTrue(scheduler.refresh(inbox));
        Batch batch = scheduler.next();
        scheduler.accept(batch, model.compute(batch));
        scheduler.check();
        return batch;
    }

    private static List<Integer> counts(Batch batch) {
        return batch.slices().stream().map(Batch.Slice::count).toList();
    }

    private boolean runs(SimulatedRequest request) {
        return scheduler.running().contains(request.sequence);
    }

    private void finishAll() {
        while (scheduler.refresh(inbox)) {
            step();
        }
    }

    @Test
    void a_token_of_each_running_sequence_comes_before_the_rest_of_a_long_prompt() {
        begin(32, 16, 4);
        submit(50, prompt(1, 40));
        submit(50, prompt(2, 3));
        List<List<Integer>> counts = new ArrayList<>();
        for (int step = 0; step < 5; step++) {
            counts.add(counts(step()));
        }
        var expected =
                List.of(
                        List.of(15, 1),
                        List.of(15, 1),
                        List.of(10, 1), // the prompts end, both at once
                        List.of(1, 1),
                        List.of(1, 1));
        assertEquals(expected, counts);
    }

    @Test
    void a_beginning_that_was_computed_before_is_not_computed_again() {
        SimulatedRequest first = submit(1, prompt(1, 3 * BLOCK + 5));
        step();
        SimulatedRequest same = submit(1, prompt(1, 3 * BLOCK + 5));
        SimulatedRequest longer = submit(1, prompt(1, 5 * BLOCK));
        assertEquals(List.of(5, 2 * BLOCK), counts(step()));
        assertEquals(0, first.cachedTokens);
        assertEquals(3 * BLOCK, same.cachedTokens);
        assertEquals(3 * BLOCK, longer.cachedTokens);
        assertEquals(first.generated, same.generated);
        longer.check();
    }

    @Test
    void the_last_token_of_a_prompt_is_always_computed() {
        submit(1, prompt(1, 2 * BLOCK));
        step();
        SimulatedRequest same = submit(1, prompt(1, 2 * BLOCK));
        assertEquals(List.of(BLOCK), counts(step()));
        assertEquals(BLOCK, same.cachedTokens);
        same.check();
    }

    @Test
    void what_was_generated_is_kept_for_the_next_turn() {
        SimulatedRequest first = submit(2 * BLOCK, prompt(1, BLOCK));
        finishAll();
        int[] next = Arrays.copyOf(first.tokens(), 3 * BLOCK + 1);
        SimulatedRequest second = submit(1, next);
        finishAll();
        // the last token that was sampled was never computed, so neither was the last block full
        assertEquals(2 * BLOCK, second.cachedTokens);
        second.check();
    }

    @Test
    void owners_do_not_meet_each_others_prompts() {
        submit("a", false, 1, prompt(1, 3 * BLOCK));
        step();
        SimulatedRequest others = submit("b", false, 1, prompt(1, 3 * BLOCK));
        finishAll();
        assertEquals(0, others.cachedTokens);
    }

    @Test
    void sequences_with_one_new_beginning_compute_it_once() {
        begin(64, 40, 8);
        List<SimulatedRequest> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int[] prompt = prompt(1, 5 * BLOCK + 1);
            prompt[5 * BLOCK] = i;
            requests.add(submit(1, prompt));
        }
        int computed = 0;
        while (scheduler.refresh(inbox)) {
            computed += step().tokens().length;
        }
        assertEquals(5 * BLOCK + 8, computed);
        requests.forEach(SimulatedRequest::check);
    }

    @Test
    void who_waits_for_a_beginning_computes_it_when_the_other_is_cancelled() {
        begin(64, 20, 8);
        SimulatedRequest first = submit(1, prompt(1, 4 * BLOCK));
        SimulatedRequest second = submit(1, prompt(1, 4 * BLOCK));
        step();
        assertEquals(0, second.told);
        first.cancel();
        finishAll();
        assertEquals(List.of(FinishReason.CANCELLED), first.ends);
        second.check();
    }

    @Test
    void a_small_request_does_not_wait_for_the_long_prompt_of_another_owner() {
        begin(64, 16, 4);
        submit("a", false, 9, prompt(1, 390));
        for (int i = 0; i < 3; i++) {
            step();
        }
        SimulatedRequest small = submit("b", false, 9, prompt(2, 30));
        for (int i = 0; i < 5; i++) { // the rest of a step goes to each owner by turns
            step();
        }
        assertFalse(small.generated.isEmpty());
    }

    @Test
    void an_owner_without_a_running_request_takes_the_place_of_anothers_youngest() {
        begin(64, 16, 2);
        SimulatedRequest first = submit("a", false, 50, prompt(1, 3));
        SimulatedRequest second = submit("a", false, 50, prompt(2, 3));
        step();
        assertTrue(runs(first) && runs(second));
        SimulatedRequest other = submit("b", false, 50, prompt(3, 3));
        step();
        assertTrue(runs(first) && !runs(second) && runs(other));
        finishAll();
        second.check();
        other.check();
    }

    @Test
    void requests_that_yield_are_set_back_when_another_comes_and_go_on_later() {
        begin(64, 16, 1);
        SimulatedRequest yields = submit("a", true, 50, prompt(1, 40));
        for (int i = 0; i < 20; i++) {
            step();
        }
        SimulatedRequest other = submit("a", false, 5, prompt(2, 3));
        step();
        assertTrue(runs(other) && !runs(yields));
        finishAll();
        other.check();
        yields.check();
        assertEquals(1, scheduler.load().setBacks());
    }

    @Test
    void a_request_that_yields_comes_to_its_end_beside_an_endless_stream_of_others() {
        begin(64, 16, 1);
        SimulatedRequest yields = submit("a", true, 5, prompt(1, 3));
        int others = 0;
        while (!yields.isOver()) {
            submit("b", false, 2, prompt(others++, 3));
            step();
            assertTrue(others < 20 * Scheduler.MOST_PASSES);
        }
        assertTrue(others > Scheduler.MOST_PASSES);
        yields.check();
    }

    @Test
    void a_single_request_comes_to_its_end_beside_a_flood_of_another_owner() {
        begin(6, 16, 3);
        for (int i = 0; i < 100; i++) {
            submit("flood", false, 60, prompt(i, 60));
        }
        for (int i = 0; i < 30; i++) {
            step();
        }
        SimulatedRequest single = submit("b", false, 100, prompt(500, 60));
        int steps = 0;
        while (!single.isOver()) {
            step();
            steps++;
        }
        // 60 tokens in 4 steps of 15 and 100 of one; a few for those that were there before
        assertTrue(steps < 2 * (4 + 100), steps + " steps");
        single.check();
    }

    @Test
    void an_endless_stream_of_new_owners_keeps_nobody_waiting_for_ever() {
        begin(8, 64, 1);
        submit("a", false, 100, prompt(0, 50));
        for (int i = 0; i < 80; i++) {
            step();
        }
        SimulatedRequest second = submit("a", false, 3, prompt(1, 3));
        int others = 0;
        while (!second.isOver()) {
            for (int i = 0; i < (others < 50 ? 2 : 1); i++) { // a new one is always there
                submit("new " + others++, false, 1, prompt(others, 3));
            }
            step();
            assertTrue(others < 2 * Scheduler.OVERDUE_PASSES);
        }
        second.check();
    }

    @Test
    void when_blocks_run_out_the_youngest_is_set_back_and_says_later_what_it_would_have_said() {
        begin(6, 64, 4);
        List<SimulatedRequest> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            requests.add(submit(100, prompt(i, 30)));
        }
        List<Integer> ended = new ArrayList<>();
        while (scheduler.refresh(inbox)) {
            step();
            for (int i = 0; i < 3; i++) {
                if (requests.get(i).isOver() && !ended.contains(i)) {
                    ended.add(i);
                }
            }
        }
        assertEquals(List.of(0, 1, 2), ended);
        assertTrue(scheduler.load().setBacks() > 0);
        requests.forEach(SimulatedRequest::check);
        assertEquals(0, requests.getLast().cachedTokens, "what it computes again is not reused");
    }

    @Test
    void owners_with_equal_requests_are_served_equally() {
        begin(64, 24, 4);
        var served = new int[3];
        for (int i = 0; i < 60; i++) {
            submit("flood", false, 20, prompt(i, 50));
        }
        for (int i = 0; i < 20; i++) {
            submit("b", false, 20, prompt(100 + i, 50));
            submit("c", false, 20, prompt(200 + i, 50));
        }
        for (int step = 0; step < 200; step++) {
            step();
            for (Sequence sequence : scheduler.running()) {
                int place = List.of("flood", "b", "c").indexOf(sequence.ownerName());
                served[place] = (int) sequence.owner().served();
            }
            int least = IntStream.of(served).min().orElseThrow();
            int most = IntStream.of(served).max().orElseThrow();
            assertTrue(most - least <= 2 * 70, Arrays.toString(served));
        }
    }

    @Test
    void a_pause_saves_nothing_up() {
        begin(64, 16, 1);
        for (int i = 0; i < 10; i++) {
            submit("a", false, 10, prompt(i, 50));
        }
        for (int i = 0; i < 20; i++) {
            step();
        }
        List<SimulatedRequest> late = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            late.add(submit("b", false, 10, prompt(100 + i, 50)));
        }
        while (!late.get(1).isOver()) {
            step();
        }
        assertFalse(late.get(2).sequence.hasStarted(), "a's turn is between b's");
        finishAll();
    }

    @Test
    void the_place_in_the_line_is_told_as_it_changes() {
        begin(64, 16, 1);
        submit(2, prompt(1, 3));
        submit(2, prompt(2, 3));
        SimulatedRequest third = submit(2, prompt(3, 3));
        finishAll();
        assertEquals(List.of(2, 1), third.places);
    }

    @Test
    void the_queue_is_bounded_for_all_and_for_each_owner() {
        var small = new Inbox(3, 2);
        var answers = new ArrayList<Inbox.Answer>();
        for (String owner : List.of("a", "a", "a", "b", "c")) {
            var claim = new Claim(owner, false, Optional.empty());
            var request =
                    new SimulatedRequest(
                            prompt(1, 3), SamplingParams.greedy(1), Set.of(), CONTEXT, claim);
            answers.add(small.offer(request.sequence));
        }
        assertArrayEquals(
                new Inbox.Answer[] {
                    Inbox.Answer.TAKEN,
                    Inbox.Answer.TAKEN,
                    Inbox.Answer.OWNER_FULL,
                    Inbox.Answer.TAKEN,
                    Inbox.Answer.FULL
                },
                answers.toArray());
    }

    @Test
    void a_drained_inbox_takes_no_more_and_what_it_took_runs_to_its_end() {
        SimulatedRequest request = submit(3, prompt(1, 3));
        inbox.drain();
        assertEquals(Inbox.Answer.DRAINING, inbox.offer(request.sequence));
        while (scheduler.take(inbox, () -> {})) {
            step();
        }
        request.check();
        inbox.close();
        assertEquals(Inbox.Answer.CLOSED, inbox.offer(request.sequence));
    }

    @Test
    void an_image_that_nobody_waits_for_any_more_is_given_up_before_the_scheduler_waits() {
        var endless = new EndlessEncoder();
        var images = new ImageReader(Optional.of(endless), new FeatureStore(0), () -> 0);
        scheduler = new Scheduler(pool, HashModel.samplers(), 512, 8, Speculation.off(), images);
        var patches = new ImagePatches(1, 1, 1, new float[3]);
        var image = new SequenceImages.Placed(patches, ImageHash.of(patches), new int[] {2});
        var request =
                new SimulatedRequest(
                        prompt(1, 4),
                        SamplingParams.greedy(5),
                        Set.of(),
                        CONTEXT,
                        new Claim("a", false, Optional.empty()),
                        new SequenceImages("a", List.of(image)));
        assertEquals(Inbox.Answer.TAKEN, inbox.offer(request.sequence));
        step();
        scheduler.readImages();
        assertEquals(1, endless.rooms.size());
        request.cancel();
        inbox.drain();
        assertFalse(scheduler.take(inbox, () -> {}));
        assertEquals(1, endless.closed);
        assertFalse(endless.rooms.getFirst().scope().isAlive());
    }

    /// Never comes to an end with an image.
    private static final class EndlessEncoder implements ImageReader.Encoder, ImageReader.Encoding {
        private final List<Arena> rooms = new ArrayList<>();
        private int closed;

        @Override
        public long mostPatches() {
            return 1;
        }

        @Override
        public Tensor room(ImagePatches image, Arena arena) {
            rooms.add(arena);
            return Tensor.allocate(arena, 1, 1);
        }

        @Override
        public ImageReader.Encoding begin(List<ImagePatches> images, List<Tensor> outs) {
            return this;
        }

        @Override
        public void step() {}

        @Override
        public boolean isDone() {
            return false;
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
