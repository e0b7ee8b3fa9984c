package dev.tramontane.train.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.train.AdamW;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TokenLoss;
import dev.tramontane.train.TokenScores;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.TrainingBatch;
import dev.tramontane.train.grpo.GrpoLoss;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/// Our transformer and libtorch's say the same of the same weights.
class TorchTransformerTest {
    /// Of log-probabilities and entropies: single precision through a few layers, added up in two
    /// orders.
    private static final double SCORE_TOLERANCE = 2e-5;

    /// Of a tensor's gradients, beside the largest of them.
    private static final double GRADIENT_TOLERANCE = 5e-5;

    /// Added to the root by AdamW, so large that a gradient's rounding (1e-6 here) beside nothing
    /// does not count as a whole step.
    private static final float ADAMW_EPS = 1e-4f;

    /// Both of its memories alike: libtorch keeps them in a tuple, which has no order that all
    /// compilers share.
    private static final float ADAMW_BETA = 0.9f;

    /// Of weights: what that rounding makes of a step of 0.01.
    private static final double WEIGHT_TOLERANCE = 5e-5;

    /// Of log-probabilities with products in bfloat16, whose numbers have eight bits.
    private static final double BF16_TOLERANCE = 0.05;

    private static final PolicyBackend.Limits LIMITS = new PolicyBackend.Limits(400, 300);

    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(2);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    private static ModelConfig config(
            int dim, int heads, int kvHeads, int headDim, int hiddenDim, int vocab) {
        return new ModelConfig(
                dim,
                2,
                heads,
                kvHeads,
                headDim,
                hiddenDim,
                vocab,
                1e-5f,
                10_000,
                Kernels.RopePairs.SPLIT_HALF,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                1024);
    }

    private static ModelConfig config() {
        return config(32, 4, 2, 16, 48, 37);
    }

    private TrainableWeights weights(ModelConfig config, boolean tied) {
        ModelWeights random = RandomWeights.of(config, 9, arena);
        ModelWeights source =
                tied
                        ? new ModelWeights(
                                random.output(),
                                random.layers(),
                                random.finalNorm(),
                                random.output())
                        : random;
        return TrainableWeights.copyOf(config, source, arena);
    }

    private static TrainingBatch batch(ModelConfig config, int... lengths) {
        var random = new SplittableRandom(8);
        return TrainingBatch.of(
                Arrays.stream(lengths)
                        .mapToObj(
                                length -> {
                                    boolean[] scored = new boolean[length];
                                    Arrays.fill(scored, 1 + length / 4, length, length > 1);
                                    int[] tokens = random.ints(length, 0, config.vocab()).toArray();
                                    return new TrainingBatch.Part(tokens, scored);
                                })
                        .toList());
    }

    /// A loss of reinforcement learning: ratios around one, some of them clipped.
    private static GrpoLoss loss(TrainingBatch batch, ModelConfig config) {
        int scored = batch.scored().length;
        var random = new SplittableRandom(5);
        float[] sampled = new float[scored];
        for (int i = 0; i < scored; i++) {
            sampled[i] = (float) (-Math.log(config.vocab()) + random.nextDouble(-0.6, 0.6));
        }
        double[] advantages = random.doubles(scored, -1.5, 1.5).toArray();
        double[] weights = new double[scored];
        Arrays.fill(weights, 1.0 / scored);
        return new GrpoLoss(GrpoLoss.Clip.HIGHER, sampled, advantages, weights);
    }

    /// What a pass gives, copied.
    private record Learned(float[] logProbs, float[] entropies, float[] gradients) {}

    private static Learned learn(
            TrainableWeights weights, PolicyBackend backend, TrainingBatch batch, TokenLoss loss) {
        TokenScores scores = TokenScores.forAtMost(LIMITS.tokens());
        weights.clearGradients();
        backend.learn(batch, loss, scores);
        int scored = batch.scored().length;
        return new Learned(
                Arrays.copyOf(scores.logProbs(), scored),
                Arrays.copyOf(scores.entropies(), scored),
                floats(weights.gradients()));
    }

