package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

class SamplerTest {
    private static final float LOGPROB_TOLERANCE = 2e-6f; // single precision, twice rounded

    /// No penalty looks at the tokens before.
    private static final int[] NONE = {};

    private static PlainSampler sampler(int vocab) {
        return new PlainSampler(vocab);
    }

    private static SamplingParams params(
            float temperature, int topK, float topP, float minP, long seed) {
        return new SamplingParams(temperature, topK, topP, minP, seed, 100, -1);
    }

    /// What the filters leave, by rising id, and the weights of all by id.
    private record Left(List<Integer> ids, double[] weights) {
        double sum() {
            return ids.stream().mapToDouble(id -> weights[id]).sum();
        }
    }

    /// The sampler's documentation, word by word, with full sorts.
    private static Left left(float[] logits, BitSet allowed, SamplingParams params) {
        List<Integer> order = new ArrayList<>(allowed.stream().boxed().toList());
        order.sort(
                Comparator.comparingDouble((Integer id) -> 0.0 - logits[id])
                        .thenComparing(id -> id));
        double[] weights = new double[logits.length];
        if (params.temperature() == 0) {
            weights[order.getFirst()] = 1;
            return new Left(order.subList(0, 1), weights);
        }
        float max = logits[order.getFirst()];
        for (int id : order) {
            float scaled = (logits[id] - max) / params.temperature();
            weights[id] = (float) Math.exp(scaled);
        }
        order.sort(
                Comparator.comparingDouble((Integer id) -> 0.0 - weights[id])
                        .thenComparing(id -> id));
        if (params.topK() > 0) {
            order = order.subList(0, Math.min(params.topK(), order.size()));
        }
        if (params.topP() < 1) {
            double share = params.topP() * order.stream().mapToDouble(id -> weights[id]).sum();
            int count = 0;
            double sum = 0;
            while (count < order.size() && sum < share) {
                sum += weights[order.get(count++)];
            }
            order = order.subList(0, count);
        }
        List<Integer> kept =
                order.stream().filter(id -> weights[id] >= params.minP()).sorted().toList();
        return new Left(kept, weights);
    }

    private static int reference(
            float[] logits, BitSet allowed, SamplingParams params, int position) {
        Left left = left(logits, allowed, params);
        double target = PositionNoise.at(params.seed(), position) * left.sum();
        double reached = 0;
        for (int id : left.ids()) {
            reached += left.weights()[id];
            if (reached > target) {
                return id;
            }
        }
        throw new AssertionError("the number lies beyond the sum");
    }

    private static float[] row(SplittableRandom random, int vocab) {
        double scale = new double[] {0.01, 1, 3, 10, 40}[random.nextInt(5)];
        boolean ties = random.nextInt(3) == 0;
        float[] logits = new float[vocab];
        for (int id = 0; id < vocab; id++) {
            double value = scale * random.nextGaussian();
            logits[id] = (float) (ties ? Math.rint(value) : value);
        }
        return logits;
    }

    private static SamplingParams anyParams(SplittableRandom random, int vocab) {
        float[] temperatures = {0, 1e-40f, 0.1f, 0.7f, 1, 2};
        float[] shares = {1e-6f, 0.1f, 0.5f, 0.95f, 0.999f, 1, 1};
        float[] leasts = {0, 0, 0, 0.05f, 0.5f, 0.999f};
        return params(
                temperatures[random.nextInt(temperatures.length)],
                random.nextBoolean() ? 0 : 1 + random.nextInt(vocab + 5),
                shares[random.nextInt(shares.length)],
                leasts[random.nextInt(leasts.length)],
                random.nextLong());
    }

    @Test
    void it_agrees_with_a_plain_reference_on_thousands_of_rows() {
        var random = new SplittableRandom(1);
        for (int run = 0; run < 6000; run++) {
            int vocab = 1 + random.nextInt(run % 20 == 0 ? 3000 : 60);
            float[] logits = row(random, vocab);
            SamplingParams params = anyParams(random, vocab);
            var allowed = new BitSet();
            allowed.set(0, vocab);
            TokenMask.Verdict verdict = TokenMask.Verdict.ANY;
            if (random.nextInt(3) == 0) {
                var some = new BitSet();
                random.ints(1 + random.nextInt(2 * vocab), 0, vocab + 9).forEach(some::set);
                if (random.nextBoolean()) {
                    allowed.and(some);
                    verdict = new TokenMask.Verdict.Only(some);
                } else {
                    allowed.andNot(some);
                    verdict = new TokenMask.Verdict.Except(some);
                }
            }
            if (allowed.isEmpty()) {
                continue;
            }
            int expected = reference(logits, allowed, params, run);
            Choice choice = sampler(vocab).sample(logits.clone(), verdict, params, NONE, run);
            assertEquals(expected, choice.token(), "run " + run + ": " + params);
            assertEquals(allowed.cardinality() == 1 && vocab > 1, choice.forced());
        }
    }

