package dev.tramontane.train.grpo;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.AdamW;
import dev.tramontane.train.Checkpoints;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.Schedule;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.kernels.Precision;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// Problems without words for a tiny network: tokens are rewarded as tokens.
///
/// Owns the network, the threads and the memory of a test.
final class Bandit implements AutoCloseable {
    static final int STOP = 0;
    static final int VOCAB = 24;
    static final int CONTEXT = 96;
    private static final int SEQUENCE = 64;

    final Arena arena = Arena.ofShared();
    final Workers workers;
    final TrainableWeights weights;
    final EngineOptions options;
    private final AdamW optimizer;
    private final PolicyBackend backend;
    private final GradientClip clip;

    /// @param threads of the trainer, and of engines
    Bandit(long seed, int threads) {
        workers = new Workers(threads);
        ModelConfig config =
                new ModelConfig(
                        32,
                        1,
                        2,
                        1,
                        16,
                        48,
                        VOCAB,
                        1e-5f,
                        10_000,
                        Kernels.RopePairs.SPLIT_HALF,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        CONTEXT);
        ModelWeights random = RandomWeights.of(config, seed, arena);
        weights =
                TrainableWeights.copyOf(
                        config,
                        new ModelWeights(
                                random.output(),
                                random.layers(),
                                random.finalNorm(),
                                random.output()),
                        arena);
        options =
                EngineOptions.defaults()
                        .withThreads(threads)
                        .withContext(CONTEXT)
                        .withKvCacheBytes(1 << 20)
                        .withMaxSequences(16)
                        .withDrafts(false);
        optimizer = new AdamW(weights, workers, AdamW.Settings.USUAL, arena);
        backend =
                new TrainableTransformer(
                        weights, workers, new PolicyBackend.Limits(512, SEQUENCE), arena);
        clip = new GradientClip(weights, workers);
    }

    /// Prompts of three tokens; what is asked for is the one in the middle.
    static Question question(long number) {
        var random = new SplittableRandom(number);
        int[] prompt = {1 + random.nextInt(4), 5 + random.nextInt(4), 9};
        return new Question(
                new Problem(
                        "bandit-" + number,
                        List.of(),
                        new Reference.Text(List.of(Integer.toString(prompt[1])))),
                prompt,
                Optional.empty());
    }

    /// Batches of six groups of eight completions.
    static GrpoConfig config(int steps, int maxTokens) {
        return new GrpoConfig(
                6,
                8,
                1,
                GrpoLoss.Clip.HIGHER,
                GrpoConfig.LossNormalisation.GROUP,
                GrpoConfig.AdvantageNormalisation.MINIBATCH,
                GrpoConfig.Diversity.REWARD,
                RewardRules.magistral(maxTokens, 0),
                Schedule.constant(1e-2, steps),
                1,
                0,
                5,
                3);
    }

    static GrpoConfig with(GrpoConfig like, int minibatches, int staleness) {
        return new GrpoConfig(
                like.groups(),
                like.groupSize(),
                minibatches,
                like.clip(),
                like.lossNormalisation(),
                like.advantageNormalisation(),
                like.diversity(),
                like.rewards(),
                like.schedule(),
                like.mostGradientNorm(),
                staleness,
                like.seed(),
                like.checkpointEvery());
    }

    static GrpoConfig with(GrpoConfig like, GrpoConfig.LossNormalisation normalisation) {
        return new GrpoConfig(
                like.groups(),
                like.groupSize(),
                like.minibatches(),
                like.clip(),
                normalisation,
                like.advantageNormalisation(),
                like.diversity(),
                like.rewards(),
                like.schedule(),
                like.mostGradientNorm(),
                like.staleness(),
                like.seed(),
                like.checkpointEvery());
    }

    /// With another deduction for the last tokens.
    static GrpoConfig longer(GrpoConfig like, int cacheTokens) {
        return new GrpoConfig(
                like.groups(),
                like.groupSize(),
                like.minibatches(),
                like.clip(),
                like.lossNormalisation(),
                like.advantageNormalisation(),
                like.diversity(),
                RewardRules.magistral(like.rewards().maxTokens(), cacheTokens),
                like.schedule(),
                like.mostGradientNorm(),
                like.staleness(),
                like.seed(),
                like.checkpointEvery());
    }

    /// An engine that shares the weights.
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    Engine sharedEngine() {
        return Engine.over(weights.config(), weights.model(), Arena.ofShared(), options);
    }

    Rollouts rollouts(Engine engine, GrpoConfig config) {
        return new Rollouts(engine, Bandit::question, Rollouts.Settings.of(config, Set.of(STOP)));
    }

    GrpoTrainer trainer(RolloutSource source, Path states, GrpoConfig config) {
        return new GrpoTrainer(
                weights, backend, optimizer, clip, source, new Checkpoints(states, 2), config);
    }

    PolicyBackend backend() {
        return backend;
    }

    PolicyBackend backend(Precision precision) {
        return new TrainableTransformer(weights, workers, backend.limits(), precision, arena);
    }

    double[] values() {
        Tensor flat = weights.values();
        double[] values = new double[flat.cols()];
        for (int i = 0; i < values.length; i++) {
            values[i] = flat.get(0, i);
        }
        return values;
    }

    @Override
    public void close() {
        workers.close();
        arena.close();
    }
}
