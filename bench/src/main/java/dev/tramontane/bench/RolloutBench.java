package dev.tramontane.bench;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.OnPolicyRollouts;
import dev.tramontane.train.grpo.Question;
import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.RolloutGroup;
import dev.tramontane.train.grpo.Rollouts;
import dev.tramontane.train.kernels.PackedKernels;
import dev.tramontane.train.kernels.Precision;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Eight groups of eight completions, sampled side by side through the engine from F32 weights of
/// 6.6 million parameters (8 layers, width 256, 8 heads on 2 key heads, feed-forward 768,
/// vocabulary 2048): prompts of 64 tokens, 110 tokens each, with their log-probabilities. `packed`
/// kernels multiply floats, `bfloat16` what is rounded so. PyTorch does the same in
/// `bench/src/main/python/rollouts.py`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 4)
@Measurement(iterations = 3, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
public class RolloutBench {
    private static final ModelConfig CONFIG =
            new ModelConfig(
                    256,
                    8,
                    8,
                    2,
                    32,
                    768,
                    2048,
                    1e-5f,
                    10_000,
                    Kernels.RopePairs.SPLIT_HALF,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    512);
    private static final int GROUPS = 8;
    private static final int GROUP_SIZE = 8;
    private static final int PROMPT = 64;
    private static final int COMPLETION = 110;

    /// A token that random weights hardly ever choose.
    private static final int STOP = 0;

    @Param({"1", "2"})
    public int threads;

    @Param({"packed", "bfloat16", "vector"})
    public String kernels;

    private final Arena arena = Arena.ofShared();
    private Engine engine;
    private OnPolicyRollouts source;
    private long next;

    @Setup
    public void prepare() {
        var weights = TrainableWeights.copyOf(CONFIG, RandomWeights.of(CONFIG, 1, arena), arena);
        int together = GROUPS * GROUP_SIZE;
        EngineOptions options =
                EngineOptions.defaults()
                        .withKernels(EngineOptions.KernelChoice.VECTOR)
                        .withThreads(threads)
                        .withKvCacheBytes(
                                together * 4L * 2 * CONFIG.kvDim() * CONFIG.layers() * 256)
                        .withMaxSequences(together)
                        .withDrafts(false);
        Arena cache = Arena.ofShared();
        engine =
                switch (kernels) {
                    case "packed" -> packed(Precision.FLOAT32, weights, cache, options);
                    case "bfloat16" -> packed(Precision.BFLOAT16, weights, cache, options);
                    default -> Engine.over(CONFIG, weights.model(), cache, options);
                };
        var settings = new Rollouts.Settings(GROUP_SIZE, COMPLETION, Set.of(STOP), 1);
        source =
                new OnPolicyRollouts(
                        new Rollouts(engine, RolloutBench::question, settings),
                        (_, _) -> Reward.outOfForm("not looked at"));
    }

    private Engine packed(
            Precision precision, TrainableWeights weights, Arena cache, EngineOptions options) {
        var packed = new PackedKernels(threads, precision);
        return Engine.over(CONFIG, weights.model(), cache, options, packed);
    }

    private static Question question(long number) {
        int[] prompt = new SplittableRandom(number).ints(PROMPT, 1, CONFIG.vocab()).toArray();
        return new Question(
                new Problem("p" + number, List.of(), new Reference.Text(List.of("1"))),
                prompt,
                Optional.empty());
    }

    @TearDown
    public void end() {
        source.close();
        engine.close();
        arena.close();
    }

    @Benchmark
    public List<RolloutGroup> batch(TrainBench.Processors processors) {
        List<RolloutGroup> groups = source.take(next, GROUPS);
        next += GROUPS;
        count(groups, processors);
        return groups;
    }

    /// Notes the tokens of all completions.
    static void count(List<RolloutGroup> groups, TrainBench.Processors processors) {
        for (RolloutGroup group : groups) {
            group.trajectories().forEach(one -> processors.tokens += one.completion().length);
        }
    }
}