    private static float[] floats(dev.tramontane.tensor.Tensor flat) {
        float[] values = new float[flat.cols()];
        flat.decodeRow(0, values);
        return values;
    }

    private Learned ours(TrainableWeights weights, TrainingBatch batch, TokenLoss loss) {
        var transformer = new TrainableTransformer(weights, workers, LIMITS, arena);
        return learn(weights, transformer, batch, loss);
    }

    @ParameterizedTest
    @CsvSource({
        "32, 4, 2, 16, 48, 37, true",
        "32, 4, 4, 16, 48, 37, false",
        "48, 6, 1, 16, 80, 300, false",
        "16, 1, 1, 32, 32, 20, true",
        "64, 4, 2, 16, 160, 1024, true"
    })
    void log_probabilities_and_gradients_are_libtorchs(
            int dim, int heads, int kvHeads, int headDim, int hiddenDim, int vocab, boolean tied) {
        ModelConfig config = config(dim, heads, kvHeads, headDim, hiddenDim, vocab);
        compare(config, tied, batch(config, 40, 1, 65, 2, 9));
    }

    @Test
    void so_they_are_of_sequences_that_are_equally_long() {
        compare(config(), true, batch(config(), 50, 50, 50));
    }

    @Test
    void so_they_are_of_a_sequence_longer_than_a_block_of_keys() {
        compare(config(), false, batch(config(), 290, 33));
    }

    private void compare(ModelConfig config, boolean tied, TrainingBatch batch) {
        GrpoLoss loss = loss(batch, config);
        TrainableWeights weights = weights(config, tied);
        Learned ours = ours(weights, batch, loss);
        // Twenty rows of logits at a time: several pieces.
        try (var torch =
                new TorchTransformer(
                        weights, TorchDevice.processors(2), LIMITS, 20 * config.vocab())) {
            Learned theirs = learn(weights, torch, batch, loss);
            assertClose(weights, theirs, ours, SCORE_TOLERANCE, GRADIENT_TOLERANCE);

            TokenScores scores = TokenScores.forAtMost(LIMITS.tokens());
            torch.score(batch, scores);
            for (int i = 0; i < theirs.logProbs.length; i++) {
                assertEquals(theirs.logProbs[i], scores.logProbs()[i], SCORE_TOLERANCE);
                assertEquals(theirs.entropies[i], scores.entropies()[i], SCORE_TOLERANCE);
            }
        }
    }

    private static void assertClose(
            TrainableWeights weights,
            Learned expected,
            Learned actual,
            double scoreTolerance,
            double gradientTolerance) {
        for (int i = 0; i < expected.logProbs.length; i++) {
            assertEquals(expected.logProbs[i], actual.logProbs[i], scoreTolerance);
            assertEquals(expected.entropies[i], actual.entropies[i], scoreTolerance);
        }
        for (TrainableWeights.Parameter parameter : weights.parameters()) {
            double largest = 0;
            double worst = 0;
            for (int i = 0; i < parameter.count(); i++) {
                int at = (int) parameter.from() + i;
                largest = Math.max(largest, Math.abs(expected.gradients[at]));
                worst = Math.max(worst, Math.abs(expected.gradients[at] - actual.gradients[at]));
            }
            assertTrue(largest > 0, parameter.name() + " has no gradient at all");
            assertTrue(
                    worst <= gradientTolerance * largest,
                    "%s: %g beside %g".formatted(parameter.name(), worst, largest));
        }
    }

