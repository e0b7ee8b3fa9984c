package dev.tramontane.cluster;

import dev.tramontane.chat.Message;
import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.Question;
import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.Rollouts;
import dev.tramontane.train.grpo.Trajectory;
import dev.tramontane.train.grpo.Verifier;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A policy of some thousand weights with an engine of its own, problems for it, and a verifier.
final class TinyPolicy implements AutoCloseable {
    static final int GROUP_SIZE = 3;

    private static final ModelConfig CONFIG =
            new ModelConfig(
                    32,
                    1,
                    2,
                    1,
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

    static final Problems PROBLEMS =
            number ->
                    new Question(
                            new Problem(
                                    "p" + number,
                                    List.of(new Message.UserMessage("say " + number)),
                                    new Reference.Text(List.of("even"))),
                            new int[] {1, (int) (number % 30) + 5, 2},
                            Optional.of("en"));

    /// Earns by its first token.
    static final Verifier VERIFIER =
            (question, trajectory) ->
                    new Reward(
                            true,
                            trajectory.completion()[0] % 2 == 0,
                            true,
                            0,
                            trajectory.completion()[0],
                            question.problem().id());

    private final Arena arena = Arena.ofShared();
    private final Engine engine;
    private final TrainableWeights landing = weights(arena);
    private final Rollouts rollouts;

    TinyPolicy() {
        EngineOptions options =
                EngineOptions.defaults()
                        .withThreads(1)
                        .withKvCacheBytes(1 << 22)
                        .withKernels(EngineOptions.KernelChoice.SCALAR);
        engine = Engine.over(CONFIG, weights(arena).model(), arena, options);
        rollouts =
                new Rollouts(
                        engine, PROBLEMS, new Rollouts.Settings(GROUP_SIZE, 12, Set.of(3), 11));
    }

    /// Fresh weights, the same each time.
    static TrainableWeights weights(Arena arena) {
        return TrainableWeights.copyOf(CONFIG, RandomWeights.of(CONFIG, 4, arena), arena);
    }

    List<Trajectory> sample(long number) {
        return rollouts.sample(number);
    }

    Engine engine() {
        return engine;
    }

    TrainableWeights landing() {
        return landing;
    }

    @Override
    public void close() {
        engine.close();
    }
}
