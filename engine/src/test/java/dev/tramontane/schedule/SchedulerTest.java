package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.KvCache;
import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.SequenceBreakers;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Runs the scheduler on one thread against a model that is a hash: its cache holds the tokens
/// themselves, and a row's logits depend on all tokens it finds there. A token at a wrong place, or
/// a block with two owners, changes what is generated.
class SchedulerTest {
    private static final int VOCAB = 13;
    private static final int SIMULATIONS = 1500;
    private static final TokenMask NO_MASK =
            new TokenMask() {
                @Override
                public Verdict next() {
                    return Verdict.ANY;
                }

                @Override
                public void accept(int token) {}

                @Override
                public void rollback(int count) {}
            };

    private static double expSum(float[] values, int count, float max) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.exp((double) values[i] - max);
            sum += values[i];
        }
        return sum;
    }

    private static float[] logits(List<Integer> tokens) {
        var random = new SplittableRandom(tokens.hashCode());
        var logits = new float[VOCAB];
        for (int id = 0; id < VOCAB; id++) {
            logits[id] = (float) random.nextGaussian();
        }
        return logits;
    }

    /// They look at the tokens before, which the scheduler must hand to the sampler.
    private static final Penalties PENALTIES =
            new Penalties(
                    LogitBias.NONE,
                    new Repetition(1.3f, 0.2f, 0.1f, -1),
                    new Dry(0.8f, 1.75f, 1, -1, SequenceBreakers.NONE));

    /// A request and what became of it.
    private static final class Request implements Sequence.Listener {
        final int number;
        final int[] prompt;
        final SamplingParams sampling;
        final Set<Integer> stopTokens;
        final Sequence sequence;
        final List<Integer> generated = new ArrayList<>();
        final List<FinishReason> ends = new ArrayList<>();
        final List<Integer> started;
        int told;
        boolean cancelled;

        Request(int number, SplittableRandom random, int context, List<Integer> started) {
            this.number = number;
            this.started = started;
            prompt = random.ints(1 + random.nextInt(context - 1), 0, VOCAB).toArray();
            sampling =
                    new SamplingParams(
                                    random.nextInt(3),
                                    0,
                                    1,
                                    0,
                                    random.nextLong(),
                                    1 + random.nextInt(99),
                                    -1)
                            .withPenalties(random.nextBoolean() ? PENALTIES : Penalties.NONE);
            stopTokens = random.nextBoolean() ? Set.of(random.nextInt(VOCAB)) : Set.of();
            sequence = new Sequence(prompt, sampling, stopTokens, NO_MASK, context, this);
        }

        @Override
        public void progress(int queuePosition, int computedTokens) {
            assertTrue(ends.isEmpty() && generated.isEmpty());
            if (queuePosition == 0) {
                if (told == 0) {
                    started.add(number);
                }
                assertTrue(computedTokens > told && computedTokens <= prompt.length);
                told = computedTokens;
            }
        }

        @Override
        public void sampled(Choice choice) {
            assertEquals(prompt.length, told);
            assertTrue(ends.isEmpty());
            generated.add(choice.token());
        }

        @Override
        public void intervened(Intervention what) {
            throw new AssertionError("no mask of this test does that: " + what);
        }

        @Override
        public void finished(FinishReason reason, int repeatedTokens) {
            ends.add(reason);
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }

        boolean isOver() {
            return !ends.isEmpty();
        }

        void cancel() {
            sequence.cancel();
            cancelled = true;
        }

        /// Compares with the same request computed alone, token by token.
        void check(int context) {
            var sampler = new Sampler(SchedulerTest::expSum, VOCAB);
            List<Integer> all = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
            List<Integer> expected = new ArrayList<>();
            FinishReason end = null;
            while (end == null) {
                int token =
                        sampler.sample(
                                        logits(all),
                                        TokenMask.Verdict.ANY,
                                        sampling,
                                        all.stream().mapToInt(Integer::intValue).toArray(),
                                        all.size())
                                .token();
                if (stopTokens.contains(token)) {
                    end = FinishReason.STOP;
                } else {
                    all.add(token);
                    expected.add(token);
                    if (expected.size() == sampling.maxTokens()) {
                        end = FinishReason.LENGTH;
                    } else if (all.size() == context) {
                        end = FinishReason.CONTEXT_FULL;
                    }
                }
            }
            assertEquals(1, ends.size());
            if (cancelled && ends.contains(FinishReason.CANCELLED)) {
                assertEquals(expected.subList(0, generated.size()), generated);
            } else {
                assertEquals(expected, generated);
                assertEquals(List.of(end), ends);
            }
        }
    }

    private static int row(BlockTable blocks, int position) {
        int block = blocks.block(position / KvCache.BLOCK_SIZE);
        return block * KvCache.BLOCK_SIZE + position % KvCache.BLOCK_SIZE;
    }

    /// The hash that plays the model.
    private static Tensor compute(Batch batch, int[] stored) {
        Map<Integer, float[]> rows = new HashMap<>();
        for (Batch.Slice slice : batch.slices()) {
            List<Integer> tokens = new ArrayList<>();
            for (int i = 0; i < slice.count(); i++) {
                int row = row(slice.blocks(), slice.position() + i);
                stored[row] = batch.tokens()[slice.start() + i];
            }
            for (int p = 0; p < slice.position() + slice.count(); p++) {
                tokens.add(stored[row(slice.blocks(), p)]);
                if (p >= slice.position()) {
                    rows.put(slice.start() + p - slice.position(), logits(tokens));
                }
            }
        }
        var logits = new float[batch.sampledRows().length * VOCAB];
        for (int i = 0; i < batch.sampledRows().length; i++) {
            System.arraycopy(rows.get(batch.sampledRows()[i]), 0, logits, i * VOCAB, VOCAB);
        }
        return Tensor.of(logits, batch.sampledRows().length, VOCAB);
    }

    private static void simulate(long seed) {
        var random = new SplittableRandom(seed);
        int blocks = 1 + random.nextInt(9);
        int context = 2 + random.nextInt(Math.min(blocks * KvCache.BLOCK_SIZE, 90) - 1);
        int budget = 1 + random.nextInt(50);
        int most = 1 + random.nextInt(6);
        int capacity = 1 + random.nextInt(4);
        var pool = new BlockPool(blocks);
        var sampler = new Sampler(SchedulerTest::expSum, VOCAB);
        var scheduler = new Scheduler(pool, sampler, VOCAB, budget, most);
        var inbox = new Inbox(capacity);
        var stored = new int[blocks * KvCache.BLOCK_SIZE];
        Arrays.fill(stored, -1);
        List<Request> requests = new ArrayList<>();
        List<Integer> started = new ArrayList<>();
        int arrivals = 1 + random.nextInt(12);
        boolean working = true;
        while (arrivals > 0 || working) {
            while (arrivals > 0 && random.nextInt(3) == 0) {
                var request = new Request(arrivals, random, context, started);
                boolean full = inbox.size() == capacity;
                assertEquals(
                        full ? Inbox.Answer.FULL : Inbox.Answer.TAKEN,
                        inbox.offer(request.sequence));
                if (full) {
                    break;
                }
                requests.add(request);
                arrivals--;
            }
            cancelOne(random, requests);
            working = scheduler.refresh(inbox);
            for (Request request : requests) {
                assertTrue(!request.cancelled || request.isOver(), "cancel ends within a step");
            }
            if (working) {
                Batch batch = scheduler.next();
                cancelOne(random, requests);
                assertTrue(batch.tokens().length <= budget);
                assertTrue(batch.sampledRows().length <= scheduler.maxSampledRows());
                scheduler.accept(batch, compute(batch, stored));
            }
            pool.check(blocks - scheduler.load().freeBlocks());
        }
        pool.check(0);
        assertEquals(0, inbox.size());
        requests.forEach(request -> request.check(context));
        List<Integer> inOrder =
                requests.stream().map(request -> request.number).filter(started::contains).toList();
        assertEquals(inOrder, started, "first come, first served");
    }

    private static void cancelOne(SplittableRandom random, List<Request> requests) {
        if (!requests.isEmpty() && random.nextInt(40) == 0) {
            requests.get(random.nextInt(requests.size())).cancel();
        }
    }

    @Test
    void whatever_runs_beside_it_each_request_gets_what_it_gets_alone() {
        for (long seed = 0; seed < SIMULATIONS; seed++) {
            try {
                simulate(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void a_token_of_each_running_sequence_comes_before_the_rest_of_a_long_prompt() {
        var pool = new BlockPool(32);
        var sampler = new Sampler(SchedulerTest::expSum, VOCAB);
        var scheduler = new Scheduler(pool, sampler, VOCAB, 16, 4);
        var inbox = new Inbox(4);
        inbox.offer(sequence(40));
        inbox.offer(sequence(3));
        var stored = new int[pool.blocks() * KvCache.BLOCK_SIZE];
        List<List<Integer>> counts = new ArrayList<>();
        for (int step = 0; step < 5; step++) {
            assertTrue(scheduler.refresh(inbox));
            Batch batch = scheduler.next();
            counts.add(batch.slices().stream().map(Batch.Slice::count).toList());
            scheduler.accept(batch, compute(batch, stored));
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

    private static Sequence sequence(int promptTokens) {
        var silent =
                new Sequence.Listener() {
                    @Override
                    public void progress(int queuePosition, int computedTokens) {}

                    @Override
                    public void sampled(Choice choice) {}

                    @Override
                    public void intervened(Intervention what) {}

                    @Override
                    public void finished(FinishReason reason, int repeatedTokens) {}

                    @Override
                    public void failed(Throwable cause) {}
                };
        int[] prompt = IntStream.range(0, promptTokens).map(i -> i % VOCAB).toArray();
        return new Sequence(prompt, SamplingParams.greedy(50), Set.of(), NO_MASK, 400, silent);
    }
}