    /// Weights by one set of kernels, all else in plain loops.
    private record Weighing(LogitPasses fast, LogitPasses plain) implements LogitPasses {
        @Override
        public boolean copy(Tensor logits, int row, float[] values, float[] greatest) {
            return plain.copy(logits, row, values, greatest);
        }

        @Override
        public void greatest(float[] values, int count, float[] greatest) {
            plain.greatest(values, count, greatest);
        }

        @Override
        public double weigh(
                float[] values, int count, float max, float temperature, float[] weights) {
            return fast.weigh(values, count, max, temperature, weights);
        }

        @Override
        public void split(
                float[] weights,
                int count,
                float least,
                float heavy,
                long[] between,
                double[] heavySums) {
            plain.split(weights, count, least, heavy, between, heavySums);
        }
    }

    @Test
    void on_the_fastest_kernels_it_chooses_what_it_chooses_in_plain_loops() {
        var random = new SplittableRandom(4);
        int vocab = 20_000;
        try (Kernels fast = fastest()) {
            var plain =
                    new PlainSampler(
                            new Weighing(fast.logitPasses(), new ScalarKernels().logitPasses()),
                            vocab);
            var sampler = new PlainSampler(fast.logitPasses(), vocab);
            for (int run = 0; run < 400; run++) {
                float[] logits = row(random, vocab);
                SamplingParams params = anyParams(random, vocab);
                if (random.nextInt(4) == 0) {
                    params = params.withTypicalP(0.3f + random.nextInt(7) / 10f);
                }
                var some = new BitSet();
                random.ints(1 + random.nextInt(2 * vocab), 0, vocab).forEach(some::set);
                TokenMask.Verdict verdict =
                        switch (random.nextInt(4)) {
                            case 0 -> new TokenMask.Verdict.Only(some);
                            case 1 -> new TokenMask.Verdict.Except(some);
                            default -> TokenMask.Verdict.ANY;
                        };
                Choice expected = plain.sample(logits, verdict, params, NONE, run);
                Choice found = sampler.sample(logits, verdict, params, NONE, run);
                assertEquals(expected.token(), found.token(), "run " + run + ": " + params);
            }
        }
    }

    private static Kernels fastest() {
        return AssembledKernels.obstacle().isEmpty()
                ? new AssembledKernels(1, true)
                : new VectorKernels(1);
    }

    /// Equal weights by the thousand, none of which stands out, and some that do: what is guessed
    /// about where top-p cuts is wrong, or just right.
    @Test
    void where_the_order_is_cut_does_not_hang_on_a_lucky_guess() {
        int vocab = 3000;
        var random = new SplittableRandom(5);
        for (int run = 0; run < 300; run++) {
            float[] logits = new float[vocab];
            int levels = 1 + random.nextInt(4);
            int every = random.nextBoolean() ? 16 : 1 + random.nextInt(40);
            for (int id = 0; id < vocab; id++) {
                logits[id] = id % every == 0 ? 4 * random.nextInt(levels) : random.nextInt(levels);
            }
            var all = new BitSet();
            all.set(0, vocab);
            int most = random.nextBoolean() ? 0 : 1 + random.nextInt(vocab);
            float share = random.nextInt(1, 100) / 100f;
            SamplingParams params = params(1, most, share, 0, run);
            int expected = reference(logits, all, params, run);
            Choice choice = sampler(vocab).sample(logits, TokenMask.Verdict.ANY, params, NONE, run);
            assertEquals(expected, choice.token(), "run " + run + ": " + params);
        }
    }

