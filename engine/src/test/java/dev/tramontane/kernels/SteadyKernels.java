package dev.tramontane.kernels;

import static java.nio.channels.FileChannel.MapMode.READ_WRITE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.model.AllocatedBytes;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/// Every operation of the fast kernels in one process, as a server runs them: once warm none makes
/// garbage worth speaking of, and none is much slower than the plain loops beside it.
///
/// What it guards against is a collapse: where the compiler gives up on a loop of the Vector API,
/// every operation in it allocates, and it is a thousand times slower for the life of the process
/// (docs/log). So the bounds are wide and the only ratio is to the scalar kernels in the same
/// moment. Weights lie in a mapped file, activations in allocated memory, which are two classes to
/// the compiler.
final class SteadyKernels {
    /// A collapsed loop allocates megabytes; a call's records and lambdas take some hundred bytes.
    private static final long MOST_BYTES_A_CALL = 16_384;

    /// A collapsed loop takes a thousand times as long, and a busy machine some of them.
    private static final long MOST_OF_PLAIN = 5;

    private static final int ROUNDS = 60;
    private static final int CALLS = 20;
    private static final int MEASURED = 3;

    private static final int COLS = 2048;
    private static final int ROWS = 64;
    private static final int TOKENS = 20;
    private static final Heads HEADS = new Heads(8, 2, 64, Integer.MAX_VALUE);
    private static final int POSITIONS = 256;

    private static final AllocatedBytes ALLOCATED = new AllocatedBytes();

    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(1);

    private SteadyKernels() {}

    /// Prints what is wrong, a line each, with the kernels that are named.
    public static void main(String[] names) {
        for (String name : names) {
            try (Kernels kernels =
                    name.equals("vector") ? new VectorKernels(1) : new AssembledKernels(1, true)) {
                new SteadyKernels().check(kernels).forEach(System.out::println);
            }
        }
    }

    /// Runs all operations in turn until each has been as it should be once, then looks again.
    private List<String> check(Kernels kernels) {
        Map<String, Consumer<Kernels>> operations = operations();
        Map<String, Consumer<Kernels>> cold = new LinkedHashMap<>(operations);
        for (int round = 0; round < ROUNDS && !cold.isEmpty(); round++) {
            for (Consumer<Kernels> operation : operations.values()) {
                repeat(CALLS, operation, kernels);
            }
            cold.values().removeIf(operation -> complaint(operation, kernels).isEmpty());
        }
        List<String> complaints = new ArrayList<>();
        operations.forEach(
                (name, operation) -> {
                    String complaint = complaint(operation, kernels);
                    for (int i = 1; i < MEASURED && !complaint.isEmpty(); i++) {
                        complaint = complaint(operation, kernels);
                    }
                    if (!complaint.isEmpty()) {
                        complaints.add(name + complaint);
                    }
                });
        return complaints;
    }

    private static void repeat(int count, Consumer<Kernels> operation, Kernels kernels) {
        for (int i = 0; i < count; i++) {
            operation.accept(kernels);
        }
    }

    /// What is wrong with an operation in this moment; empty for nothing.
    private static String complaint(Consumer<Kernels> operation, Kernels kernels) {
        long before = ALLOCATED.now();
        repeat(CALLS, operation, kernels);
        long bytes = (ALLOCATED.now() - before) / CALLS;
        if (bytes > MOST_BYTES_A_CALL) {
            return " makes %d bytes of garbage a call".formatted(bytes);
        }
        long nanos = best(operation, kernels);
        long plain = best(operation, new ScalarKernels());
        return nanos <= MOST_OF_PLAIN * plain
                ? ""
                : " takes %d ns, the plain loop %d".formatted(nanos, plain);
    }

