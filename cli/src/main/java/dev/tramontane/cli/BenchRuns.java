package dev.tramontane.cli;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineStats;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.SamplingParams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs an engine on made-up tokens and tells tokens a second.
final class BenchRuns {
    private final Engine engine;
    private final int vocab;
    private final int depth;
    private final SamplingParams sampling;
    private final SplittableRandom random = new SplittableRandom(1);

    /// @param depth positions taken before what is measured
    /// @param sampling how tokens are chosen
    BenchRuns(Engine engine, int vocab, int depth, SamplingParams sampling) {
        this.engine = engine;
        this.vocab = vocab;
        this.depth = depth;
        this.sampling = sampling;
    }

    /// Reads a prompt of `count` tokens behind the depth.
    double prompt(int count) {
        int measured = 0;
        long start = System.nanoTime();
        try (Generation generation = start(depth + count, 1)) {
            while (generation.hasNext()) {
                TokenEvent event = generation.next();
                if (event instanceof TokenEvent.Progress(int _, int computed, int _)
                        && computed >= depth
                        && computed < depth + count
                        && measured == 0
                        && depth > 0) {
                    start = System.nanoTime();
                    measured = depth + count - computed;
                } else if (event instanceof TokenEvent.Sampled) {
                    break;
                }
            }
        }
        return (measured == 0 ? depth + count : measured) * 1e9 / (System.nanoTime() - start);
    }

    /// Reads a prompt of `count` tokens that was read before, so that its beginning is in the
    /// cache: to its first token.
    double promptAgain(int count) {
        int[] tokens = random(count);
        drain(tokens);
        long start = System.nanoTime();
        drain(tokens);
        return count * 1e9 / (System.nanoTime() - start);
    }

    private void drain(int[] prompt) {
        try (Generation generation =
                engine.submit(GenerationRequest.of(prompt, sampling.withMaxTokens(1), Set.of()))) {
            generation.forEachRemaining(_ -> {});
        }
    }

    /// What the engine did so far.
    EngineStats.Work work() {
        return engine.stats().work();
    }

    /// Part of the steps' time since then that was not the forward pass.
    double controlShare(EngineStats.Work since) {
        EngineStats.Work now = work();
        return (double) now.control().minus(since.control()).toNanos()
                / Math.max(1, now.steps().minus(since.steps()).toNanos());
    }

    /// Sequences that ran at once.
    ///
    /// @param tokensPerSecond of all together
    /// @param lastFirstSeconds from when all were asked for to when the last had its first token
    record Together(double tokensPerSecond, double lastFirstSeconds) {}

    /// Generates `count` tokens in each of `streams` sequences at once: from when the last one's
    /// prompt has been read to when the first one ends, or, where they hardly meet because the
    /// machine does something else, from the first token to the last.
    Together generate(int count, int streams) {
        long start = System.nanoTime();
        List<Future<long[]>> running = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < streams; i++) {
                Generation generation = start(Math.max(1, depth), count + 1);
                running.add(threads.submit(() -> times(generation)));
            }
        }
        List<long[]> times = running.stream().map(BenchRuns::result).toList();
        LongSummaryStatistics firsts = times.stream().mapToLong(t -> t[0]).summaryStatistics();
        LongSummaryStatistics lasts =
                times.stream().mapToLong(t -> t[t.length - 1]).summaryStatistics();
        boolean meet = firsts.getMax() < lasts.getMin();
        long from = meet ? firsts.getMax() : firsts.getMin();
        long to = meet ? lasts.getMin() : lasts.getMax();
        long generated =
                times.stream()
                        .flatMapToLong(Arrays::stream)
                        .filter(t -> t > from && t <= to)
                        .count();
        return new Together(generated * 1e9 / (to - from), (firsts.getMax() - start) / 1e9);
    }

    private static long[] result(Future<long[]> stream) {
        try {
            return stream.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a generation failed", e.getCause());
        }
    }

    /// When each token came.
    private static long[] times(Generation generation) {
        List<Long> times = new ArrayList<>();
        try (generation) {
            while (generation.hasNext()) {
                if (generation.next() instanceof TokenEvent.Sampled) {
                    times.add(System.nanoTime());
                }
            }
        }
        return times.stream().mapToLong(Long::longValue).toArray();
    }

    /// Other tokens each time, so that no cache of prefixes can help, and no stop tokens: every run
    /// generates as many.
    private Generation start(int promptTokens, int maxTokens) {
        return engine.submit(
                GenerationRequest.of(
                        random(promptTokens), sampling.withMaxTokens(maxTokens), Set.of()));
    }

    private int[] random(int tokenCount) {
        return random.ints(tokenCount, 0, vocab).toArray();
    }
}