    @Test
    void each_row_is_sampled_once_whoever_takes_it() {
        try (var kernels = new VectorKernels(3)) {
            var samplers = new Samplers(kernels, 5, 2);
            for (int rows : new int[] {0, 1, 2, 7, 100}) {
                var times = new AtomicIntegerArray(rows);
                samplers.forEach(rows, (_, row) -> times.incrementAndGet(row));
                for (int row = 0; row < rows; row++) {
                    assertEquals(1, times.get(row));
                }
            }
            var thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    samplers.forEach(
                                            9,
                                            (_, row) -> {
                                                if (row == 3) {
                                                    throw new IllegalStateException("row 3");
                                                }
                                            }));
            assertEquals("row 3", thrown.getMessage());
        }
    }

    @Test
    void it_draws_as_often_as_the_probabilities_say() {
        float[] logits = {1, 0, 2, -1, 0.5f};
        double[] weights = IntStream.range(0, 5).mapToDouble(i -> Math.exp(logits[i])).toArray();
        double sum = Arrays.stream(weights).sum();
        int draws = 200_000;
        int[] counts = new int[5];
        PlainSampler sampler = sampler(5);
        for (int position = 0; position < draws; position++) {
            SamplingParams params = params(1, 0, 1, 0, 42);
            counts[
                    sampler.sample(logits.clone(), TokenMask.Verdict.ANY, params, NONE, position)
                            .token()]++;
        }
        double chiSquare = 0;
        for (int i = 0; i < 5; i++) {
            double expected = draws * weights[i] / sum;
            chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        assertTrue(chiSquare < 18.5, "chi-square " + chiSquare); // 0.1% for 4 degrees of freedom
    }

    @Test
    void random_numbers_are_even_over_positions_and_over_seeds() {
        int[] cells = new int[64 * 64];
        int draws = 1 << 20;
        for (int i = 0; i < draws; i++) {
            double a = PositionNoise.at(i / 1024, i % 1024);
            double b = PositionNoise.at(i / 1024 + 1, i % 1024);
            cells[((int) (a * 64)) * 64 + (int) (b * 64)]++;
        }
        double expected = (double) draws / cells.length;
        double chiSquare = 0;
        for (int cell : cells) {
            chiSquare += (cell - expected) * (cell - expected) / expected;
        }
        // Mean 4095, standard deviation √(2 · 4095) ≈ 90: five of them either way.
        assertEquals(4095, chiSquare, 450);
    }

    @Test
    void the_random_number_of_a_seed_and_position_never_changes() {
        assertEquals(0.6524484863740322, PositionNoise.at(0, 0));
        assertEquals(0.4984167065294687, PositionNoise.at(-1, Integer.MAX_VALUE));
    }

    @Test
    void temperature_zero_takes_the_lowest_of_equal_ids() {
        float[] logits = {-0f, 3, 0, 3, 1};
        var greedy = SamplingParams.greedy(1);
        assertEquals(1, sampler(5).sample(logits, TokenMask.Verdict.ANY, greedy, NONE, 0).token());
        var zeros = new float[] {-0f, 0, -0f};
        assertEquals(0, sampler(3).sample(zeros, TokenMask.Verdict.ANY, greedy, NONE, 0).token());
    }

    @Test
    void log_probabilities_are_those_before_mask_temperature_and_filters() {
        float[] logits = {1, 2, 3, 2};
        double logSum = Math.log(Math.exp(1) + 2 * Math.exp(2) + Math.exp(3));
        var params = new SamplingParams(0.1f, 1, 0.5f, 0.5f, 0, 1, 3);
        Choice forced =
                sampler(4).sample(logits.clone(), new TokenMask.Verdict.Force(0), params, NONE, 0);
        assertTrue(forced.forced());
        assertEquals(1 - logSum, forced.logprob(), LOGPROB_TOLERANCE);
        assertArrayEquals(new int[] {2, 1, 3}, forced.topTokens());
        assertEquals(3 - logSum, forced.topLogprobs()[0], LOGPROB_TOLERANCE);
        assertEquals(2 - logSum, forced.topLogprobs()[2], LOGPROB_TOLERANCE);
        Choice plain =
                sampler(4).sample(logits, TokenMask.Verdict.ANY, params(0.1f, 1, 1, 0, 0), NONE, 0);
        assertFalse(plain.forced());
        assertTrue(Float.isNaN(plain.logprob()));
        assertEquals(0, plain.topTokens().length);
    }

    @Test
    void what_a_draw_tells_is_how_likely_each_was_in_it() {
        var random = new SplittableRandom(17);
        for (int round = 0; round < 2_000; round++) {
            int vocab = 1 + random.nextInt(60);
            float[] logits = row(random, vocab);
            SamplingParams params =
                    anyParams(random, vocab)
                            .withLogprobs(new Logprobs(random.nextInt(21), Logprobs.Of.DRAW));
            var allowed = new BitSet();
            allowed.set(0, vocab);
            Left left = left(logits, allowed, params);
            Choice drawn = sampler(vocab).sample(logits, TokenMask.Verdict.ANY, params, NONE, 0);
            double[] shares = new double[vocab];
            left.ids().forEach(id -> shares[id] = left.weights()[id] / left.sum());
            String what = round + ": " + params;
            assertEquals(shares[drawn.token()], Math.exp(drawn.logprob()), 1e-5, what);
            List<Integer> likeliest =
                    left.ids().stream()
                            .filter(id -> shares[id] >= Float.MIN_NORMAL)
                            .sorted(
                                    Comparator.comparingDouble((Integer id) -> -shares[id])
                                            .thenComparing(id -> id))
                            .limit(params.topLogprobs())
                            .toList();
            assertEquals(likeliest, Arrays.stream(drawn.topTokens()).boxed().toList(), what);
            for (int i = 0; i < likeliest.size(); i++) {
                assertEquals(
                        shares[likeliest.get(i)], Math.exp(drawn.topLogprobs()[i]), 1e-5, what);
            }
        }
    }

    @Test
    void what_had_to_come_is_certain_in_its_draw() {
        float[] logits = {1, 2, 3, 2};
        var params =
                new SamplingParams(1, 0, 1, 0, 0, 1, -1)
                        .withLogprobs(new Logprobs(3, Logprobs.Of.DRAW));
        Choice forced = sampler(4).sample(logits, new TokenMask.Verdict.Force(0), params, NONE, 0);
        assertEquals(0, forced.logprob());
        assertArrayEquals(new int[] {0}, forced.topTokens());
    }

    @Test
    void more_alternatives_than_tokens_are_all_tokens() {
        assertArrayEquals(new int[] {1, 0}, Likeliest.tokens(new float[] {1, 2}, 20));
        assertArrayEquals(new int[0], Likeliest.tokens(new float[] {1, 2}, 0));
    }

    @Test
    void likeliest_tokens_are_the_beginning_of_a_full_sort() {
        var random = new SplittableRandom(3);
        for (int run = 0; run < 300; run++) {
            float[] logits = row(random, 1 + random.nextInt(200));
            int[] sorted =
                    IntStream.range(0, logits.length)
                            .boxed()
                            .sorted(
                                    Comparator.comparingDouble((Integer id) -> 0.0 - logits[id])
                                            .thenComparing(id -> id))
                            .mapToInt(id -> id)
                            .limit(20)
                            .toArray();
            assertArrayEquals(sorted, Likeliest.tokens(logits, 20));
        }
    }

    @Test
    void logits_that_are_not_finite_name_a_damaged_model() {
        float[] damages = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (float damage : damages) {
            float[] logits = {0, damage, 1};
            var thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    sampler(3)
                                            .sample(
                                                    logits,
                                                    TokenMask.Verdict.ANY,
                                                    SamplingParams.greedy(1),
                                                    NONE,
                                                    17));
            assertTrue(thrown.toString().contains("token 17: logits"), thrown.toString());
        }
    }

    @Test
    void masks_that_allow_nothing_are_an_error() {
        var all = new BitSet();
        all.set(0, 3);
        List<TokenMask.Verdict> verdicts =
                List.of(
                        new TokenMask.Verdict.Only(new BitSet()),
                        new TokenMask.Verdict.Except(all));
        for (TokenMask.Verdict verdict : verdicts) {
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            sampler(3)
                                    .sample(
                                            new float[3],
                                            verdict,
                                            SamplingParams.greedy(1),
                                            NONE,
                                            0));
        }
    }

    @Test
    void forbidden_tokens_weigh_nothing_in_vectors_either() {
        try (var kernels = new VectorKernels(1)) {
            var values = new float[67];
            Arrays.fill(values, Float.NEGATIVE_INFINITY);
            values[1] = -200;
            values[2] = 0;
            values[66] = 0;
            assertEquals(2, kernels.logitPasses().weigh(values, 67, 0, 1, values));
            for (int id = 0; id < values.length; id++) {
                assertEquals(id == 2 || id == 66 ? 1 : 0, values[id]);
            }
        }
    }
}
