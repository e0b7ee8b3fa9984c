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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// One layer of the 1.2B shape without its products: 32 query heads over 8 key heads of 64, 8192
/// gated units. `PROMPT` is one of 512 tokens from the first position on; `TOKEN` one after 4095
/// others; `ALIKE` one of each of 16 sequences after as many, of which all but the last block are
/// the same; `APART` likewise, each with its own.
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
    private static final int BLOCKS = CONTEXT / KvCache.BLOCK_SIZE;
    private static final int SEQUENCES = 16;

    /// What is computed.
    public enum Work {
        PROMPT,
        TOKEN,
        ALIKE,
        APART
    }

    @Param({"PROMPT", "TOKEN", "ALIKE", "APART"})
    public Work work;

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
                    SEQUENCES * BLOCKS);
    private Kernels kernels;
    private int tokens;
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
        List<Batch.Slice> slices =
                switch (work) {
                    case PROMPT -> List.of(new Batch.Slice(0, 512, 0, blocks(0, BLOCKS)));
                    case TOKEN -> List.of(new Batch.Slice(0, 1, CONTEXT - 1, blocks(0, BLOCKS)));
                    case ALIKE -> sequences(0);
                    case APART -> sequences(BLOCKS);
                };
        tokens = slices.stream().mapToInt(Batch.Slice::count).sum();
        batch = new Batch(new int[tokens], slices, new int[0]);
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

    /// A token of each sequence.
    ///
    /// @param apart blocks between the first ones of two sequences
    private static List<Batch.Slice> sequences(int apart) {
        List<Batch.Slice> slices = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            BlockTable blocks = blocks(i * apart, BLOCKS - 1);
            blocks.append((i + 1) * BLOCKS - 1);
            slices.add(new Batch.Slice(i, 1, CONTEXT - 1, blocks));
        }
        return slices;
    }

    private static BlockTable blocks(int first, int count) {
        var blocks = new BlockTable();
        for (int block = first; block < first + count; block++) {
            blocks.append(block);
        }
        return blocks;
    }

    private void fill(KvCache stored, Random random) {
        int kvDim = stored.format().kvDim();
        for (int i = 0; i < SEQUENCES; i++) {
            var slice = new Batch.Slice(0, CONTEXT, 0, blocks(i * BLOCKS, BLOCKS));
            stored.append(
                    0,
                    new Batch(new int[CONTEXT], List.of(slice), new int[0]),
                    filled(CONTEXT, kvDim, random),
                    filled(CONTEXT, kvDim, random));
        }
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
