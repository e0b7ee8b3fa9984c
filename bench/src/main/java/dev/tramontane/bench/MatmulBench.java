package dev.tramontane.bench;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
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
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// One product of 8192 x 2048 weights, larger than the caches when several copies take turns: the
/// decode path with one token, the panel path with 126.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class MatmulBench {
    private static final int ROWS = 8192;
    private static final int INNER = 2048;
    private static final int COPIES = 8;

    @Param({"Q4_0", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "F8_E4M3", "BF16", "F16", "F32"})
    public DType type;

    @Param({"1", "126"})
    public int tokens;

    private final Kernels kernels = new VectorKernels(Runtime.getRuntime().availableProcessors());
    private final Arena arena = Arena.ofShared();
    private final Tensor[] weights = new Tensor[COPIES];
    private Tensor x;
    private Tensor out;
    private int turn;

    @Setup(Level.Trial)
    public void fill() {
        byte[] bytes = new byte[Math.toIntExact(type.bytes(INNER) * ROWS)];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < COPIES; i++) {
            MemorySegment data = arena.allocate(bytes.length, Tensor.ALIGNMENT_BYTES);
            MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
            weights[i] = new Tensor(type, Layout.ROWS, ROWS, INNER, data);
        }
        x = Tensor.allocate(arena, tokens, INNER);
        out = Tensor.allocate(arena, tokens, ROWS);
    }

    @Benchmark
    public Tensor multiply() {
        kernels.matmul(x, weights[turn++ % COPIES], out);
        return out;
    }

    @TearDown
    public void end() {
        kernels.close();
        arena.close();
    }
}
