package dev.tramontane.bench;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One token through a small decoder in F32: what a step costs besides reading large weights.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class DecodeBench {
    private static final ModelConfig CONFIG =
            new ModelConfig(
                    256,
                    4,
                    8,
                    2,
                    32,
                    768,
                    4096,
                    1e-5f,
                    1e6,
                    RopePairs.INTERLEAVED,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    4096);

    @Param({"0", "2000"})
    public int position;

    private final Arena arena = Arena.ofShared();
    private final Kernels kernels = new VectorKernels(Runtime.getRuntime().availableProcessors());
    private final Transformer transformer =
            new Transformer(CONFIG, RandomWeights.of(CONFIG, 1, arena), kernels, arena, 1, 1);
    private final KvCache cache =
            new KvCache(arena, new CacheFormat(CacheType.F32, 2, 32), CONFIG.layers(), 64);
    private final BlockTable blocks = new BlockTable();

    public DecodeBench() {
        for (int block = 0; block < 64; block++) {
            blocks.append(block);
        }
    }

    @Benchmark
    public Tensor token() {
        var slice = new Batch.Slice(0, 1, position, blocks);
        return transformer.forward(new Batch(new int[] {7}, List.of(slice), new int[] {0}), cache);
    }

    @TearDown
    public void end() {
        kernels.close();
        arena.close();
    }
}
