package dev.tramontane.bench;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.train.AdamW;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.Muon;
import dev.tramontane.train.Optimizer;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TokenScores;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.TrainingBatch;
import dev.tramontane.train.kernels.Precision;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// A whole training step of 4.95 million parameters (6 layers, width 256, 8 heads on 4 key heads,
/// feed-forward 704, vocabulary 1024) on 8 sequences of 256 tokens: forward, backward, clipping and
/// optimiser.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 4, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
public class TrainBench {
    private static final ModelConfig CONFIG =
            new ModelConfig(
                    256,
                    6,
                    8,
                    4,
                    32,
                    704,
                    1024,
                    1e-5f,
                    10_000,
                    Kernels.RopePairs.SPLIT_HALF,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    1024);
    private static final int SEQUENCES = 8;
    private static final int LENGTH = 256;

    @Param({"1", "2"})
    public int threads;

    @Param({"adamw", "muon"})
    public String optimizer;

    @Param({"FLOAT32", "BFLOAT16"})
    public Precision precision;

    private final Arena arena = Arena.ofShared();
    private Workers workers;
    private TrainableWeights weights;
    private TrainableTransformer transformer;
    private Optimizer updates;
    private GradientClip clip;
    private TrainingBatch batch;
    private TokenScores scores;

    /// Tokens of all measured iterations and the processor time they took, the compiler's work
    /// included: on a machine that others use, their ratio says more than the clock.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Processors {
        public long tokens;
        private long before;

        @Setup(Level.Iteration)
        public void start() {
            before = millis();
            tokens = 0;
        }

        public long processorMillis() {
            return millis() - before;
        }

        private static long millis() {
            var system =
                    (com.sun.management.OperatingSystemMXBean)
                            ManagementFactory.getOperatingSystemMXBean();
            return TimeUnit.NANOSECONDS.toMillis(system.getProcessCpuTime());
        }
    }

    @Setup
    public void prepare() {
        workers = new Workers(threads);
        weights = TrainableWeights.copyOf(CONFIG, RandomWeights.of(CONFIG, 1, arena), arena);
        var limits = new PolicyBackend.Limits(SEQUENCES * LENGTH, LENGTH);
        transformer = new TrainableTransformer(weights, workers, limits, precision, arena);
        updates =
                optimizer.equals("muon")
                        ? new Muon(weights, workers, Muon.Settings.USUAL, precision, arena)
                        : new AdamW(weights, workers, AdamW.Settings.USUAL, arena);
        clip = new GradientClip(weights, workers);
        scores = TokenScores.forAtMost(SEQUENCES * LENGTH);
        var random = new SplittableRandom(1);
        List<TrainingBatch.Part> parts = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            boolean[] scored = new boolean[LENGTH];
            Arrays.fill(scored, 1, LENGTH, true);
            int[] tokens = random.ints(LENGTH, 0, CONFIG.vocab()).toArray();
            parts.add(new TrainingBatch.Part(tokens, scored));
        }
        batch = TrainingBatch.of(parts);
    }

    @TearDown
    public void end() {
        workers.close();
        arena.close();
    }

    @Benchmark
    public float step(Processors processors) {
        weights.clearGradients();
        transformer.learn(batch, (_, _) -> -1.0 / batch.scored().length, scores);
        updates.step(1e-3, clip.scale(1));
        processors.tokens += batch.tokens().length;
        return scores.logProbs()[0];
    }
}
