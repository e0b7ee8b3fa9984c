package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights.Kind;
import dev.tramontane.train.TrainableWeights.Parameter;
import dev.tramontane.train.grpo.GrpoLoss;
import dev.tramontane.train.grpo.Trajectory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Two whole steps (forward pass, GRPO loss, backward pass, clipping, optimiser) against PyTorch in
/// double precision: `torch/step.json`, recorded by `torch/record_step.py`.
class TorchStepTest {
    private static final ModelConfig CONFIG =
            new ModelConfig(
                    32,
                    2,
                    4,
                    2,
                    16,
                    48,
                    40,
                    1e-5f,
                    10_000,
                    Kernels.RopePairs.SPLIT_HALF,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    64);
    private static final int[] LENGTHS = {7, 12, 5, 9};
    private static final int PROMPT = 2;
    private static final double[] ADVANTAGES = {1.25, -0.75, 0.5, -1.0};

    /// Of log-probabilities and gradients of order one: single precision through two layers.
    private static final double TOLERANCE = 1e-5;

    /// Of weights: an optimiser divides a gradient by its own size, so that a small one's relative
    /// error counts in full, times the rate of 0.01.
    private static final double WEIGHT_TOLERANCE = 2e-5;

    /// Of sums over a tensor's weights under signs.
    private static final double SUM_TOLERANCE = 2e-4;

    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(2);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    private static double hashed(long n) {
        long x = n * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L;
        x ^= x >>> 29;
        x *= 0xBF58476D1CE4E5B9L;
        return (x >>> 40) / 0x1p24;
    }

    private TrainableWeights weights() {
        TrainableWeights weights =
                TrainableWeights.copyOf(CONFIG, RandomWeights.of(CONFIG, 0, arena), arena);
        for (Parameter parameter : weights.parameters()) {
            for (int i = 0; i < parameter.count(); i++) {
                int at = (int) parameter.from() + i;
                double value =
                        parameter.kind() == Kind.GAIN
                                ? 0.75 + hashed(at) / 2
                                : (hashed(at) - 0.5) / 2;
                weights.values().set(0, at, (float) value);
            }
        }
        return weights;
    }

    private static List<GrpoLoss.Graded> completions() {
        List<Trajectory> trajectories = new ArrayList<>();
        long tokenNumber = 1_000_000;
        long sampleNumber = 2_000_000;
        for (int s = 0; s < LENGTHS.length; s++) {
            int length = LENGTHS[s];
            int[] tokens = new int[length];
            for (int i = 0; i < length; i++) {
                tokens[i] = (int) (hashed(tokenNumber++) * CONFIG.vocab());
            }
            float[] logProbs = new float[length - PROMPT];
            boolean[] forced = new boolean[length - PROMPT];
            for (int place = PROMPT; place < length; place++) {
                if ((s == 1 && place == 4) || (s == 3 && place == 7)) {
                    forced[place - PROMPT] = true;
                } else {
                    logProbs[place - PROMPT] = (float) (-3.4 - hashed(sampleNumber++) * 0.8);
                }
            }
            trajectories.add(
                    new Trajectory(
                            Arrays.copyOf(tokens, PROMPT),
                            Arrays.copyOfRange(tokens, PROMPT, length),
                            logProbs,
                            forced));
        }
        List<GrpoLoss.Graded> graded = new ArrayList<>();
        for (int s = 0; s < LENGTHS.length; s++) {
            int pair = s / 2 * 2;
            int groupTokens =
                    trajectories.get(pair).sampledTokens()
                            + trajectories.get(pair + 1).sampledTokens();
            graded.add(
                    new GrpoLoss.Graded(
                            trajectories.get(s), ADVANTAGES[s], GrpoLoss.weight(2, groupTokens)));
        }
        return graded;
    }

    private static JsonNode recorded(String optimizer) throws IOException {
        try (InputStream json = TorchStepTest.class.getResourceAsStream("/torch/step.json")) {
            return new JsonMapper().readTree(json).get(optimizer);
        }
    }

    @Test
    void steps_with_adamw_are_torchs() throws IOException {
        TrainableWeights weights = weights();
        var settings = new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.1f);
        check(weights, new AdamW(weights, workers, settings, arena), recorded("adamw"));
    }

    @Test
    void steps_with_muon_are_torchs() throws IOException {
        TrainableWeights weights = weights();
        var settings = new Muon.Settings(0.95f, 0.1f, new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0));
        check(weights, new Muon(weights, workers, settings, arena), recorded("muon"));
    }

    private void check(TrainableWeights weights, Optimizer optimizer, JsonNode steps) {
        List<GrpoLoss.Graded> completions = completions();
        TrainingBatch batch =
                TrainingBatch.of(completions.stream().map(one -> one.trajectory().part()).toList());
        GrpoLoss loss = GrpoLoss.of(completions, GrpoLoss.Clip.HIGHER);
        var limits = new PolicyBackend.Limits(64, 16);
        var transformer = new TrainableTransformer(weights, workers, limits, arena);
        TokenScores scores = TokenScores.forAtMost(64);
        var clip = new GradientClip(weights, workers);
        assertEquals(2, steps.size());
        for (JsonNode step : steps) {
            weights.clearGradients();
            transformer.learn(batch, loss, scores);
            double scale = clip.scale(0.5);
            optimizer.step(0.01, scale);

            assertEquals(
                    step.get("loss").doubleValue(),
                    loss.summary(scores.logProbs()).value(),
                    TOLERANCE);
            assertEquals(step.get("norm").doubleValue(), clip.norm(), TOLERANCE * 10);
            assertEquals(batch.scored().length, step.get("logProbs").size());
            for (int i = 0; i < batch.scored().length; i++) {
                assertEquals(
                        step.get("logProbs").get(i).doubleValue(),
                        scores.logProbs()[i],
                        TOLERANCE * 5);
                assertEquals(
                        step.get("entropies").get(i).doubleValue(),
                        scores.entropies()[i],
                        TOLERANCE * 5);
            }
            compare(weights, weights.gradients(), step.get("gradients"), TOLERANCE);
            compare(weights, weights.values(), step.get("weights"), WEIGHT_TOLERANCE);
        }
    }

    private static void compare(
            TrainableWeights weights, Tensor flat, JsonNode expected, double tolerance) {
        assertEquals(weights.parameters().size(), expected.size());
        for (Parameter parameter : weights.parameters()) {
            JsonNode tensor = expected.get(parameter.name());
            for (int i = 0; i < tensor.get("values").size(); i++) {
                int place = (int) (hashed(31L * i) * parameter.count());
                assertEquals(
                        tensor.get("values").get(i).doubleValue(),
                        flat.get(0, (int) parameter.from() + place),
                        tolerance,
                        parameter.name());
            }
            for (int s = 0; s < tensor.get("sums").size(); s++) {
                double sum = 0;
                for (int i = 0; i < parameter.count(); i++) {
                    double sign = hashed(7L * i + s) < 0.5 ? 1 : -1;
                    sum += sign * flat.get(0, (int) parameter.from() + i);
                }
                assertEquals(
                        tensor.get("sums").get(s).doubleValue(),
                        sum,
                        SUM_TOLERANCE,
                        parameter.name());
            }
        }
    }
}
