package dev.tramontane.bench;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.kernels.VectorKernels;
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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// One layer of the 1.2B shape without its products: 32 query heads over 8 key heads of 64, 8192
/// gated units. A prompt of 512 tokens from the first position on, and one token after 4095 others.
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
public class AttentionBench {
    private static final Heads HEADS = new Heads(32, 8, 64, Integer.MAX_VALUE);
    private static final int DIM = 2048;
    private static final int HIDDEN_DIM = 8192;
    private static final int CONTEXT = 4096;

    @Param({"512", "1"})
    public int tokens;

    @Param({"1", "2"})
    public int threads;

    @Param({"assembled", "vector"})
    public String set;

    private final Arena arena = Arena.ofShared();
    private final KvCache cache =
            new KvCache(
                    arena,
                    new CacheFormat(CacheType.F16, HEADS.kvHeads(), HEADS.headDim()),
                    1,
                    CONTEXT / KvCache.BLOCK_SIZE);
    private Kernels kernels;
    private Batch batch;
    private float[] scale;
    private Tensor x;
    private Tensor gain;
    private Tensor cos;
    private Tensor sin;
    private Tensor gate;
    private Tensor up;
    private Tensor out;

    @Setup(Level.Trial)
    public void fill() {
        var random = new Random(1);
        fill(cache, random);
        var blocks = new BlockTable();
        for (int block = 0; block < cache.blocks(); block++) {
            blocks.append(block);
        }
        int position = tokens == 1 ? CONTEXT - 1 : 0;
        batch =
                new Batch(
                        new int[tokens],
                        List.of(new Batch.Slice(0, tokens, position, blocks)),
                        new int[0]);
        scale = new float[tokens];
        Arrays.fill(scale, 0.125f);
        kernels =
                set.equals("vector")
                        ? new VectorKernels(threads)
                        : new AssembledKernels(threads, true);
        x = filled(tokens, DIM, random);
        gain = filled(1, DIM, random);
        cos = Tensor.allocate(arena, tokens, HEADS.headDim() / 2);
        sin = Tensor.allocate(arena, tokens, HEADS.headDim() / 2);
        fillAngles(); // a rotation keeps lengths, however often it runs
        gate = filled(tokens, HIDDEN_DIM, random);
        up = filled(tokens, HIDDEN_DIM, random);
        out = Tensor.allocate(arena, tokens, HIDDEN_DIM);
    }

    private void fill(KvCache stored, Random random) {
        var all = new BlockTable();
        for (int block = 0; block < stored.blocks(); block++) {
            all.append(block);
        }
        int kvDim = stored.format().kvDim();
        var slice = new Batch.Slice(0, CONTEXT, 0, all);
        stored.append(
                0,
                new Batch(new int[CONTEXT], List.of(slice), new int[0]),
                filled(CONTEXT, kvDim, random),
                filled(CONTEXT, kvDim, random));
    }

    private Tensor filled(int rows, int cols, Random random) {
        Tensor tensor = Tensor.allocate(arena, rows, cols);
        fill(tensor, random);
        return tensor;
    }

    private static void fill(Tensor tensor, Random random) {
        for (int t = 0; t < tensor.rows(); t++) {
            for (int d = 0; d < tensor.cols(); d++) {
                tensor.set(t, d, (float) random.nextGaussian());
            }
        }
    }

    private void fillAngles() {
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < cos.cols(); i++) {
                cos.set(t, i, (float) Math.cos(t + i));
                sin.set(t, i, (float) Math.sin(t + i));
            }
        }
    }

    @Benchmark
    public Tensor attention() {
        Tensor result = out.split(DIM).slice(0, tokens);
        kernels.attention(x, scale, HEADS, cache, 0, batch, result);
        return result;
    }

    @Benchmark
    public Tensor norm() {
        Tensor result = out.split(DIM).slice(0, tokens);
        kernels.rmsNorm(x, gain, 1e-5f, result);
        return result;
    }

    @Benchmark
    public Tensor ropeInterleaved() {
        kernels.rope(x, HEADS.headDim(), Kernels.RopePairs.INTERLEAVED, cos, sin);
        return x;
    }

    @Benchmark
    public Tensor ropeSplitHalf() {
        kernels.rope(x, HEADS.headDim(), Kernels.RopePairs.SPLIT_HALF, cos, sin);
        return x;
    }

    @Benchmark
    public Tensor gatedUnits() {
        kernels.swiglu(gate, up, out);
        return out;
    }

    @TearDown
    public void end() {
        kernels.close();
        arena.close();
    }
}
