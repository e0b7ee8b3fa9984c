package dev.tramontane.bench;

import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

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
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// A token from a row of 131,072 logits, of which a model is sure of a few, or of none: what each
/// kind of sampling costs beside a step's tens of milliseconds.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"
        })
public class SamplingBench {
    private static final int VOCAB = 131_072;

    /// Tokens so far, at which penalties look.
    private static final int POSITION = 4096;

    /// The ways to sample.
    public enum Way {
        GREEDY,
        LOGPROBS,
        REASONING,
        TOP_K,
        MIN_P,
        TYPICAL,
        PENALTIES
    }

    @Param public Way way;

    /// Tokens that stand out; without any, top-p keeps thousands.
    @Param({"30", "0"})
    public int likely;

    private final Arena arena = Arena.ofShared();
    private final Kernels kernels = new AssembledKernels(1, true);
    private final Sampler sampler = new Sampler(kernels.logitPasses(), VOCAB);
    private final Tensor logits = Tensor.allocate(arena, 1, VOCAB);
    private final int[] tokens = new int[POSITION];
    private SamplingParams params = SamplingParams.greedy(1);

    private static SamplingParams params(Way way) {
        SamplingParams reasoning = SamplingParams.reasoning(1, 1);
        return switch (way) {
            case GREEDY -> SamplingParams.greedy(1);
            case LOGPROBS -> new SamplingParams(0, 0, 1, 0, 1, 1, 5);
            case REASONING -> reasoning;
            case TOP_K -> new SamplingParams(0.7f, 40, 1, 0, 1, 1, -1);
            case MIN_P -> new SamplingParams(0.7f, 0, 1, 0.05f, 1, 1, -1);
            case TYPICAL -> new SamplingParams(1, 0, 1, 0, 1, 1, -1).withTypicalP(0.9f);
            case PENALTIES ->
                    reasoning.withPenalties(
                            new Penalties(
                                    LogitBias.NONE,
                                    new Repetition(1.1f, 0.1f, 0.1f, 1024),
                                    Dry.OFF));
        };
    }

    /// Gaussian logits, some of them far above the others.
    @Setup(Level.Trial)
    public void fill() {
        params = params(way);
        var random = new Random(1);
        for (int token = 0; token < VOCAB; token++) {
            logits.set(0, token, (float) (2 * random.nextGaussian()));
        }
        for (int i = 0; i < likely; i++) {
            logits.set(0, random.nextInt(VOCAB), 16 - i / 5f);
        }
        for (int i = 0; i < POSITION; i++) {
            tokens[i] = random.nextInt(VOCAB);
        }
    }

    @Benchmark
    public Choice sample() {
        return sampler.sample(logits, 0, TokenMask.Verdict.ANY, params, tokens, POSITION);
    }

    @TearDown
    public void end() {
        kernels.close();
        arena.close();
    }
}
