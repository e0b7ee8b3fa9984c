package dev.tramontane.bench;

import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.eval.suite.SuiteChoice;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.train.BaseModel;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.OnPolicyRollouts;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.RolloutGroup;
import dev.tramontane.train.grpo.Rollouts;
import dev.tramontane.train.grpo.SuiteProblems;
import dev.tramontane.train.kernels.PackedKernels;
import dev.tramontane.train.kernels.Precision;
import dev.tramontane.weights.ModelFolder;

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

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Rollouts as reinforcement takes them: 32 problems of all levels and languages, eight completions
/// of `nano` each, 64 under way, drawn at temperature 1 until they end. Some are five times as long
/// as others; where one ends the next begins. Between two batches weights are told to have changed,
/// so that nothing is kept from one to the next.
///
/// To be run where the repository lies. PyTorch takes the prompts that {@link #main} prints:
/// `bench/src/main/python/rollouts.py --model nano/src/main/weights/nano --prompts FILE`. It
/// computes each completion's prompt, which the engine does once for a group, and a batch of
/// completions until the last has ended.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 4)
@Measurement(iterations = 3, time = 6)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
public class NanoRolloutBench {
    private static final String MODEL = "nano/src/main/weights/nano";
    private static final int GROUPS = 32;
    private static final int GROUP_SIZE = 8;
    private static final int TOGETHER = 64;
    private static final int MOST_TOKENS = 512;

    /// From a problem to the next, so that a batch has several of each level.
    private static final int STRIDE = 29;

    @Param(MODEL)
    public String model = MODEL;

    @Param({"1", "2"})
    public int threads;

    @Param({"FLOAT32", "BFLOAT16"})
    public Precision precision = Precision.FLOAT32;

    private final Arena arena = Arena.ofShared();
    private Engine engine;
    private OnPolicyRollouts source;
    private long next;
    private long version;

    @Setup
    public void prepare() throws IOException {
        Path path = Path.of(model);
        TrainableWeights weights =
                TrainableWeights.copyOf(BaseModel.of(ModelFolder.open(path, arena)), arena);
        ModelConfig config = weights.config();
        long sequenceBytes = 2L * Float.BYTES * config.layers() * config.kvDim() * config.context();
        EngineOptions options =
                EngineOptions.defaults()
                        .withThreads(threads)
                        .withKvCacheBytes(TOGETHER * sequenceBytes)
                        .withMaxSequences(TOGETHER)
                        .withDrafts(false);
        engine =
                Engine.over(
                        config,
                        weights.model(),
                        Arena.ofShared(),
                        options,
                        new PackedKernels(threads, precision));
        Tekken tekken = tekken(path);
        var settings = new Rollouts.Settings(GROUP_SIZE, MOST_TOKENS, tekken.stopTokens(), 1);
        source =
                new OnPolicyRollouts(
                        new Rollouts(engine, problems(path, tekken), settings),
                        (_, _) -> Reward.outOfForm("not looked at"));
    }

    private static Tekken tekken(Path model) throws IOException {
        return Tekken.read(model.resolve("tekken.json"));
    }

    private static Problems problems(Path model, Tekken tekken) throws IOException {
        String system = Files.readString(model.resolve("system_prompt.txt")).strip();
        var all =
                new SuiteProblems(
                        1,
                        SuiteChoice.ALL,
                        InstructTemplate.of(tekken, Optional.empty()).orElseThrow(),
                        Optional.of(new Message.SystemMessage(system)));
        return number -> all.at(number % GROUPS * STRIDE);
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
        RolloutBench.count(groups, processors);
        source.publish(++version);
        return groups;
    }

    /// Prints the prompts of a batch, a line of token ids in JSON for each.
    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments.length > 0 ? arguments[0] : MODEL);
        Problems problems = problems(path, tekken(path));
        for (int number = 0; number < GROUPS; number++) {
            System.out.println(Arrays.toString(problems.at(number).prompt()));
        }
    }
}
