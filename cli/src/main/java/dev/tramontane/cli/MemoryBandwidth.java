package dev.tramontane.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How fast this machine reads memory: the ceiling of decoding, since each token reads all weights.
final class MemoryBandwidth {
    private static final long BYTES = 512L << 20;
    private static final int ROUNDS = 6;

    private MemoryBandwidth() {}

    /// Bytes read in a second by `threads` threads that each compare the halves of a part of a
    /// buffer larger than any cache: the widest loads the JVM has. The best of some rounds.
    static double bytesPerSecond(int threads) {
        try (Arena arena = Arena.ofShared();
                var pool = Executors.newFixedThreadPool(threads)) {
            MemorySegment buffer = arena.allocate(BYTES, 64);
            buffer.fill((byte) 1);
            long half = BYTES / threads / 128 * 64;
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                List<Future<Long>> differences = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    MemorySegment first = buffer.asSlice(2L * thread * half, half);
                    MemorySegment second = buffer.asSlice((2L * thread + 1) * half, half);
                    differences.add(pool.submit(() -> first.mismatch(second)));
                }
                for (Future<Long> difference : differences) {
                    if (difference.get() != -1) { // read, so that nothing can be left out
                        throw new IllegalStateException("the buffer's halves differ");
                    }
                }
                long nanos = System.nanoTime() - start;
                best = Math.max(best, 2.0 * half * threads / nanos * 1e9);
            }
            return best;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring memory", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("measuring memory failed", e.getCause());
        }
    }
}
