package dev.tramontane.train.torch;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.train.AdamW;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TokenScores;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.TrainingBatch;

import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// A whole training step, ours and libtorch's by turns in one process: forward, backward, clipping
/// and AdamW of 4.95 million parameters (6 layers, width 256, 8 heads on 4 key heads, feed-forward
/// 704, vocabulary 1024) on 8 sequences of 256 tokens, the shapes of `TrainBench`. libtorch has its
/// own optimiser and its own clipping, and the same memory.
///
/// Prints tokens a second of processor time, and by the clock, of each round. Arguments: threads,
/// rounds, seconds a turn, and `cpu` or a GPU.
final class StepBench {
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
    private static final PolicyBackend.Limits LIMITS =
            new PolicyBackend.Limits(SEQUENCES * LENGTH, LENGTH);
    private static final double RATE = 1e-3;

    private final TrainingBatch batch = batch();
    private final TokenScores scores = TokenScores.forAtMost(SEQUENCES * LENGTH);

    private StepBench() {}

    public static void main(String[] arguments) {
        int threads = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        new StepBench().run(threads, rounds, seconds, arguments[3]);
    }

    private static TrainingBatch batch() {
        var random = new SplittableRandom(1);
        List<TrainingBatch.Part> parts = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            boolean[] scored = new boolean[LENGTH];
            Arrays.fill(scored, 1, LENGTH, true);
            int[] tokens = random.ints(LENGTH, 0, CONFIG.vocab()).toArray();
            parts.add(new TrainingBatch.Part(tokens, scored));
        }
        return TrainingBatch.of(parts);
    }

    private void run(int threads, int rounds, double seconds, String device) {
        try (Arena arena = Arena.ofShared();
                var workers = new Workers(threads)) {
            TrainableWeights mine = weights(arena);
            TrainableWeights theirs = weights(arena);
            TrainableWeights halves = weights(arena);
            var f32 = new TorchDevice(device, TorchDevice.Precision.F32, threads);
            var bf16 = new TorchDevice(device, TorchDevice.Precision.BF16, threads);
            try (var torchF32 = new TorchTransformer(theirs, f32, LIMITS);
                    var torchBf16 = new TorchTransformer(halves, bf16, LIMITS)) {
                Map<String, Runnable> steps = new LinkedHashMap<>();
                steps.put("ours F32", ours(mine, workers, arena));
                steps.put("libtorch F32", libtorchs(theirs, torchF32));
                steps.put("libtorch BF16", libtorchs(halves, torchBf16));
                for (int round = 0; round <= rounds; round++) {
                    boolean isWarmUp = round == 0;
                    steps.forEach((name, step) -> turn(name, step, seconds, isWarmUp));
                }
            }
        }
    }

    private static TrainableWeights weights(Arena arena) {
        return TrainableWeights.copyOf(CONFIG, RandomWeights.of(CONFIG, 1, arena), arena);
    }

    private Runnable ours(TrainableWeights weights, Workers workers, Arena arena) {
        var transformer = new TrainableTransformer(weights, workers, LIMITS, arena);
        var optimizer = new AdamW(weights, workers, AdamW.Settings.USUAL, arena);
        var clip = new GradientClip(weights, workers);
        return () -> {
            weights.clearGradients();
            transformer.learn(batch, (_, _) -> -1.0 / batch.scored().length, scores);
            optimizer.step(RATE, clip.scale(1));
        };
    }

    private Runnable libtorchs(TrainableWeights weights, TorchTransformer transformer) {
        var leaves = new TensorVector(transformer.weights().leaves().toArray(new Tensor[0]));
        var options = new AdamWOptions(RATE);
        options.weight_decay().put(0);
        var optimizer = new org.bytedeco.pytorch.AdamW(leaves, options);
        return () -> {
            weights.clearGradients();
            transformer.learn(batch, (_, _) -> -1.0 / batch.scored().length, scores);
            torch.clip_grad_norm_(leaves, 1);
            optimizer.step();
        };
    }

    private void turn(String name, Runnable step, double seconds, boolean isWarmUp) {
        Duration processorBefore = processorTime();
        long clockBefore = System.nanoTime();
        long tokens = 0;
        do {
            step.run();
            tokens += batch.tokens().length;
        } while (System.nanoTime() - clockBefore < seconds * 1e9);
        double clock = (System.nanoTime() - clockBefore) / 1e9;
        double processor = processorTime().minus(processorBefore).toNanos() / 1e9;
        System.out.printf(
                "%-14s %6.0f tokens/s of processor time, %6.0f by the clock%s%n",
                name, tokens / processor, tokens / clock, isWarmUp ? " (warming up)" : "");
    }

    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }
}