    @Test
    void whole_steps_with_clipping_and_adamw_are_libtorchs() {
        ModelConfig config = config();
        TrainingBatch batch = batch(config, 40, 23, 65, 9);
        GrpoLoss loss = loss(batch, config);
        TrainableWeights mine = weights(config, true);
        TrainableWeights theirs = weights(config, true);
        var transformer = new TrainableTransformer(mine, workers, LIMITS, arena);
        var clip = new GradientClip(mine, workers);
        var settings = new AdamW.Settings(ADAMW_BETA, ADAMW_BETA, ADAMW_EPS, 0);
        var optimizer = new AdamW(mine, workers, settings, arena);
        try (var backend = new TorchTransformer(theirs, TorchDevice.processors(2), LIMITS);
                var _ = new PointerScope()) {
            var leaves = new TensorVector(backend.weights().leaves().toArray(new Tensor[0]));
            var options = new AdamWOptions(0.01);
            options.betas().put(0, ADAMW_BETA);
            options.betas().put(1, ADAMW_BETA);
            options.eps().put(ADAMW_EPS);
            options.weight_decay().put(0);
            var torchs = new org.bytedeco.pytorch.AdamW(leaves, options);
            for (int step = 0; step < 3; step++) {
                learn(mine, transformer, batch, loss);
                optimizer.step(0.01, clip.scale(0.05));

                learn(theirs, backend, batch, loss);
                double norm = torch.clip_grad_norm_(leaves, 0.05);
                torchs.step();

                assertEquals(norm, clip.norm(), GRADIENT_TOLERANCE * norm);
                assertTrue(norm > 0.05, "nothing is clipped");
                float[] expected = floats(theirs.values());
                float[] actual = floats(mine.values());
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], actual[i], WEIGHT_TOLERANCE);
                }
            }
        }
    }

    @Test
    void two_passes_add_their_gradients() {
        ModelConfig config = config();
        TrainingBatch batch = batch(config, 20, 7);
        TrainableWeights weights = weights(config, true);
        try (var backend = new TorchTransformer(weights, TorchDevice.processors(1), LIMITS)) {
            float[] once = learn(weights, backend, batch, (_, _) -> -1).gradients;
            backend.learn(batch, (_, _) -> -1, TokenScores.forAtMost(LIMITS.tokens()));
            float[] twice = floats(weights.gradients());
            for (int i = 0; i < once.length; i++) {
                assertEquals(2 * once[i], twice[i], 1e-5 * (1 + Math.abs(once[i])));
            }
        }
    }

    @Test
    void a_pass_computes_with_the_weights_of_that_moment() {
        ModelConfig config = config();
        TrainingBatch batch = batch(config, 20, 7);
        TrainableWeights weights = weights(config, true);
        try (var backend = new TorchTransformer(weights, TorchDevice.processors(1), LIMITS)) {
            learn(weights, backend, batch, (_, _) -> -1);
            for (int i = 0; i < weights.count(); i++) {
                weights.values().set(0, i, weights.values().get(0, i) * 1.25f);
            }
            Learned theirs = learn(weights, backend, batch, (_, _) -> -1);
            Learned ours = ours(weights, batch, (_, _) -> -1);
            assertClose(weights, theirs, ours, SCORE_TOLERANCE, GRADIENT_TOLERANCE);
        }
    }

    @Test
    void products_in_bfloat16_stay_near() {
        ModelConfig config = config(64, 4, 2, 16, 160, 300);
        TrainingBatch batch = batch(config, 40, 23, 65, 9);
        GrpoLoss loss = loss(batch, config);
        TrainableWeights weights = weights(config, true);
        Learned ours = ours(weights, batch, loss);
        var device = new TorchDevice("cpu", TorchDevice.Precision.BF16, 2);
        try (var backend = new TorchTransformer(weights, device, LIMITS)) {
            Learned theirs = learn(weights, backend, batch, loss);
            double gap = 0;
            for (int i = 0; i < ours.logProbs.length; i++) {
                gap = Math.max(gap, Math.abs(ours.logProbs[i] - theirs.logProbs[i]));
            }
            assertTrue(gap < BF16_TOLERANCE, "log-probabilities are %g apart".formatted(gap));
            assertTrue(gap > SCORE_TOLERANCE, "nothing was computed in bfloat16");
            assertTrue(cosine(ours.gradients, theirs.gradients) > 0.999);
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return product / Math.sqrt(aa * bb);
    }

    @Test
    void no_native_object_outlives_its_pass_nor_the_back_end() {
        ModelConfig config = config();
        TrainingBatch batch = batch(config, 20, 7);
        TrainableWeights weights = weights(config, true);
        long before = Pointer.totalCount();
        try (var backend = new TorchTransformer(weights, TorchDevice.processors(1), LIMITS)) {
            learn(weights, backend, batch, (_, _) -> -1);
            long after = Pointer.totalCount();
            assertTrue(after > before);
            for (int i = 0; i < 5; i++) {
                learn(weights, backend, batch, (_, _) -> -1);
                backend.score(batch, TokenScores.forAtMost(LIMITS.tokens()));
            }
            assertEquals(after, Pointer.totalCount());
        }
        assertEquals(before, Pointer.totalCount());
    }

    @Test
    void a_batch_with_nothing_scored_gives_nothing() {
        ModelConfig config = config();
        var batch = new TrainingBatch(new int[] {1, 2}, new int[] {0, 2}, new int[0]);
        TrainableWeights weights = weights(config, true);
        try (var backend = new TorchTransformer(weights, TorchDevice.processors(1), LIMITS)) {
            float[] gradients = learn(weights, backend, batch, (_, _) -> -1).gradients;
            backend.score(batch, TokenScores.forAtMost(1));
            for (float gradient : gradients) {
                assertEquals(0, gradient);
            }
        }
    }

    @Test
    void what_cannot_be_is_refused_with_what_could() {
        TrainableWeights weights = weights(config(), true);
        try (var backend = new TorchTransformer(weights, TorchDevice.processors(1), LIMITS)) {
            TokenScores scores = TokenScores.forAtMost(LIMITS.tokens());
            assertEquals(
                    "sequence 0 has 301 tokens, expected at most 300; cut it, or make a larger transformer",
                    refusal(() -> backend.score(batch(config(), 301), scores)));
            var strange = new TrainingBatch(new int[] {1, 37}, new int[] {0, 2}, new int[] {1});
            assertEquals(
                    "token 37, expected 0 to 36; was it made with another vocabulary?",
                    refusal(() -> backend.learn(strange, (_, _) -> -1, scores)));
        }
        assertEquals(
                "device tpu, expected cpu, cuda or cuda:N; name one of these",
                refusal(() -> new TorchDevice("tpu", TorchDevice.Precision.F32, 1)));
        assertEquals(
                "0 threads, expected at least 1; name how many processors are to compute",
                refusal(() -> TorchDevice.processors(0)));
        var absent = new TorchDevice("cuda:99", TorchDevice.Precision.F32, 1);
        assertTrue(
                refusal(() -> new TorchTransformer(weights, absent, LIMITS))
                        .startsWith("device cuda:99, but this libtorch sees "));
    }

    private static String refusal(org.junit.jupiter.api.function.Executable bad) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, bad).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"F32, 1e-3, 0.9999", "BF16, 0.05, 0.999"})
    void a_gpu_says_the_same(TorchDevice.Precision precision, double tolerance, double direction) {
        assumeTrue(
                torch.cuda_is_available(),
                "SKIPPED: no GPU that this libtorch can use; -Dtorch.extension=-gpu on a machine with CUDA tests it");
        ModelConfig config = config(64, 4, 2, 16, 160, 300);
        TrainingBatch batch = batch(config, 40, 23, 65, 9);
        GrpoLoss loss = loss(batch, config);
        TrainableWeights weights = weights(config, true);
        Learned ours = ours(weights, batch, loss);
        var device = new TorchDevice("cuda", precision, 2);
        try (var backend = new TorchTransformer(weights, device, LIMITS)) {
            Learned theirs = learn(weights, backend, batch, loss);
            for (int i = 0; i < ours.logProbs.length; i++) {
                assertEquals(ours.logProbs[i], theirs.logProbs[i], tolerance);
            }
            assertTrue(cosine(ours.gradients, theirs.gradients) > direction);
            float[] twice = learn(weights, backend, batch, loss).gradients;
            assertTrue(cosine(theirs.gradients, twice) > direction);
        }
    }
}