    private static long best(Consumer<Kernels> operation, Kernels kernels) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < MEASURED; i++) {
            long start = System.nanoTime();
            operation.accept(kernels);
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    private Map<String, Consumer<Kernels>> operations() {
        Map<String, Consumer<Kernels>> operations = new LinkedHashMap<>();
        for (DType type : DType.values()) {
            Tensor weights = mapped(RandomBlocks.tensor(arena, type, ROWS, COLS, 1));
            for (int tokens : new int[] {1, TOKENS}) {
                Tensor x = random(tokens, COLS);
                Tensor out = random(tokens, ROWS);
                operations.put(
                        "%s times %d tokens".formatted(type, tokens),
                        kernels -> kernels.matmul(x, weights, out));
            }
        }
        for (CacheType type : CacheType.values()) {
            attention(operations, type, 1, POSITIONS - 1);
            attention(operations, type, TOKENS, POSITIONS - TOKENS);
        }
        Tensor x = random(TOKENS, COLS);
        Tensor y = random(TOKENS, COLS);
        Tensor gain = mapped(random(1, COLS));
        Tensor out = random(TOKENS, COLS);
        operations.put("rmsNorm", kernels -> kernels.rmsNorm(x, gain, 1e-5f, out));
        operations.put("swiglu", kernels -> kernels.swiglu(x, y, out));
        operations.put("add", kernels -> kernels.add(out, y));
        for (RopePairs pairs : RopePairs.values()) {
            Tensor cos = random(TOKENS, 32);
            Tensor sin = random(TOKENS, 32);
            for (int i = 0; i < TOKENS * 32; i++) { // a turn keeps lengths, however often
                cos.set(i / 32, i % 32, (float) Math.cos(i));
                sin.set(i / 32, i % 32, (float) Math.sin(i));
            }
            operations.put("rope " + pairs, kernels -> kernels.rope(x, 64, pairs, cos, sin));
        }
        float[] values = new float[16_384];
        float[] weights = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7;
        }
        var passes = new IdentityHashMap<Kernels, LogitPasses>();
        operations.put( // the other passes are plain loops in one of the sets
                "weigh",
                kernels ->
                        passes.computeIfAbsent(kernels, Kernels::logitPasses)
                                .weigh(values, values.length, 7, 1, weights));
        return operations;
    }

    private void attention(
            Map<String, Consumer<Kernels>> operations, CacheType type, int tokens, int position) {
        var cache =
                new KvCache(arena, new CacheFormat(type, 2, 64), 1, POSITIONS / KvCache.BLOCK_SIZE);
        var blocks = new BlockTable();
        for (int block = 0; block < cache.blocks(); block++) {
            blocks.append(block);
        }
        var all = new Batch.Slice(0, POSITIONS, 0, blocks);
        cache.append(
                0,
                new Batch(new int[POSITIONS], List.of(all), new int[0]),
                random(POSITIONS, 128),
                random(POSITIONS, 128));
        var slice = new Batch.Slice(0, tokens, position, blocks);
        Batch batch = new Batch(new int[tokens], List.of(slice), new int[0]);
        Tensor q = random(tokens, 512);
        Tensor out = random(tokens, 512);
        float[] scale = new float[tokens];
        Arrays.fill(scale, 0.125f);
        operations.put(
                "attention of %d over %s".formatted(tokens, type),
                kernels -> kernels.attention(q, scale, HEADS, cache, 0, batch, out));
    }

    /// The same in a file of its own, as weights lie.
    private Tensor mapped(Tensor tensor) {
        try {
            Path file = Files.createTempFile("tensor", null);
            try (var channel = FileChannel.open(file, READ, WRITE, DELETE_ON_CLOSE)) {
                MemorySegment bytes = channel.map(READ_WRITE, 0, tensor.bytes(), arena);
                bytes.copyFrom(tensor.data());
                return new Tensor(
                        tensor.type(), tensor.layout(), tensor.rows(), tensor.cols(), bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tensor random(int rows, int cols) {
        Tensor x = Tensor.allocate(arena, rows, cols);
        for (int t = 0; t < rows; t++) {
            for (int d = 0; d < cols; d++) {
                x.set(t, d, (float) random.nextGaussian());
            }
        }
        return x;
    }
}
